import Records

/// Sockets that could not be asked: what speaks for one check, and proves nothing, against what
/// would surely fail a later one.
enum UnaskedRules {
  /// `head` and `tail`; what would fail in the tail is only possible where something speaks for a
  /// check of the head, which comes first.
  static func checks(_ head: [Check], _ tail: [Check], for failed: FailedMessage) -> [Check] {
    guard failed.isOfUnaskedSocket else { return head + tail }
    if speaks(.favored, for: head, failed) { return behindDoubts(head + tail, failed) }
    return head + (failed.mayHaveFailedUnseen ? tail.atMost(.favored) : tail)
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
      + (isEarlier ? copy.unsure : failed.mayHaveFailedUnseen ? copy.atMost(.favored) : copy)
  }

  /// Checks in the kernel's order: where as much speaks for one as for a socket's option, for which
  /// it could not be asked, none behind it proves anything.
  static func behindDoubts(_ checks: [Check], _ failed: FailedMessage) -> [Check] {
    guard failed.isOfUnaskedSocket,
      let first = checks.firstIndex(where: { speaks(.favored, for: [$0], failed) })
    else { return checks }
    let later = checks[(first + 1)...]
    // Most sockets let the kernel fragment what is over the MTU.
    let mayBeFragmented = firstErrno(.favored, of: [checks[first]], failed) == .messageTooLong
    return checks[...first] + (mayBeFragmented ? later.unproven : later.unsure)
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
  fileprivate var unproven: [Check] {
    map { check in
      { failed in
        guard let finding = check(failed) else { return nil }
        if case .fails = finding { return finding.atMost(.possible) }
        return finding
      }
    }
  }

  /// The same, nor is anything as good as proven.
  fileprivate var unsure: [Check] { unproven.atMost(.favored) }
}

extension FailedMessage {
  /// True where what could not be asked decides about a check before the copy of the payload, and no
  /// more is known of it: a failure behind that is never likely.
  fileprivate var mayHaveFailedUnseen: Bool {
    guard let socket, state != nil else { return true }
    switch socket.family {
    // What brings its header (IP_HDRINCL) meets errors of ICMP, and is not to be short.
    case .inet, .inet6: return socket.type == .raw || mayMissRoomForOptions || mayMeetOtherFamily
    // PACKET_VNET_HDR_SZ says what stands before the frame.
    case .packet: return state?.hasVirtualHeader != false && state?.virtualHeaderBytes == nil
    default: return false
    }
  }

  /// True where the most that IP_OPTIONS adds to a header (`__ip_append_data`; kernel.md §3.1) makes
  /// it too long for a packet.
  private var mayMissRoomForOptions: Bool {
    guard socket?.type == .datagram, goesByIPv4, let bytes else { return false }
    return bytes + 40 > 65507
  }

  /// True where those before it may be held back (UDP_CORK) for the other family (`udp_sendmsg`,
  /// `udpv6_sendmsg`; kernel.md §3.1, "append path").
  private var mayMeetOtherFamily: Bool {
    guard socket?.family == .inet6, mayBeAppended else { return false }
    return (0..<index).contains { FailedMessage(call, $0)?.goesByIPv4 != goesByIPv4 }
  }
}
