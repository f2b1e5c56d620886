import Records

/// Who has a socket and is not traced, or has had it since a time (CLOCK_MONOTONIC).
package struct OutsiderQuestion {
  package let inode: UInt64
  package let since: UInt64
}

// Who is not traced and may send what was left, which nobody would see: it was not sent so far.
extension FollowUpTracker {
  /// A process was attached to: who else is there.
  mutating func meetOutsiders(of pid: Int32) {
    if settings.hasRelatives?(pid, families.wasTraced) == true { families.noteRelatives(of: pid) }
    // By what these have now it is known later what they have dropped since.
    _ = settings.outsiders?([], families.wasTraced, false)
  }

  /// When a call fell short.
  func outsider(of call: SendCall, on key: SocketKey, family: Int) -> Outsider? {
    if let relative = relative(of: family, since: call.monotonic) { return relative }
    guard call.evidence?.socketIsShared != false else { return nil }
    if let holder = call.evidence?.outsideHolder, !families.mayBeTraced(holder) {
      return .holder(holder)
    }
    guard let outsiders = settings.outsiders, case .inode(let inode) = key else { return nil }
    return outsiders(
      [OutsiderQuestion(inode: inode, since: call.monotonic)], families.wasTraced, false)[0]
  }

  /// Before a last word is said of tails: others may have been given the socket since.
  func noteOutsiders(where isMeant: (UnsentTail) -> Bool) {
    let ending = tails.all { $0.outsider == nil && isMeant($0) }
    guard !ending.isEmpty else { return }
    for one in ending {
      one.tail.outsider = relative(of: one.tail.family, since: one.tail.entered)
    }
    var (asked, questions): ([WaitingTail], [OutsiderQuestion]) = ([], [])
    for one in ending where one.tail.outsider == nil {
      guard case .inode(let inode) = one.key else { continue }
      asked.append(one)
      questions.append(OutsiderQuestion(inode: inode, since: one.tail.entered))
    }
    guard let outsiders = settings.outsiders, !asked.isEmpty else { return }
    for (one, outsider) in zip(asked, outsiders(questions, families.wasTraced, true)) {
      one.tail.outsider = outsider
    }
  }

  private func relative(of family: Int, since time: UInt64) -> Outsider? {
    guard let relative = settings.relative else { return nil }
    return families.related(of: family).lazy
      .compactMap { relative($0, time, families.wasTraced) }.first
  }
}
