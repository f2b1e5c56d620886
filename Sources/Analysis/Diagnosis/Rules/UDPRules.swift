import Records

/// UDP and UDP-Lite (`udp_sendmsg`, `udpv6_sendmsg`; kernel.md §3.1 and §3.2).
enum UDPRules {
  /// An IPv6 socket sends to an IPv4 address by the code of IPv4.
  static func checks(for failed: FailedMessage) -> [Check] {
    guard failed.socket?.family == .inet6 else { return ofIPv4(failed) }
    return failed.goesByIPv4 ? [ipv6Only] + ofIPv4(failed) : ofIPv6(failed)
  }

  private static func ofIPv4(_ failed: FailedMessage) -> [Check] {
    // Behind data that is held back, neither address nor control messages are looked at.
    if failed.isAppended {
      return first + [otherFamilyHeldBack, corkedTooLong] + behindHeldBack(failed)
    }
    let head =
      DatagramAddressRules.ipv4 + [noPort, DatagramAddressRules.noDestination]
      + ControlRules.checks + [refusedByCgroup, OptionRules.sourceRouteToNowhere]
      + RouteRules.checks4 + [CorkRules.noWayForIPv4, overLimit, overMTU]
    return first + notAppended(head, failed)
  }

  private static func ofIPv6(_ failed: FailedMessage) -> [Check] {
    if failed.isAppended {
      return [shortAddress6, wrongFamily6, corkedTooLong] + behindHeldBack(failed)
    }
    let head =
      [DatagramAddressRules.noDestination, noPort, FlowLabelRules.foreignInAddress]
      + ControlRules.checks + [FlowLabelRules.foreignInControl, refusedByCgroup]
      + RouteRules.checks6 + [CorkRules.noRoomForHeaders6, overLimit6, overMTU6]
    return [shortAddress6, wrongFamily6] + notAppended(head, failed)
  }

  /// The code of IPv4 begins with them, whatever is held back.
  static let first: [Check] = [tooLong, outOfBand]

  /// `head`, and what is the same for both; all of it is looked at where nothing is held back.
  private static func notAppended(_ head: [Check], _ failed: FailedMessage) -> [Check] {
    let tail = ZeroCopyRules.checks + waits + copy
    guard failed.mayBeAppended else { return UnaskedRules.checks(head, tail, for: failed) }
    let appended = [corkedTooLongUnseen, PayloadRules.unreadable]
    return UnaskedRules.checks(
      head + ZeroCopyRules.checks, waits, copy, where: appended, for: failed)
  }

  /// What is appended is not waited for, and neither errors nor a shutdown are looked for
  /// (`transhdrlen` is 0), unless another thread has sent what was held back.
  private static func behindHeldBack(_ failed: FailedMessage) -> [Check] {
    ZeroCopyRules.checks + [BufferRules.queueOverTwice]
      + (failed.hasOwnSocket ? [] : waits.atMost(.possible)) + copy
  }

  /// The allocation of the buffer.
  private static let waits: [Check] = PendingErrorRules.internet + WaitRules.checks

  /// From the copy of the payload on.
  private static let copy: [Check] =
    [FragmentRules.overSendBuffer, ZeroCopyRules.tooManyPieces, PayloadRules.unreadable]
    + SegmentationRules.checks + OutputRules.checks
}

// Sizes and flags.
extension UDPRules {
  /// EMSGSIZE (`udp_sendmsg`; kernel.md §3.1, "first check"): over 65,535 bytes.
  @Sendable private static func tooLong(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes else { return .undecided }
    guard bytes > 65535 else { return nil }
    return .fails(
      .messageTooLong,
      "payload of \(bytes) bytes is over 65507, the most an IPv4 UDP datagram carries")
  }

  /// EOPNOTSUPP (`udp_sendmsg`; kernel.md §3.1): MSG_OOB; the code of IPv6 ignores it.
  @Sendable private static func outOfBand(_ failed: FailedMessage) -> Finding? {
    failed.flags.contains(.outOfBand) ? .fails(.notSupported, "UDP knows no MSG_OOB") : nil
  }

  /// EMSGSIZE (`__ip_append_data`; kernel.md §3.1): over 65,507 bytes, with the IP options.
  @Sendable private static func overLimit(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes else { return .undecided }
    if bytes > 65507 {
      return SizeRules.overPacket(
        failed.state?.mtuDiscovery,
        "payload of \(bytes) bytes is over 65507, the most an IPv4 UDP datagram carries")
    }
    let options = failed.optionBytes
    guard options > 0, bytes + options > 65507 else {
      return failed.hasAskedSocket ? nil : .undecided
    }
    return .suspect(
      .messageTooLong, .likely,
      "payload of \(bytes) bytes and \(options) of IP options are over 65507, the most an IPv4 UDP"
        + " datagram carries")
  }

  /// EMSGSIZE (`__ip6_append_data`; kernel.md §3.2): over 65,527 bytes, with the extension headers.
  @Sendable private static func overLimit6(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes else { return .undecided }
    let added = failed.addedHeaderBytes
    if bytes <= 65527, bytes + added > 65527 {
      return .suspect(
        .messageTooLong, .likely,
        "payload of \(bytes) bytes and \(added) of extension headers are over 65527, the most an"
          + " IPv6 UDP datagram carries")
    }
    guard bytes > 65527 else { return failed.hasAskedSocket ? nil : .undecided }
    return SizeRules.overPacket(
      failed.state?.mtuDiscovery6,
      "payload of \(bytes) bytes is over 65527, the most an IPv6 UDP datagram carries")
  }

  /// EMSGSIZE (`__ip_append_data`; kernel.md §3.1): over the MTU, where it may not be fragmented.
  @Sendable private static func overMTU(_ failed: FailedMessage) -> Finding? {
    SizeRules.overMTU(failed, discovery: failed.state?.mtuDiscovery, headers: 28)
  }

  /// EMSGSIZE (`__ip6_append_data`; kernel.md §3.2): over the MTU, where it may not be fragmented.
  @Sendable private static func overMTU6(_ failed: FailedMessage) -> Finding? {
    SizeRules.overMTU(failed, discovery: failed.state?.mtuDiscovery6, headers: 48)
  }

  /// EINVAL (`udp_sendmsg`; kernel.md §3.1, "append path"): what is held back is of IPv6.
  @Sendable private static func otherFamilyHeldBack(_ failed: FailedMessage) -> Finding? {
    guard failed.socket?.family == .inet6, let first = FailedMessage(failed.call, 0),
      !first.goesByIPv4
    else { return nil }
    // Where an earlier call held something back for IPv4, the first message was added to that.
    return .suspect(
      .invalidArgument, .likely,
      "it goes to an IPv4 address, and the messages held back to an IPv6 one")
  }

  /// EMSGSIZE (`__ip_append_data`, `__ip6_append_data`; kernel.md §3.1, "append path"): all that is
  /// held back makes one datagram, which is too long.
  @Sendable private static func corkedTooLong(_ failed: FailedMessage) -> Finding? {
    let isIPv6 = failed.socket?.family == .inet6 && !failed.goesByIPv4
    return SizeRules.heldBack(
      failed, limit: isIPv6 ? 65527 : 65507, headers: isIPv6 ? 48 : 28,
      discovery: isIPv6 ? failed.state?.mtuDiscovery6 : failed.state?.mtuDiscovery)
  }

  /// EMSGSIZE (`__ip_append_data`, `__ip6_append_data`; kernel.md §3.1, "append path"): the same, of
  /// a socket that could not be asked for UDP_CORK.
  @Sendable private static func corkedTooLongUnseen(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes else { return .undecided }
    let all = failed.bytesBefore &+ bytes
    let isIPv6 = failed.socket?.family == .inet6 && !failed.goesByIPv4
    let limit: UInt64 = isIPv6 ? 65527 : 65507
    let why = "the messages before it may be held back (UDP_CORK, which could not be asked), and "
    if all > limit {
      return .suspect(
        .messageTooLong, .possible, why + "\(all) bytes are over \(limit), the most a datagram has")
    }
    guard let mtu = failed.wayMTU, all + (isIPv6 ? 48 : 28) > UInt64(mtu) else { return nil }
    return .suspect(
      .messageTooLong, .unasked, why + "\(all) bytes may be over what is allowed")
  }

  /// EPERM (`__cgroup_bpf_run_filter_sock_addr`; kernel.md §3.1): a BPF program of the cgroup
  /// (UDP4_SENDMSG, UDP6_SENDMSG) may refuse what has an address.
  @Sendable private static func refusedByCgroup(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, !failed.followsItsLike, failed.evidence?.hasSendFilter != false else {
      return nil
    }
    return .suspect(
      .notPermitted, failed.evidence?.hasSendFilter == nil ? .unasked : .possible,
      "a BPF program of its cgroup may have refused it")
  }
}
