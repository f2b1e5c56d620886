import Records

extension LossSummary.Faults {
  /// What is said of a program, to be put into a bug report as it is: no more than was seen. Nil
  /// where there is nothing to say.
  func sentence(of program: String, isOne: Bool, _ seen: String) -> String? {
    guard lost.messages > 0 || forgotten > 0 || beyond > 0 else { return nil }
    let it = isOne ? "it" : "they"
    let looked = " (sends by other calls than \(seen) were not looked at)"
    guard lost.messages > 0 || forgotten > 0 else {
      return "\(program) asked \(calls(beyond)) for more messages than are followed:"
        + " \(number(unknown)) and those from \(UnsentTail.maximumMessages) on may be lost" + looked
    }
    guard lost.messages > 0 else {
      return "\(program) left \(number(unknown)) unsent, and it is not known what became of"
        + " \(unknown.messages == 1 ? "it" : "them"): \(forgotten) were too many to be followed"
        + looked
    }
    let why = reasons(was: isOne ? "was" : "were").map { "\(it) \($0)" }.joined(separator: "; ")
    return "\(program) \(loss): \(why)\(unless)\(left)\(looked)"
  }

  /// What may not be lost at all.
  private var unless: String {
    if rebuilt == 0 { return "" }
    if rebuilt >= lost.messages {
      return ", unless the \(rebuilt) of the same lengths that followed are these, rebuilt"
    }
    return "; \(rebuilt) of them may be those of the same lengths that followed, rebuilt"
  }

  /// What is left out of the numbers.
  private var left: String {
    beyond == 0
      ? unknownOnes
      : unknownOnes
        + "; messages from \(UnsentTail.maximumMessages) on of \(calls(beyond)) are in no number"
  }

  private var unknownOnes: String {
    if unknown.messages == 0 { return "" }
    let what = "; what became of \(unknown.messages) more is not known"
    return forgotten == 0 ? what : "\(what), as \(forgotten) were too many to be followed"
  }

  /// `5 datagrams`; `150 datagrams of 1 message` where the kernel cuts these, so that it is told
  /// from the numbers of messages beside it.
  private func number(_ amount: Amount) -> String {
    let messages = amount.messages == 1 ? "1 message" : "\(amount.messages) messages"
    guard isDatagrams else { return messages }
    let datagrams = amount.datagrams == 1 ? "1 datagram" : "\(amount.datagrams) datagrams"
    return amount.messages == amount.datagrams ? datagrams : "\(datagrams) of \(messages)"
  }

  /// `dropped 5 datagrams`, where nobody is left to send them; `did not send 5 datagrams by
  /// sendmmsg`, where another system call may have done so.
  private var loss: String {
    let dropped = lost - unproven
    let by = unproven.messages > 0 ? " by sendmmsg" : ""
    if lostSoFar == lost, by.isEmpty || dropped.messages == 0 {
      return "had not sent \(number(lost))\(by) as far as was seen"
    }
    var parts: [String] = []
    if dropped.messages > 0 { parts.append("dropped \(number(dropped))") }
    if unproven.messages > 0 { parts.append("did not send \(number(unproven))\(by)") }
    let all = parts.joined(separator: ", and ")
    if lostSoFar.messages == 0 { return all }
    let soFar = isDatagrams ? lostSoFar.datagrams : lostSoFar.messages
    return "\(all), \(soFar) of them as far as was seen"
  }

  private func reasons(was: String) -> [String] {
    func count(_ blame: LossSummary.Blame) -> UInt64 { counts[blame] ?? 0 }
    var why: [String] = []
    let (ignoredCounts, countsAtEnd) = (count(.ignoredCount), count(.countAtEnd))
    let (ignoredFailures, failuresAtEnd) = (count(.ignoredFailure), count(.failureAtEnd))
    if ignoredCounts > 0 {
      let last = countsAtEnd > 0 ? ", after \(countsAtEnd) of which nothing followed" : ""
      why.append("ignored the count of \(calls(ignoredCounts + countsAtEnd, "partial "))\(last)")
    }
    if count(.ignoredLength) > 0 {
      let taken = count(.ignoredLength) == 1 ? "message was" : "messages were"
      why.append(
        "ignored the msg_len of \(calls(count(.ignoredLength))), whose last \(taken) taken in part")
    }
    if ignoredFailures > 0 {
      why.append("did not try again after \(calls(ignoredFailures + failuresAtEnd, "failed "))")
    }
    if count(.triedInVain) > 0 {
      let times = tries == 1 ? "once" : "\(tries) times"
      why.append(
        "tried again \(times), in vain, what \(calls(count(.triedInVain))) had left unsent")
    }
    if count(.skip) > 0 { why.append("went on behind what \(calls(count(.skip))) could not send") }
    if count(.failedAgain) > 0 {
      why.append("left out \(count(.failedAgain)) that had failed again")
    }
    if heldBack > 0 {
      why.append(
        "lost \(heldBack) that \(heldBack == 1 ? "was" : "were") counted, held back by MSG_MORE or"
          + " UDP_CORK, with a later one that failed")
    }
    if count(.capped) > 0 {
      why.append("did not offer what \(calls(count(.capped))) had over the 1024 that one takes")
    }
    if count(.cappedSkip) > 0 {
      why.append(
        "offered a part only of what \(calls(count(.cappedSkip))) had over the 1024 that one takes")
    }
    if count(.refused) > 0 {
      why.append("left all of \(calls(count(.refused), "refused ")) unsent")
    }
    if count(.killed) > 0 {
      let killers = killers.sorted().joined(separator: " or ")
      why.append("\(was) \(killers) with the rest of \(calls(count(.killed))) unsent")
    }
    let ends =
      (ignoredCounts > 0 ? 0 : countsAtEnd) + (ignoredFailures > 0 ? 0 : failuresAtEnd)
    if ends > 0 { why.append("ended with the rest of \(calls(ends)) unsent") }
    return why
  }

  private func calls(_ number: UInt64, _ kind: String = "") -> String {
    number == 1 ? "1 \(kind)call" : "\(number) \(kind)calls"
  }
}
