/// What is said of a program that lost messages, to be put into a bug report as it is: no more than
/// was seen.
///
/// Where other system calls were not looked at these may have sent all of it: then it says what no
/// sendmmsg did, and neither that something was dropped nor that a count was ignored.
struct LossSentence {
  private let faults: LossSummary.Faults
  private let isOne: Bool
  private let isOnlySendmmsg: Bool

  /// `isOne` is false where several programs have one sentence.
  init(_ faults: LossSummary.Faults, isOne: Bool, isOnlySendmmsg: Bool) {
    self.faults = faults
    self.isOne = isOne
    self.isOnlySendmmsg = isOnlySendmmsg
  }

  /// Nil where there is nothing to say.
  func text(of program: String) -> String? {
    let (lost, forgotten, beyond) = (faults.lost, faults.forgotten, faults.beyond)
    guard lost.messages > 0 || forgotten > 0 || beyond > 0 else { return nil }
    guard lost.messages > 0 || forgotten > 0 else {
      return "\(program) asked \(calls(beyond)) for more messages than are followed:"
        + " \(number(faults.unknown)) and those from \(UnsentTail.maximumMessages) on may be lost"
        + looked
    }
    guard lost.messages > 0 else {
      return "\(program) left \(number(faults.unknown)) unsent, and it is not known what became of"
        + " \(faults.unknown.messages == 1 ? "it" : "them"):"
        + " \(forgotten) were too many to be followed" + looked
    }
    return "\(program) \(loss): \(reasons.joined(separator: "; "))\(left)\(looked)"
  }

  /// What would not have been seen.
  private var looked: String {
    let unseen =
      isOnlySendmmsg
      ? "sends by other calls than sendmmsg" : "sendfile, splice, pwritev2 and io_uring"
    return " (\(unseen) were not looked at)"
  }

  /// `dropped 5 datagrams`; `did not send 5 datagrams by sendmmsg`.
  private var loss: String {
    let number = number(faults.lost)
    let by = isOnlySendmmsg ? " by sendmmsg" : ""
    if faults.lostSoFar == faults.lost { return "had not sent \(number)\(by) as far as was seen" }
    let all = isOnlySendmmsg ? "did not send \(number)\(by)" : "dropped \(number)"
    if faults.lostSoFar.messages == 0 { return all }
    let soFar = faults.isDatagrams ? faults.lostSoFar.datagrams : faults.lostSoFar.messages
    return "\(all), \(soFar) of them as far as was seen"
  }

  /// What is left out of the numbers.
  private var left: String {
    faults.beyond == 0
      ? unknownOnes
      : unknownOnes + "; messages from \(UnsentTail.maximumMessages) on of"
        + " \(calls(faults.beyond)) are in no number"
  }

  private var unknownOnes: String {
    if faults.unknown.messages == 0 { return "" }
    let what = "; what became of \(faults.unknown.messages) more is not known"
    return faults.forgotten == 0
      ? what : "\(what), as \(faults.forgotten) were too many to be followed"
  }

  /// `5 datagrams`; `150 datagrams of 1 message` where the kernel cuts these, so that it is told
  /// from the numbers of messages beside it.
  private func number(_ amount: LossSummary.Faults.Amount) -> String {
    let messages = amount.messages == 1 ? "1 message" : "\(amount.messages) messages"
    guard faults.isDatagrams else { return messages }
    let datagrams = amount.datagrams == 1 ? "1 datagram" : "\(amount.datagrams) datagrams"
    return amount.messages == amount.datagrams ? datagrams : "\(datagrams) of \(messages)"
  }

  private func calls(_ number: UInt64, _ kind: String = "") -> String {
    number == 1 ? "1 \(kind)call" : "\(number) \(kind)calls"
  }
}

// What the program did, one clause for each of its faults.
extension LossSentence {
  private var reasons: [String] {
    reasonsOfCounts + reasonsOfTries + reasonsOfOthers + reasonsOfTheCap + reasonsOfTheEnd
  }

  private func count(_ blame: LossSummary.Blame) -> UInt64 { faults.counts[blame] ?? 0 }

  /// Of the program what it did; `only` of sendmmsg where other calls were not looked at.
  private func clause(_ did: String, only: String? = nil) -> String {
    if isOnlySendmmsg, let only { return "no sendmmsg \(only)" }
    return isOne ? "it \(did)" : "they \(did)"
  }

  private var unsent: String { isOnlySendmmsg ? "not sent by sendmmsg" : "unsent" }

  private var reasonsOfCounts: [String] {
    var why: [String] = []
    let (ignored, atEnd) = (count(.ignoredCount), count(.countAtEnd))
    if ignored > 0 {
      let partial = calls(ignored + atEnd, "partial ")
      func last(_ none: String) -> String {
        atEnd > 0 ? ", after \(atEnd) of which \(none) followed" : ""
      }
      why.append(
        clause(
          "ignored the count of \(partial)\(last("nothing"))",
          only: "went on from the count of \(partial)\(last("none"))"))
    }
    if count(.ignoredLength) > 0 {
      let taken = count(.ignoredLength) == 1 ? "message was" : "messages were"
      let of = "the msg_len of \(calls(count(.ignoredLength))), whose last \(taken) taken in part"
      why.append(clause("ignored \(of)", only: "went on from \(of)"))
    }
    return why
  }

  private var reasonsOfTries: [String] {
    var why: [String] = []
    let ignored = count(.ignoredFailure)
    if ignored > 0 {
      let failed = calls(ignored + count(.failureAtEnd), "failed ")
      why.append(clause("did not try again after \(failed)", only: "tried again after \(failed)"))
    }
    if count(.triedInVain) > 0 {
      let times = faults.tries == 1 ? "once" : "\(faults.tries) times"
      why.append(
        clause("tried again \(times), in vain, what \(calls(count(.triedInVain))) had left unsent"))
    }
    return why
  }

  private var reasonsOfOthers: [String] {
    var why: [String] = []
    if count(.skip) > 0 {
      why.append(clause("went on behind what \(calls(count(.skip))) could not send"))
    }
    if count(.failedAgain) > 0 {
      let failed = "\(count(.failedAgain)) that had failed again"
      why.append(clause(isOnlySendmmsg ? "went on behind \(failed)" : "left out \(failed)"))
    }
    if faults.heldBack > 0 {
      why.append(
        clause(
          "lost \(faults.heldBack) that \(faults.heldBack == 1 ? "was" : "were") counted,"
            + " held back by MSG_MORE or UDP_CORK, with a later one that failed"))
    }
    return why
  }

  private var reasonsOfTheCap: [String] {
    func over(_ blame: LossSummary.Blame) -> String {
      "what \(calls(count(blame))) had over the 1024 that one takes"
    }
    var why: [String] = []
    if count(.capped) > 0 {
      why.append(clause("did not offer \(over(.capped))", only: "offered \(over(.capped))"))
    }
    if count(.cappedSkip) > 0 {
      why.append(
        clause(
          "offered a part only of \(over(.cappedSkip))",
          only: "offered more than a part of \(over(.cappedSkip))"))
    }
    return why
  }

  private var reasonsOfTheEnd: [String] {
    var why: [String] = []
    if count(.refused) > 0 {
      let refused = calls(count(.refused), "refused ")
      why.append(clause("left all of \(refused) unsent", only: "offered again what \(refused) had"))
    }
    if count(.killed) > 0 {
      let killers = faults.killers.sorted().joined(separator: " or ")
      let was = isOne ? "was" : "were"
      why.append(
        clause("\(was) \(killers) with the rest of \(calls(count(.killed))) \(unsent)"))
    }
    let ends =
      (count(.ignoredCount) > 0 ? 0 : count(.countAtEnd))
      + (count(.ignoredFailure) > 0 ? 0 : count(.failureAtEnd))
    if ends > 0 { why.append(clause("ended with the rest of \(calls(ends)) \(unsent)")) }
    return why
  }
}
