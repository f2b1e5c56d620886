import Records

/// Raw sockets of IP (`raw_sendmsg`, `rawv6_sendmsg`; kernel.md §3.5).
enum RawRules {
  static func checks(for failed: FailedMessage) -> [Check] {
    let head = failed.socket?.family == .inet6 ? ofIPv6 : ofIPv4
    return UnaskedRules.checks(
      head, allocation(for: failed) + behindAllocation + OutputRules.checks, for: failed)
  }

  /// Only what brings its header waits for room, and looks for errors and for a shutdown: for other
  /// packets the buffer is allocated as for what is appended (`transhdrlen` is 0).
  private static func allocation(for failed: FailedMessage) -> [Check] {
    let ofOwnHeader = PendingErrorRules.internet + WaitRules.checks
    switch failed.includesHeader {
    case true?: return ofOwnHeader
    case false?: return [BufferRules.queueOverTwice]
    case nil: return [BufferRules.queueOverTwice] + ofOwnHeader.atMost(.favored)
    }
  }

  private static let ofIPv4: [Check] =
    [tooLong, outOfBand] + DatagramAddressRules.ipv4 + [DatagramAddressRules.noDestination]
    + ControlRules.checks
    + [headerAndOptions, OptionRules.sourceRouteToNowhere, unreadableStart] + RouteRules.checks4
    + sizes4

  private static let ofIPv6: [Check] =
    [outOfBand] + DatagramAddressRules.ipv6 + [wrongProtocol, FlowLabelRules.foreignInAddress]
    + ControlRules.checks + [FlowLabelRules.foreignInControl, unreadableStart]
    + RouteRules.checks6 + sizes6

  private static let sizes4: [Check] = [
    headerIsKnown, headerTooShort, CorkRules.noWayForIPv4, overLimit, overDevice, overMTU,
    SizeRules.heldBackPacket,
  ]

  private static let sizes6: [Check] = [
    headerIsKnown, CorkRules.noRoomForHeaders6, overLimit6, overDevice, headerTooShort6, overMTU6,
    SizeRules.heldBackPacket,
  ]

  private static let behindAllocation: [Check] = [
    FragmentRules.overSendBuffer, PayloadRules.unreadable, wrongHeaderLength, noRoomForChecksum,
  ]

  /// EMSGSIZE (`raw_sendmsg`; kernel.md §3.5): over 65,535 bytes.
  @Sendable private static func tooLong(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes else { return .undecided }
    guard bytes > 65535 else { return nil }
    return .fails(.messageTooLong, "\(bytes) bytes are over 65535, the most an IPv4 packet has")
  }

  /// EOPNOTSUPP (`raw_sendmsg`, `rawv6_sendmsg`; not in kernel.md): MSG_OOB.
  @Sendable private static func outOfBand(_ failed: FailedMessage) -> Finding? {
    failed.flags.contains(.outOfBand) ? .fails(.notSupported, "raw sockets know no MSG_OOB") : nil
  }

  /// EMSGSIZE or EINVAL (`raw_sendmsg`, `rawv6_sendmsg`; kernel.md §3.5): whether it brings its
  /// header (IP_HDRINCL) decides which of the checks below are made.
  @Sendable private static func headerIsKnown(_ failed: FailedMessage) -> Finding? {
    failed.includesHeader == nil ? .undecided : nil
  }

  /// EMSGSIZE (`__ip_append_data`; kernel.md §3.5): over 65,515 bytes, with the IP options.
  @Sendable static func overLimit(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes, failed.includesHeader != true else { return nil }
    let options = failed.optionBytes
    if bytes <= 65515, bytes + options > 65515 {
      return .suspect(
        .messageTooLong, .likely,
        "\(bytes) bytes and \(options) of IP options are over 65515, the most an IPv4 packet carries"
      )
    }
    guard bytes > 65515 else { return nil }
    guard failed.includesHeader == false else {
      return .suspect(
        .messageTooLong, .favored,
        "\(bytes) bytes are over 65515, the most an IPv4 packet carries, unless its header is among"
          + " them, for which the socket could not be asked")
    }
    return SizeRules.overPacket(
      failed.state?.mtuDiscovery,
      "\(bytes) bytes are over 65515, the most an IPv4 packet carries")
  }

  /// EMSGSIZE (`__ip6_append_data`; kernel.md §3.2): over 65,535 bytes, with the extension headers.
  @Sendable static func overLimit6(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes else { return .undecided }
    let added = failed.state?.includesHeader == true ? 0 : failed.addedHeaderBytes
    if bytes <= 65535, bytes + added > 65535 {
      return .suspect(
        .messageTooLong, .likely,
        "\(bytes) bytes and \(added) of extension headers are over 65535, the most an IPv6 packet"
          + " carries")
    }
    guard bytes > 65535 else { return nil }
    // With IPV6_HDRINCL a packet may be as long as the device's MTU.
    let isOverDevice =
      failed.state?.includesHeader == false
      || failed.deviceMTU.map { bytes > UInt64($0) } ?? false
    return SizeRules.overPacket(
      failed.state?.mtuDiscovery6, isSure: isOverDevice,
      "\(bytes) bytes are over 65535, the most an IPv6 packet carries")
  }

  /// EMSGSIZE (`raw_send_hdrinc`, `rawv6_send_hdrinc`; kernel.md §3.5): a packet with a header of
  /// its own is over the MTU of the device.
  @Sendable private static func overDevice(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.includesHeader == true, let bytes = failed.bytes else { return nil }
    guard let mtu = failed.deviceMTU else { return .undecided }
    guard bytes > UInt64(mtu) else { return nil }
    return .suspect(
      .messageTooLong, .likely, "a packet of \(bytes) bytes is over the MTU of \(mtu)")
  }

  /// EINVAL (`raw_send_hdrinc`; kernel.md §3.5): IP_HDRINCL and under 20 bytes.
  @Sendable private static func headerTooShort(_ failed: FailedMessage) -> Finding? {
    guard let strength = failed.strengthOfOwnHeader, let bytes = failed.bytes, bytes < 20 else {
      return nil
    }
    return .suspect(
      .invalidArgument, strength, "IP_HDRINCL: \(bytes) bytes are no IPv4 header, which has 20")
  }

  /// EINVAL (`rawv6_send_hdrinc`; not in kernel.md): IPV6_HDRINCL and under 40 bytes.
  @Sendable private static func headerTooShort6(_ failed: FailedMessage) -> Finding? {
    guard let strength = failed.strengthOfOwnHeader, let bytes = failed.bytes, bytes < 40 else {
      return nil
    }
    return .suspect(
      .invalidArgument, strength, "IPV6_HDRINCL: \(bytes) bytes are no IPv6 header, which has 40")
  }

  /// EINVAL (`raw_send_hdrinc`; kernel.md §3.5, "bad ihl"): the header says that it is longer than
  /// the packet; or shorter than 20 bytes, which kernels before 2026's let pass as it is.
  @Sendable private static func wrongHeaderLength(_ failed: FailedMessage) -> Finding? {
    guard failed.socket?.family == .inet, let strength = failed.strengthOfOwnHeader,
      let bytes = failed.bytes, let first = failed.message.payload.data?.first
    else { return nil }
    let length = UInt64(first & 0x0f) * 4
    if length > bytes {
      return .suspect(
        .invalidArgument, strength,
        "IP_HDRINCL: its header says that it has \(length) bytes, the packet has \(bytes)")
    }
    guard length < 20, failed.refusesShortHeaders != false else { return nil }
    return .suspect(
      .invalidArgument, failed.refusesShortHeaders == true ? strength : min(strength, .possible),
      "IP_HDRINCL: its header says that it has \(length) bytes, an IPv4 header has 20 or more")
  }

  /// EFAULT (`raw_probe_proto_opt`, `rawv6_probe_proto_opt`; not in kernel.md): what the routing
  /// may ask for of ICMP or Mobile IPv6 is read before it, and cannot be.
  @Sendable private static func unreadableStart(_ failed: FailedMessage) -> Finding? {
    let head = failed.headBytes
    guard head > 0, failed.state?.includesHeader != true else { return nil }
    let what = head == 2 ? "ICMP type and code" : "Mobility Header's first bytes"
    if let bytes = failed.bytes, bytes < head {
      return .suspect(.badAddress, .likely, "its \(what) are not there: \(bytes) bytes")
    }
    guard case .fault(let address, let count)? = failed.evidence?.payload, count < head else {
      return nil
    }
    return .fails(.badAddress, "its \(what) cannot be read at \(address.hex)")
  }

  /// EINVAL (`rawv6_push_pending_frames`; not in kernel.md): the place of the checksum, of
  /// IPV6_CHECKSUM or byte 2 of ICMPv6, lies behind the end of the packet.
  @Sendable private static func noRoomForChecksum(_ failed: FailedMessage) -> Finding? {
    guard failed.socket?.family == .inet6, let bytes = failed.bytes,
      !failed.flags.contains(.more), failed.state?.includesHeader != true,
      let offset = failed.state?.checksumOffset
        ?? (failed.socket?.protocolNumber == InternetProtocol.icmpv6 ? 2 : nil),
      offset >= 0, bytes <= UInt64(offset) + 1
    else { return nil }
    return .suspect(
      .invalidArgument, .likely,
      "\(bytes) bytes have no room for the checksum at byte \(offset) (IPV6_CHECKSUM, ICMPv6)")
  }

  /// EINVAL (`raw_sendmsg`; kernel.md §3.5, "HDRINCL+options"): IP_HDRINCL leaves no room for
  /// options.
  @Sendable private static func headerAndOptions(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.includesHeader == true, failed.optionBytes > 0 else { return nil }
    return .suspect(
      .invalidArgument, .likely, "IP_HDRINCL: the header is its own, and takes no IP options")
  }

  /// EMSGSIZE (`__ip_append_data`; kernel.md §3.1): over the MTU, where it may not be fragmented.
  @Sendable static func overMTU(_ failed: FailedMessage) -> Finding? {
    guard failed.includesHeader != true else { return nil }
    return SizeRules.overMTU(failed, discovery: failed.state?.mtuDiscovery, headers: 20)
  }

  /// EMSGSIZE (`__ip6_append_data`; kernel.md §3.2): over the MTU, where it may not be fragmented.
  @Sendable static func overMTU6(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.includesHeader != true else { return nil }
    return SizeRules.overMTU(failed, discovery: failed.state?.mtuDiscovery6, headers: 40)
  }

  /// EINVAL (`rawv6_sendmsg`; kernel.md §3.5, "sin6_port is protocol"): over 255, or not the
  /// socket's.
  @Sendable private static func wrongProtocol(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, let port = failed.message.name?.port, port != 0 else { return nil }
    if port > 255 {
      return .fails(
        .invalidArgument, "its sin6_port is \(port), which means a protocol: there are 255")
    }
    guard let number = failed.socket?.protocolNumber, number != InternetProtocol.raw,
      Int32(port) != number
    else { return nil }
    return .fails(
      .invalidArgument,
      "its sin6_port is \(port), which means a protocol: the socket's is \(number)")
  }
}

extension FailedMessage {
  /// Whether it brings its own header (IP_HDRINCL, IPV6_HDRINCL); nil where that could not be asked.
  fileprivate var includesHeader: Bool? { isOfPing ? false : state?.includesHeader }

  /// How much speaks for what is wrong with a header of its own; nil where it has none.
  /// IPPROTO_RAW sets IP_HDRINCL by itself.
  fileprivate var strengthOfOwnHeader: Suspect.Strength? {
    switch includesHeader {
    case true?: .likely
    case false?: nil
    case nil:
      evidence == nil ? nil : socket?.protocolNumber == InternetProtocol.raw ? .favored : .unasked
    }
  }

  /// Whether the kernel refuses a header that says it has under 20 bytes: since 7.1, and the stable
  /// releases that took it over (`raw_send_hdrinc`).
  fileprivate var refusesShortHeaders: Bool? {
    guard let kernel = evidence?.kernel else { return nil }
    let fixed = [
      KernelRelease(5, 10, 258), KernelRelease(5, 15, 209), KernelRelease(6, 1, 175),
      KernelRelease(6, 6, 142), KernelRelease(6, 12, 92), KernelRelease(6, 18, 34),
      KernelRelease(7, 0, 11),
    ].first { $0.major == kernel.major && $0.minor == kernel.minor }
    return kernel >= fixed ?? KernelRelease(7, 1)
  }
}
