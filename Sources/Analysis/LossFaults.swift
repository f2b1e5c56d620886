import Records

extension LossSummary {
  /// What a program did wrong with a call of which messages were lost.
  enum Blame: CaseIterable {
    /// Other data followed the call, which returned a count.
    case ignoredCount
    /// The call returned a count, and nothing followed at all.
    case countAtEnd
    /// Other data followed the call, which returned −1.
    case ignoredFailure
    /// The call returned −1, and nothing followed at all.
    case failureAtEnd
    /// Messages were left out while later ones were sent.
    case skip
    /// Messages were left out after they had failed once more.
    case failedAgain
    /// The rest over 1,024 messages was not offered again.
    case capped
    /// The call was refused as such, and nothing followed.
    case refused
  }

  /// Why a program lost messages.
  struct Faults {
    var messages: UInt64 = 0
    /// How many of these may still have been sent when they were waited for no longer.
    var messagesSoFar: UInt64 = 0
    var isDatagrams = true
    /// Messages that were counted, and dropped with what they were held back for.
    var heldBack: UInt64 = 0
    /// Messages of which it is not known what became of them.
    var unknown: UInt64 = 0
    /// Those of them that were forgotten since there were too many.
    var forgotten: UInt64 = 0
    /// How many calls there were of each, but messages where they had failed again.
    fileprivate var counts: [Blame: UInt64] = [:]

    /// Counts one loss.
    mutating func add(_ blame: Blame, _ loss: LossCount, isFinal: Bool) {
      messages += loss.messages
      if !isFinal { messagesSoFar += loss.messages }
      heldBack += loss.heldBack
      guard loss.others > 0 else { return }
      counts[blame, default: 0] += blame == .failedAgain ? loss.others : 1
    }

    /// Takes back what of a loss, which was told so far, was none: the call as well where nothing
    /// is left to blame it for.
    mutating func takeBack(_ blame: Blame, _ part: LossCount, of loss: LossCount) {
      func lower(_ count: inout UInt64, by number: UInt64) { count -= min(number, count) }
      lower(&messages, by: part.messages)
      lower(&messagesSoFar, by: part.messages)
      lower(&heldBack, by: part.heldBack)
      if blame == .failedAgain {
        lower(&counts[blame, default: 0], by: part.others)
      } else if part.others > 0, part.others == loss.others {
        lower(&counts[blame, default: 0], by: 1)
      }
    }
  }
}

/// How many messages a loss has, and how many of these were counted and held back.
struct LossCount {
  var messages: UInt64
  var heldBack: UInt64
  var others: UInt64 { messages - heldBack }
}

extension UnsentTail {
  func lossCount(of messages: [Int]) -> LossCount {
    LossCount(
      messages: UInt64(messages.count),
      heldBack: UInt64(messages.count { droppedHeldBack.contains($0) }))
  }

  /// What is to blame for messages that fared like that.
  func blame(_ how: FollowUp.How) -> LossSummary.Blame {
    switch how {
    case .skipped:
      if let again = tries.ofFailed, again.errno != .again { return .failedAgain }
      return .skip
    case .cappedRest: return .capped
    default:
      switch (verdict.outcome == .failed, others.count == 0) {
      case (_, true) where verdict.cause == .callError: return .refused
      case (true, true): return .failureAtEnd
      case (true, false): return .ignoredFailure
      case (false, true): return .countAtEnd
      case (false, false): return .ignoredCount
      }
    }
  }
}

extension LossSummary.Faults {
  /// What is said of a program, to be put into a bug report as it is: no more than was seen. Nil
  /// where there is nothing to say.
  func sentence(of program: String, isOne: Bool, _ seen: String) -> String? {
    guard messages > 0 || forgotten > 0 else { return nil }
    let it = isOne ? "it" : "they"
    let looked = " (sends by other calls than \(seen) were not looked at)"
    guard messages > 0 else {
      return "\(program) left \(number(unknown)) unsent, and it is not known what became of"
        + " \(unknown == 1 ? "it" : "them"): \(forgotten) were too many to be followed" + looked
    }
    let why = reasons.map { "\(it) \($0)" }.joined(separator: "; ")
    return "\(program) \(loss): \(why)\(left)\(looked)"
  }

  /// What is left out of the numbers.
  private var left: String {
    if unknown == 0 { return "" }
    let what = "; what became of \(unknown) more is not known"
    return forgotten == 0 ? what : "\(what), as \(forgotten) were too many to be followed"
  }

  private func number(_ count: UInt64) -> String {
    let what = isDatagrams ? "datagram" : "message"
    return count == 1 ? "1 \(what)" : "\(count) \(what)s"
  }

  /// `dropped 5 datagrams`, where nobody is left to send them.
  private var loss: String {
    let number = number(messages)
    if messagesSoFar == 0 { return "dropped \(number)" }
    if messagesSoFar == messages { return "had not sent \(number) as far as was seen" }
    return "dropped \(number), \(messagesSoFar) of them as far as was seen"
  }

  private var reasons: [String] {
    func count(_ blame: LossSummary.Blame) -> UInt64 { counts[blame] ?? 0 }
    var why: [String] = []
    let (ignoredCounts, countsAtEnd) = (count(.ignoredCount), count(.countAtEnd))
    let (ignoredFailures, failuresAtEnd) = (count(.ignoredFailure), count(.failureAtEnd))
    if ignoredCounts > 0 {
      let last = countsAtEnd > 0 ? ", after \(countsAtEnd) of which nothing followed" : ""
      why.append("ignored the count of \(calls(ignoredCounts + countsAtEnd, "partial "))\(last)")
    }
    if ignoredFailures > 0 {
      why.append("did not try again after \(calls(ignoredFailures + failuresAtEnd, "failed "))")
    }
    if count(.skip) > 0 {
      why.append("went on behind what \(calls(count(.skip), "")) could not send")
    }
    if count(.failedAgain) > 0 {
      why.append("left out \(count(.failedAgain)) that had failed again")
    }
    if heldBack > 0 {
      why.append(
        "lost \(heldBack) that \(heldBack == 1 ? "was" : "were") counted, held back by MSG_MORE or"
          + " UDP_CORK, with a later one that failed")
    }
    if count(.capped) > 0 {
      why.append(
        "did not offer what \(calls(count(.capped), "")) had over the 1024 that one takes")
    }
    if count(.refused) > 0 {
      why.append("left all of \(calls(count(.refused), "refused ")) unsent")
    }
    let ends =
      (ignoredCounts > 0 ? 0 : countsAtEnd) + (ignoredFailures > 0 ? 0 : failuresAtEnd)
    if ends > 0 { why.append("ended with the rest of \(calls(ends, "")) unsent") }
    return why
  }

  private func calls(_ number: UInt64, _ kind: String) -> String {
    number == 1 ? "1 \(kind)call" : "\(number) \(kind)calls"
  }
}
