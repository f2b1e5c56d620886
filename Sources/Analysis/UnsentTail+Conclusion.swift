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
    let compared = isWhole || isStream && !elsewhere.tookUp ? "" : "; it looks so by \(basis)"
    add(.resentAll, groups.again, by: groups.againBy, whyAgain(groups) + compared)
    let more = hasMore ? "; messages from \(fates.count) on are not followed" : ""
    // What was left out is what trying again was about.
    let resumed = whyResumed(groups) + (groups.skipped.isEmpty ? tried + more : "")
    add(.resumed, groups.resumed, by: groups.resumedBy, resumed + compared)
    add(.skipped, groups.skipped, by: groups.skippedBy, whySkipped(groups) + tried + compared)
    let abandoned = (isOnlySendmmsg ? "not by sendmmsg: " : "") + whyAbandoned(end) + tried + more
    add(
      .abandoned, groups.abandoned, by: others.first,
      abandoned + (others.count > 0 ? compared : ""))
    add(.cappedRest, groups.beyondCap, by: others.first, abandoned)
    add(.unknown, groups.unclear, by: nil, whyUnclear)
    add(.unknown, groups.elsewhere, by: nil, whyElsewhere + tried)
    add(.unknown, groups.untold, by: nil, whyUntold(end) + tried)
    return records
  }

  private func whyAgain(_ groups: Groups) -> String {
    let how = streamWhy.map { "it \($0)" } ?? "it has the same contents for the same destinations"
    guard let by = groups.againBy else { return how }
    return "call \(by) sent what had been sent: \(how)"
  }

  private func whyResumed(_ groups: Groups) -> String {
    var why: String
    if let otherSyscall, takerCount == 1 {
      why = "\(otherSyscall) sent what was left"
    } else if takerCount == 1, let taker = takers.first {
      why = streamWhy.map { "\(taker) \($0)" } ?? "\(taker) begins at message \(begunAt ?? 0)"
    } else {
      why = "in \(takerCount) pieces, from \(takers.first ?? "") to \(takers.last ?? "")"
    }
    if groups.hasMoved { why += ", which fell short itself" }
    if reliesOnOrder { why += "; some messages are alike, and are taken in their order" }
    if let errno = verdict.errno, verdict.certainty == .certain, let at = verdict.at,
      fates.indices.contains(at), fates[at] == .taken, !isStream
    {
      why += "; message \(at) went out this time, although \(errno.name) was diagnosed"
    }
    return why
  }

  private func whySkipped(_ groups: Groups) -> String {
    guard let by = groups.skippedBy else {
      return "what stood behind was sent by \(takers.first ?? "")"
    }
    if takerCount == 1, let begunAt, begunAt > (groups.skipped.last ?? 0) {
      return "call \(by) begins at message \(begunAt)"
    }
    return "call \(by) sent messages from behind"
  }

  private func whyAbandoned(_ end: End) -> String {
    var parts: [String] = []
    if let name = others.firstName {
      parts.append(
        others.count == 1
          ? "\(name) sent other data" : "\(others.count) sends, from \(name) on, had other data")
    }
    if case .gone(let why, _) = end { parts.append(why) }
    if case .closed = end { parts.append("the socket was closed") }
    if let unseen = elsewhere.unseen { parts.append("\(unseen) could not be compared") }
    return parts.joined(separator: ", and ")
  }

  private var whyUnclear: String {
    guard let taker = takers.last else { return "it could not be told" }
    if hasUnreadRest {
      return
        "what \(taker) sends may be these: messages over 1024 are not read when they are offered"
    }
    if !hasContents {
      return "\(taker) offers as long messages for the same destinations, and no contents were kept"
    }
    if let unclearWhy { return "\(taker) \(unclearWhy)" }
    return "\(taker) may have sent them: others of the call look the same, or it was not seen whole"
  }

  private var whyElsewhere: String {
    "\(elsewhere.candidate ?? "a send") has the same for the same destinations, which may be these"
      + " or a copy"
  }

  private func whyUntold(_ end: End) -> String {
    switch end {
    case .untold(let why): why
    case .settled, .patience, .gone, .closed:
      hasUnreadRest
        ? "what followed may have been these: their contents were not read"
        : isStream
          ? "it was not sent to its end when it was waited for no longer"
          : "others that were taken up look the same, as far as they were kept"
    }
  }

  /// What trying again came to, next to the diagnosis.
  private var tried: String {
    guard tries.count > 0 else { return "" }
    let names = tries.errnos.map(\.name).sorted().joined(separator: " or ")
    var text =
      tries.count == 1
      ? "; tried again once, which returned \(names)"
      : "; tried again \(tries.count) times, which returned \(names)"
    if let (name, errno) = tries.ofFailed, let diagnosed = verdict.errno,
      verdict.source != .returnValue
    {
      text +=
        errno == diagnosed
        ? ": \(name) returned \(errno.name), as diagnosed"
        : ": \(name) returned \(errno.name), where \(diagnosed.name) was diagnosed"
    }
    return text
  }

  /// How the messages of a tail have fared.
  struct Groups {
    var again: [Int] = []
    var againBy: UInt64?
    var resumed: [Int] = []
    var resumedBy: UInt64?
    var hasMoved = false
    var skipped: [Int] = []
    var skippedBy: UInt64?
    var abandoned: [Int] = []
    var beyondCap: [Int] = []
    var unclear: [Int] = []
    /// The same went out on another socket.
    var elsewhere: [Int] = []
    var untold: [Int] = []

    init(_ tail: UnsentTail, _ end: End) {
      let lastTaken = tail.fates.lastIndex { $0 == .taken || $0 == .moved }
      // What followed a call over 1,024 may be any of its rest, whose contents were not read.
      let mayHavePassed = tail.hasUnreadRest && tail.others.messages > 0
      let interchangeable = tail.pendingCount > 0 ? tail.interchangeable : []
      for (message, fate) in tail.fates.enumerated() {
        switch fate {
        case .sent, .uncounted: continue
        case .taken, .moved:
          resumed.append(message)
          hasMoved = hasMoved || fate == .moved
          resumedBy = Self.first(resumedBy, tail.takenBy[message])
        case .unclear:
          unclear.append(message)
        case .pending:
          if tail.elsewhere.candidates.contains(message) {
            elsewhere.append(message)
          } else if !end.isConclusive || mayHavePassed || interchangeable.contains(message) {
            untold.append(message)
          } else if let lastTaken, message < lastTaken {
            skipped.append(message)
          } else if message >= SendArguments.maximumEntries, tail.verdict.outcome == .capped {
            beyondCap.append(message)
          } else if tail.others.count > 0 || end.isGone {
            abandoned.append(message)
          } else {
            untold.append(message)
          }
        }
      }
      // A message of a stream can take many sends, of which the last one settles it.
      if tail.isStream, !resumed.isEmpty { resumedBy = tail.firstTaker ?? resumedBy }
      if let first = skipped.first {
        for message in tail.fates.indices.dropFirst(first + 1)
        where tail.fates[message] == .taken || tail.fates[message] == .moved {
          skippedBy = Self.first(skippedBy, tail.takenBy[message])
        }
      }
      noteAgain(tail)
    }

    /// Sending again is told of only where unsent messages were taken up as well, or went out
    /// uncounted: a program may have reasons of its own to send the same twice.
    private mutating func noteAgain(_ tail: UnsentTail) {
      let isRetry = !resumed.isEmpty
      for (message, call) in tail.resentBy.enumerated() where call != 0 {
        guard isRetry || tail.fates[message] == .uncounted else { continue }
        again.append(message)
        againBy = Self.first(againBy, call)
      }
    }

    private static func first(_ one: UInt64?, _ other: UInt64) -> UInt64? {
      other == 0 || other == .max ? one : min(one ?? other, other)
    }
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
  fileprivate var isGone: Bool {
    switch self {
    case .gone, .closed: true
    case .settled, .patience, .untold: false
    }
  }
}
