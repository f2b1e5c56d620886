import Records

/// Sockets that could not be asked: what speaks for one check, and proves nothing, against what
/// would surely fail a later one.
enum UnaskedRules {
  /// `head` and `tail`; what would fail in the tail is only possible where something speaks for a
  /// check of the head, which comes first.
  static func checks(_ head: [Check], _ tail: [Check], for failed: FailedMessage) -> [Check] {
    guard failed.isOfUnaskedSocket, speaks(.favored, for: head, failed) else { return head + tail }
    return head + tail.unsure
  }

  /// The same where a message may only be `appended` to others, which leaves out all of `head` and
  /// `waits`: what speaks for them is no more than favored where that would fail with another error.
  static func checks(
    _ head: [Check], _ waits: [Check], _ copy: [Check], where appended: [Check],
    for failed: FailedMessage
  ) -> [Check] {
    guard let alternative = firstErrno(.possible, of: appended, failed),
      alternative != firstErrno(.favored, of: head, failed)
    else {
      return checks(head + appended, waits + copy, for: failed)
    }
    // What is behind a sure failure matters only where it is appended.
    if let end = head.firstIndex(where: { fails($0, failed) }) {
      return head[...end].atMost(.favored) + appended.unsure
    }
    let isEarlier = speaks(.favored, for: head, failed) || speaks(.likely, for: waits, failed)
    return (head + waits).atMost(.favored) + appended.dropLast()
      + (isEarlier ? copy.unsure : copy)
  }

  /// Whether so much speaks for one of the checks.
  private static func speaks(
    _ strength: Suspect.Strength, for checks: [Check], _ failed: FailedMessage
  ) -> Bool {
    firstErrno(strength, of: checks, failed) != nil
  }

  /// The first errno that so much speaks for.
  private static func firstErrno(
    _ strength: Suspect.Strength, of checks: [Check], _ failed: FailedMessage
  ) -> Errno? {
    for finding in checks.lazy.compactMap({ $0(failed) }).flatMap(\.parts) {
      switch finding {
      case .fails(let errno, _): return errno
      case .suspects(let suspects):
        if let found = suspects.first(where: { $0.strength >= strength }) { return found.errno }
      case .undecided, .inOrder: continue
      }
    }
    return nil
  }

  private static func fails(_ check: Check, _ failed: FailedMessage) -> Bool {
    check(failed)?.parts.contains { if case .fails = $0 { true } else { false } } ?? false
  }
}

extension Sequence<Check> {
  /// The same checks, with no more than `most` speaking for what they find.
  func atMost(_ most: Suspect.Strength) -> [Check] {
    map { check in { failed in check(failed)?.atMost(most) } }
  }

  /// The same checks, of which none proves anything.
  fileprivate var unsure: [Check] {
    map { check in
      { failed in
        guard let finding = check(failed) else { return nil }
        if case .fails = finding { return finding.atMost(.possible) }
        return finding
      }
    }
  }
}
