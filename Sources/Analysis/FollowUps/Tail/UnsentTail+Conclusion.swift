import Records

// What is said of a tail in the end: a record for each way that messages of it have fared.
extension UnsentTail {
  /// Why nothing more is waited for.
  enum End {
    /// Nothing is left.
    case settled
    /// Whoever knew the messages is gone: why, and what of it lives on, so that it is not final.
    case gone(String, heirs: String?)
    /// Enough was seen of what followed: how much.
    case patience(String)
    /// What was said of it is compared with nothing any more: why.
    case over(String)
    /// Nobody who knew the messages has the socket any more.
    case closed
    /// It cannot be told: why.
    case untold(String)
    /// Too much was left unsent to remember all of it: what.
    case forgotten(String)

    /// True where what was not sent will not be, or was not for long enough.
    var isConclusive: Bool {
      switch self {
      case .settled, .gone, .patience, .over, .closed: true
      case .untold, .forgotten: false
      }
    }
  }

  /// What ends the waiting where later calls that fell short leave no room for it.
  var endBehindTooMany: End {
    let sends = FollowUpTracker.Limits.sends
    if others.count >= sends { return .patience("waited for through \(sends) sends") }
    if hasNoSocket {
      let count = UnsentTails.Limits.ofSocket
      return .gone(
        "the descriptor was no socket", heirs: "\(count) later calls on it were refused as well")
    }
    return .forgotten("too many later calls fell short as well")
  }

  /// What ends the waiting for it now; nil where nothing does.
  func end(at now: UInt64) -> End? {
    if isSettled { return .settled }
    if isComparedNoMore, told == nil {
      let why = "later sends begin alike, and were not read as a whole"
      return others.count > 0 ? .patience(why) : .untold(why)
    }
    return bound(now).map { .patience($0) }
  }

  /// The records. `basis` says what messages were compared by, where that was not all of them.
  func records(_ end: End, basis: String, isOnlySendmmsg: Bool) -> [FollowUp] {
    let groups = Groups(self, end)
    var records: [FollowUp] = []
    func add(_ how: FollowUp.How, _ messages: [Int], by: UInt64?, _ why: String) {
      guard !messages.isEmpty else { return }
      var record = FollowUp(
        of: call, by: by, how: how, messages: messages, why: why, isOnlySendmmsg: isOnlySendmmsg,
        isFinal: end.isFinal && !isCutOff && !mayBeSentUnseen)
      if record.isLoss, !record.isFinal { record.why += bound(end) }
      note(in: &record)
      records.append(record)
    }
    let blind = isOnlySendmmsg ? "not by sendmmsg: " : ""
    // All bytes of a message are no matter of how it looks.
    let compared = reservation(basis)
    add(
      .resentAll, groups.again, by: groups.againBy,
      whyAgain(groups) + reservation(basis, of: groups.again))
    let more = hasMore ? "; messages from \(fates.count) on are not followed" : ""
    // What was left out is what trying again was about.
    let resumed = whyResumed(groups) + (groups.skipped.isEmpty ? tried(groups.resumed) + more : "")
    add(
      .resumed, groups.resumed, by: groups.resumedBy,
      resumed + reservation(basis, of: groups.resumed))
    add(
      .skipped, groups.skipped, by: groups.skippedBy,
      blind + whySkipped(groups) + besides(groups.skipped) + tried(groups.skipped)
        + compared)
    let abandoned = blind + whyAbandoned(end) + besides(groups.abandoned)
    add(
      .abandoned, groups.abandoned, by: others.first,
      abandoned + tried(groups.abandoned) + more + compared)
    let beyond = groups.abandoned.isEmpty ? besides(groups.beyondCap) : ""
    add(
      .cappedRest, groups.beyondCap, by: others.first,
      abandoned + tried(groups.beyondCap) + more + beyond)
    add(.unknown, groups.unclear, by: nil, whyUnclear)
    add(.unknown, groups.partly, by: nil, whyPartly)
    add(.unknown, groups.elsewhere, by: nil, whyElsewhere + tried(groups.elsewhere))
    add(.unknown, groups.redirected, by: nil, whyRedirected + tried(groups.redirected))
    add(.unknown, groups.shared, by: nil, whyShared + tried(groups.shared))
    add(.unknown, groups.almostSame, by: nil, (almostSame.why ?? "") + tried(groups.almostSame))
    add(.unknown, groups.otherRuns, by: nil, whyInOtherRuns + tried(groups.otherRuns))
    add(.unknown, groups.changed, by: nil, whyChanged(groups.changed) + tried(groups.changed))
    add(.unknown, groups.rebuilt, by: nil, whyRebuilt + tried(groups.rebuilt))
    add(.unknown, groups.copies, by: nil, whyCopies + tried(groups.copies))
    add(
      .unknown, groups.untold, by: nil,
      whyUntold(end) + besides(groups.untold) + tried(groups.untold))
    return records
  }
}

extension UnsentTail {
  /// Notes in a record what is to be known of its messages besides how they fared.
  func note(in record: inout FollowUp) {
    record.countedElsewhere = fates.countedElsewhere(record.messages, record.how)
    if record.how == .unknown, !shared.left.isEmpty {
      let others = shared.left.union(record.countedElsewhere)
      record.countedElsewhere = record.messages.filter(others.contains)
    }
    // What says that it was sent rests on what was compared.
    let isSent = record.how == .resumed || record.how == .resentAll
    record.isBeginningOnly = isSent && isBeginningOnly(record.messages)
  }

  /// True where what was said not to have been sent so far is not taken back any more: nobody is
  /// left who could send it, or it was looked for as long as anything is.
  func isFinal(at end: End) -> Bool {
    end.reason != nil && !mayBeSentUnseen && !isComparedNoMore
  }

  /// True where a send that was not seen, or not compared, may have it.
  private var mayBeSentUnseen: Bool {
    elsewhere.unseen != nil || outsider != nil || whyNotLooked != nil
  }
}

extension UnsentTail.End {
  fileprivate var isFinal: Bool {
    switch self {
    case .patience, .closed: false
    case .gone(_, let heirs): heirs == nil
    case .settled, .over, .untold, .forgotten: true
    }
  }
  /// Why what was said before is final now; nil where it is not.
  var reason: String? {
    switch self {
    case .gone(let why, heirs: nil), .over(let why): why
    case .gone, .settled, .patience, .closed, .untold, .forgotten: nil
    }
  }
  /// True where nothing will follow on the socket.
  var isGone: Bool {
    switch self {
    case .gone, .closed: true
    case .settled, .patience, .over, .untold, .forgotten: false
    }
  }
}
