import Records

// What is taken up after it was said that it had not been sent so far: that is taken back then.
extension UnsentTail {
  /// What was said of a tail when it was waited for no longer.
  struct Told {
    /// Messages that had not been sent so far, and what was said of them.
    var lost: [Lost] = []

    struct Lost {
      var how: FollowUp.How
      var by: UInt64?
      var messages: [Int]
      var blame: LossSummary.Blame
      var tries = 0
    }

    /// What of them had not been sent where that was not all of a message.
    var bytes: [Int: UInt64] = [:]
    /// How many datagrams, where that was not one of a message.
    var datagrams: [Int: Int] = [:]
    /// Messages that had been sent a second time by then.
    var again: Set<Int> = []
  }

  /// Notes what has been said; false where nothing of it could have to be taken back.
  mutating func noteTold(_ records: [FollowUp]) -> Bool {
    let lost = records.filter { $0.isLoss && !$0.isFinal }
    guard told == nil, !lost.isEmpty, fates.pendingCount > 0 else { return false }
    var told = Told()
    told.lost = lost.map {
      Told.Lost(
        how: $0.how, by: $0.by, messages: $0.messages, blame: blame($0), tries: tries.count)
    }
    for message in lost.flatMap(\.messages) {
      let (bytes, datagrams) = (bytesUnsent(of: [message]), datagramsUnsent(of: [message]))
      if datagrams != 1 { told.datagrams[message] = datagrams }
      if prints.lengths.indices.contains(message), bytes != prints.lengths[message] {
        told.bytes[message] = bytes
      }
    }
    told.again = Set(fates.indices.filter { fates.isSentAgain($0) })
    self.told = told
    // The reasons are about what comes now.
    takers.beginAnew()
    recognition.beginAnew()
    otherCuts.end()
    return true
  }

  /// The records of what has changed since.
  func lateRecords(basis: String, isOnlySendmmsg: Bool) -> [FollowUp] {
    guard let told else { return [] }
    var records: [FollowUp] = []
    for lost in told.lost {
      var groups = Groups()
      let (maybeShared, inOtherRuns, maybeChanged) = (maybeShared, inOtherRuns, maybeChanged)
      for message in lost.messages {
        switch fates[message] {
        case .taken, .moved: groups.addResumed(message, of: self)
        case .unclear: groups.unclear.append(message)
        case .pending where elsewhere.candidates.contains(message):
          groups.elsewhere.append(message)
        case .pending where elsewhere.redirected.candidates.contains(message):
          groups.redirected.append(message)
        case .pending where maybeShared.contains(message): groups.shared.append(message)
        case .pending where almostSame.candidates.contains(message):
          groups.almostSame.append(message)
        case .pending where inOtherRuns.contains(message): groups.otherRuns.append(message)
        case .pending where maybeChanged[message] != nil: groups.changed.append(message)
        case .pending, .sent, .uncounted: break
        }
      }
      func add(_ how: FollowUp.How, _ messages: [Int], by: UInt64?, _ why: String) {
        guard !messages.isEmpty else { return }
        var record = FollowUp(
          of: call, by: by, how: how, messages: messages,
          why: why + Self.before(messages), isOnlySendmmsg: isOnlySendmmsg)
        record.revises = lost.how
        note(in: &record)
        records.append(record)
      }
      add(
        .resumed, groups.resumed, by: groups.resumedBy,
        whyResumed(groups) + reservation(basis, of: groups.resumed))
      add(.unknown, groups.unclear, by: nil, whyUnclear)
      add(.unknown, groups.elsewhere, by: nil, whyElsewhere)
      add(.unknown, groups.redirected, by: nil, whyRedirected)
      add(.unknown, groups.shared, by: nil, whyShared)
      add(.unknown, groups.almostSame, by: nil, almostSame.why ?? "")
      add(.unknown, groups.otherRuns, by: nil, whyInOtherRuns)
      add(.unknown, groups.changed, by: nil, whyChanged(groups.changed))
    }
    return records + againRecord(records, told, basis)
  }

  /// The records that make final what was said not to have been sent so far, and is not taken back
  /// by `late` ones: nobody is left who could send it, or it is compared with nothing any more.
  func finalRecords(_ end: End, besides late: [FollowUp], isOnlySendmmsg: Bool) -> [FollowUp] {
    guard let told, isFinal(at: end), let reason = end.reason else { return [] }
    let revised = Set(late.filter { $0.revises != nil }.flatMap(\.messages))
    return told.lost.compactMap { lost in
      let left = lost.messages.filter { !revised.contains($0) }
      if left.isEmpty { return nil }
      var record = FollowUp(
        of: call, by: lost.by, how: lost.how, messages: left,
        why: (isOnlySendmmsg ? "not by sendmmsg: " : "") + reason + besides(left)
          + Self.before(left),
        isOnlySendmmsg: isOnlySendmmsg)
      record.revises = lost.how
      return record
    }
  }

  private static func before(_ messages: [Int]) -> String {
    "; before, it was said that \(messages.count == 1 ? "it was" : "they were") not sent so far"
  }

  private func againRecord(
    _ records: [FollowUp], _ told: Told, _ basis: String
  ) -> [FollowUp] {
    guard records.contains(where: { $0.how == .resumed }) else { return [] }
    var groups = Groups()
    for (message, call) in fates.resentBy.enumerated()
    where call != 0 && !told.again.contains(message) {
      groups.addAgain(message, by: call)
    }
    guard !groups.again.isEmpty else { return [] }
    var record = FollowUp(
      of: call, by: groups.againBy, how: .resentAll, messages: groups.again,
      why: whyAgain(groups) + reservation(basis, of: groups.again),
      isOnlySendmmsg: records[0].isOnlySendmmsg)
    note(in: &record)
    return [record]
  }

  /// How many datagrams of messages were said not to have been sent.
  func datagramsTold(of messages: [Int]) -> Int {
    messages.reduce(0) { $0 + (told?.datagrams[$1] ?? 1) }
  }

  /// How many bytes of messages were said not to have been sent.
  func bytesTold(of messages: [Int]) -> UInt64 {
    messages.reduce(0) { sum, message in
      sum
        &+ (told?.bytes[message]
          ?? (prints.lengths.indices.contains(message) ? prints.lengths[message] : 0))
    }
  }
}
