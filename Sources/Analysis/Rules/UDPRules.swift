import Records

/// UDP and UDP-Lite (`udp_sendmsg`, `udpv6_sendmsg`; kernel.md §3.1 and §3.2).
enum UDPRules {
  /// An IPv6 socket sends to an IPv4 address by the code of IPv4.
  static func checks(for failed: FailedMessage) -> [Check] {
    guard failed.socket?.family == .inet6 else { return ofIPv4(failed) }
    return failed.goesByIPv4 ? [ipv6Only] + ofIPv4(failed) : ofIPv6(failed)
  }

  private static func ofIPv4(_ failed: FailedMessage) -> [Check] {
    let first: [Check] = [tooLong, outOfBand]
    // Behind data that is held back, neither address nor control messages are looked at.
    if failed.isAppended { return first + [otherFamilyHeldBack, corkedTooLong] + tail }
    return first + [shortAddress, wrongFamily, noPort, noDestination]
      + ControlRules.checks + [bySomeFilter] + RouteRules.checks4
      + [overLimit, overMTU] + tail
  }

  private static func ofIPv6(_ failed: FailedMessage) -> [Check] {
    if failed.isAppended {
      return [shortAddress6, wrongFamily6, corkedTooLong] + tail
    }
    return [shortAddress6, wrongFamily6, noDestination, noPort] + ControlRules.checks
      + [bySomeFilter] + RouteRules.checks6 + [overLimit6, overMTU6] + tail
  }

  /// From the allocation of the buffer on: the same for both.
  private static let tail: [Check] =
    ZeroCopyRules.checks + PendingErrorRules.internet + WaitRules.checks + [PayloadRules.unreadable]
    + SegmentationRules.checks + OutputRules.checks
}

// Sizes and flags.
extension UDPRules {
  /// `udp_sendmsg`'s first check.
  @Sendable private static func tooLong(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes, bytes > 65535 else { return nil }
    return .fails(
      .messageTooLong,
      "payload of \(bytes) bytes is over 65507, the most an IPv4 UDP datagram carries")
  }

  @Sendable private static func outOfBand(_ failed: FailedMessage) -> Finding? {
    failed.flags.contains(.outOfBand) ? .fails(.notSupported, "UDP knows no MSG_OOB") : nil
  }

  /// `__ip_append_data`: what no fragments help with.
  @Sendable private static func overLimit(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes else { return nil }
    if bytes > 65507 {
      return SizeRules.overPacket(
        failed.state?.mtuDiscovery,
        "payload of \(bytes) bytes is over 65507, the most an IPv4 UDP datagram carries")
    }
    let options = failed.optionBytes
    guard options > 0, bytes + options > 65507 else { return nil }
    return .suspect(
      .messageTooLong, .likely,
      "payload of \(bytes) bytes and \(options) of IP options are over 65507, the most an IPv4 UDP"
        + " datagram carries")
  }

  @Sendable private static func overLimit6(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes else { return nil }
    let added = failed.addedHeaderBytes
    if bytes <= 65527, bytes + added > 65527 {
      return .suspect(
        .messageTooLong, .likely,
        "payload of \(bytes) bytes and \(added) of extension headers are over 65527, the most an"
          + " IPv6 UDP datagram carries")
    }
    guard bytes > 65527 else { return nil }
    return SizeRules.overPacket(
      failed.state?.mtuDiscovery6,
      "payload of \(bytes) bytes is over 65527, the most an IPv6 UDP datagram carries")
  }

  @Sendable private static func overMTU(_ failed: FailedMessage) -> Finding? {
    SizeRules.overMTU(failed, discovery: failed.state?.mtuDiscovery, headers: 28)
  }

  @Sendable private static func overMTU6(_ failed: FailedMessage) -> Finding? {
    SizeRules.overMTU(failed, discovery: failed.state?.mtuDiscovery6, headers: 48)
  }

  /// `udp_sendmsg`: what is held back is of IPv6.
  @Sendable private static func otherFamilyHeldBack(_ failed: FailedMessage) -> Finding? {
    guard failed.socket?.family == .inet6, let first = FailedMessage(failed.call, 0),
      !first.goesByIPv4
    else { return nil }
    // Where an earlier call held something back for IPv4, the first message was added to that.
    return .suspect(
      .invalidArgument, .likely,
      "it goes to an IPv4 address, and the messages held back to an IPv6 one")
  }

  /// All that is held back makes one datagram.
  @Sendable private static func corkedTooLong(_ failed: FailedMessage) -> Finding? {
    let isIPv6 = failed.socket?.family == .inet6 && !failed.goesByIPv4
    return SizeRules.heldBack(
      failed, limit: isIPv6 ? 65527 : 65507,
      discovery: isIPv6 ? failed.state?.mtuDiscovery6 : failed.state?.mtuDiscovery)
  }

  /// A BPF program of the cgroup (UDP4_SENDMSG, UDP6_SENDMSG) may refuse what has an address.
  @Sendable private static func bySomeFilter(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, !failed.followsItsLike, failed.evidence?.hasSendFilter != false else {
      return nil
    }
    return .suspect(
      .notPermitted, .possible, "a BPF program of its cgroup may have refused it")
  }
}

extension FailedMessage {
  /// True where a message before it is held back (MSG_MORE, UDP_CORK), so that it is appended.
  fileprivate var isAppended: Bool {
    index > 0 && (flags.contains(.more) || state?.isCorked == true)
  }
}
