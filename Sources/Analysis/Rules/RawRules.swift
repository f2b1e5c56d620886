import Records

/// Raw sockets of IP (`raw_sendmsg`, `rawv6_sendmsg`; kernel.md §3.5).
enum RawRules {
  static func checks(for failed: FailedMessage) -> [Check] {
    let head = failed.socket?.family == .inet6 ? ofIPv6 : ofIPv4
    return head + PendingErrorRules.internet + WaitRules.checks
      + [PayloadRules.unreadable, badHeader, noRoomForChecksum] + OutputRules.checks
  }

  private static let ofIPv4: [Check] =
    [tooLong, outOfBand] + DatagramAddressRules.ipv4 + ControlRules.checks
    + [headerAndOptions, unreadableStart]
    + RouteRules.checks4
    + [headerTooShort, overLimit, overDevice, overMTU, SizeRules.heldBackPacket]

  private static let ofIPv6: [Check] =
    [outOfBand] + DatagramAddressRules.ipv6 + [wrongProtocol] + ControlRules.checks
    + [unreadableStart] + RouteRules.checks6
    + [overLimit6, overDevice, headerTooShort6, overMTU6, SizeRules.heldBackPacket]

  @Sendable private static func tooLong(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes, bytes > 65535 else { return nil }
    return .fails(.messageTooLong, "\(bytes) bytes are over 65535, the most an IPv4 packet has")
  }

  @Sendable private static func outOfBand(_ failed: FailedMessage) -> Finding? {
    failed.flags.contains(.outOfBand) ? .fails(.notSupported, "raw sockets know no MSG_OOB") : nil
  }

  @Sendable private static func overLimit(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes, failed.state?.includesHeader == false else { return nil }
    let options = failed.optionBytes
    if bytes <= 65515, bytes + options > 65515 {
      return .suspect(
        .messageTooLong, .likely,
        "\(bytes) bytes and \(options) of IP options are over 65515, the most an IPv4 packet carries"
      )
    }
    guard bytes > 65515 else { return nil }
    return SizeRules.overPacket(
      failed.state?.mtuDiscovery,
      "\(bytes) bytes are over 65515, the most an IPv4 packet carries")
  }

  @Sendable private static func overLimit6(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes else { return nil }
    let added = failed.state?.includesHeader == true ? 0 : failed.addedHeaderBytes
    if bytes <= 65535, bytes + added > 65535 {
      return .suspect(
        .messageTooLong, .likely,
        "\(bytes) bytes and \(added) of extension headers are over 65535, the most an IPv6 packet"
          + " carries")
    }
    guard bytes > 65535 else { return nil }
    // With IPV6_HDRINCL a packet may be as long as the device's MTU.
    let isOverDevice = failed.wayMTU.map { bytes > UInt64($0) } ?? false
    return SizeRules.overPacket(
      failed.state?.mtuDiscovery6, isSure: isOverDevice,
      "\(bytes) bytes are over 65535, the most an IPv6 packet carries")
  }

  /// `raw_send_hdrinc`.
  @Sendable private static func overDevice(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.includesHeader == true, let bytes = failed.bytes,
      let mtu = failed.wayMTU, bytes > UInt64(mtu)
    else { return nil }
    return .suspect(
      .messageTooLong, .likely, "a packet of \(bytes) bytes is over the MTU of \(mtu)")
  }

  @Sendable private static func headerTooShort(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.includesHeader == true, let bytes = failed.bytes, bytes < 20 else {
      return nil
    }
    return .suspect(
      .invalidArgument, .likely, "IP_HDRINCL: \(bytes) bytes are no IPv4 header, which has 20")
  }

  /// EINVAL (`rawv6_send_hdrinc`).
  @Sendable private static func headerTooShort6(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.includesHeader == true, let bytes = failed.bytes, bytes < 40 else {
      return nil
    }
    return .suspect(
      .invalidArgument, .likely, "IPV6_HDRINCL: \(bytes) bytes are no IPv6 header, which has 40")
  }

  /// The length that the header says it has.
  @Sendable private static func badHeader(_ failed: FailedMessage) -> Finding? {
    guard failed.socket?.family == .inet, failed.state?.includesHeader == true,
      let bytes = failed.bytes, let first = failed.message.payload.data?.first
    else { return nil }
    let length = UInt64(first & 0x0f) * 4
    guard length < 20 || length > bytes else { return nil }
    return .suspect(
      .invalidArgument, .likely,
      "IP_HDRINCL: its header says that it has \(length) bytes, and it has"
        + (length < 20 ? " 20 or more" : " fewer"))
  }

  /// `raw_probe_proto_opt`: type and code of ICMP are read before the routing.
  @Sendable private static func unreadableStart(_ failed: FailedMessage) -> Finding? {
    guard let number = failed.socket?.protocolNumber, number == 1 || number == 58,
      failed.state?.includesHeader != true
    else { return nil }
    if let bytes = failed.bytes, bytes < 2 {
      return .suspect(.badAddress, .likely, "its ICMP type and code are not there: \(bytes) bytes")
    }
    guard case .fault(let address, let count)? = failed.evidence?.payload, count < 2 else {
      return nil
    }
    return .fails(.badAddress, "its ICMP type and code cannot be read at \(address.hex)")
  }

  /// `rawv6_push_pending_frames`, which writes a checksum at byte 2.
  @Sendable private static func noRoomForChecksum(_ failed: FailedMessage) -> Finding? {
    guard failed.socket?.family == .inet6, failed.socket?.protocolNumber == 58,
      let bytes = failed.bytes, bytes < 4
    else { return nil }
    return .suspect(
      .invalidArgument, .likely, "\(bytes) bytes have no room for the checksum of ICMPv6")
  }

  /// IP_HDRINCL leaves no room for options.
  @Sendable private static func headerAndOptions(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.includesHeader == true, failed.optionBytes > 0 else { return nil }
    return .suspect(
      .invalidArgument, .likely, "IP_HDRINCL: the header is its own, and takes no IP options")
  }

  @Sendable private static func overMTU(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.includesHeader == false else { return nil }
    return SizeRules.overMTU(failed, discovery: failed.state?.mtuDiscovery, headers: 20)
  }

  @Sendable private static func overMTU6(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.includesHeader != true else { return nil }
    return SizeRules.overMTU(failed, discovery: failed.state?.mtuDiscovery6, headers: 40)
  }

  /// The port of an IPv6 address is the protocol here.
  @Sendable private static func wrongProtocol(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, let port = failed.message.name?.port, port != 0 else { return nil }
    if port > 255 {
      return .fails(
        .invalidArgument, "its sin6_port is \(port), which means a protocol: there are 255")
    }
    guard let number = failed.socket?.protocolNumber, number != 255, Int32(port) != number
    else { return nil }
    return .fails(
      .invalidArgument,
      "its sin6_port is \(port), which means a protocol: the socket's is \(number)")
  }
}
