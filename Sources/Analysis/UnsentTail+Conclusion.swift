import Records

// What is said of a tail in the end: a record for each way that messages of it have fared.
extension UnsentTail {
  /// Why nothing more is waited for.
  enum End {
    /// Nothing is left.
    case settled
    /// Whoever knew the messages is gone: why. Not final where something of it lives on.
    case gone(String, isFinal: Bool)
    /// Enough was seen of what followed.
    case patience
    /// Nobody who knew the messages has the socket any more.
    case closed
    /// It cannot be told: why.
    case untold(String)

    /// True where what was not sent will not be, or was not for long enough.
    var isConclusive: Bool {
      switch self {
      case .settled, .gone, .patience, .closed: true
      case .untold: false
      }
    }
  }

  /// What ends the waiting where later calls that fell short leave no room for it.
  var endBehindTooMany: End {
    if others.count >= FollowUpTracker.Limits.sends { return .patience }
    if hasNoSocket {
      let count = UnsentTails.Limits.ofSocket
      return .gone("\(count) later calls on the descriptor were refused as well", isFinal: false)
    }
    return .untold("too many later calls fell short as well")
  }

  /// The records. `basis` says what messages were compared by, where that was not all of them.
  func records(_ end: End, basis: String, isOnlySendmmsg: Bool) -> [FollowUp] {
    let groups = Groups(self, end)
    var records: [FollowUp] = []
    func add(_ how: FollowUp.How, _ messages: [Int], by: UInt64?, _ why: String) {
      guard !messages.isEmpty else { return }
      records.append(
        FollowUp(
          of: call, by: by, how: how, messages: messages, why: why, isOnlySendmmsg: isOnlySendmmsg,
          isFinal: end.isFinal && !isCutOff && elsewhere.unseen == nil))
    }
    // All bytes of a message are no matter of how it looks.
    let compared = unsure.isEmpty ? "" : "; it looks so by \(basis)"
    add(.resentAll, groups.again, by: groups.againBy, whyAgain(groups) + compared)
    let more = hasMore ? "; messages from \(fates.count) on are not followed" : ""
    // What was left out is what trying again was about.
    let resumed = whyResumed(groups) + (groups.skipped.isEmpty ? tried + more : "")
    add(.resumed, groups.resumed, by: groups.resumedBy, resumed + compared)
    add(
      .skipped, groups.skipped, by: groups.skippedBy,
      whySkipped(groups) + besides(groups.skipped) + tried + compared)
    let abandoned =
      (isOnlySendmmsg ? "not by sendmmsg: " : "") + whyAbandoned(end) + besides(groups.abandoned)
      + tried + more
    add(.abandoned, groups.abandoned, by: others.first, abandoned + compared)
    add(.cappedRest, groups.beyondCap, by: others.first, abandoned)
    add(.unknown, groups.unclear, by: nil, whyUnclear)
    add(.unknown, groups.elsewhere, by: nil, whyElsewhere + tried)
    add(.unknown, groups.untold, by: nil, whyUntold(end) + besides(groups.untold) + tried)
    return records
  }
}

extension UnsentTail.End {
  fileprivate var isFinal: Bool {
    switch self {
    case .patience, .closed: false
    case .gone(_, let isFinal): isFinal
    case .settled, .untold: true
    }
  }
  /// True where nothing will follow on the socket.
  var isGone: Bool {
    switch self {
    case .gone, .closed: true
    case .settled, .patience, .untold: false
    }
  }
}
