import Records

/// The address of a message, as UDP, raw and ping sockets look at it (kernel.md §3.1 and §3.5). UDP
/// over IPv6 has its own order and its own checks.
enum DatagramAddressRules {
  static let ipv4: [Check] = [shortAddress4, wrongFamily4]
  static let ipv6: [Check] = [shortAddress6, wrongFamily6, noDestination]

  /// EINVAL (`udp_sendmsg`, `raw_sendmsg`, `ping_v4_sendmsg`; kernel.md §3.1 and §3.5): msg_namelen
  /// is under 16.
  @Sendable private static func shortAddress4(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, failed.nameLength < 16, failed.isOfIPv4Socket else { return nil }
    return .fails(
      .invalidArgument, "msg_namelen is \(failed.nameLength), an IPv4 address has 16 bytes")
  }

  /// EAFNOSUPPORT (`udp_sendmsg`, `raw_sendmsg`, `ping_v4_sendmsg`; kernel.md §3.1 and §3.5): the
  /// address is not of AF_INET; all but ping sockets take AF_UNSPEC as that.
  @Sendable private static func wrongFamily4(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, let family = failed.message.name?.family, family != .inet,
      family != .unspecified || failed.isOfPing, failed.isOfIPv4Socket
    else { return nil }
    return .fails(
      .familyNotSupported, "its address is of \(family.name), the socket of AF_INET")
  }

  /// EINVAL (`rawv6_sendmsg`; kernel.md §3.5): msg_namelen is under 24.
  @Sendable private static func shortAddress6(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, failed.nameLength < 24 else { return nil }
    return .fails(
      .invalidArgument,
      "msg_namelen is \(failed.nameLength), an IPv6 address has 28 bytes, or 24 without a scope")
  }

  /// EAFNOSUPPORT (`rawv6_sendmsg`, `ping_v6_sendmsg`; kernel.md §3.5): the address is not of
  /// AF_INET6; raw sockets take AF_UNSPEC as that.
  @Sendable private static func wrongFamily6(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, let family = failed.message.name?.family, family != .inet6,
      family != .unspecified || failed.socket?.type != .raw
    else { return nil }
    return .fails(
      .familyNotSupported, "its address is of \(family.name), the socket of AF_INET6")
  }

  /// EDESTADDRREQ (`udp_sendmsg`, `udpv6_sendmsg`, `raw_sendmsg`, `ping_v4_sendmsg` and others;
  /// kernel.md §3.1, §3.2 and §3.5): no address, and the socket is not connected.
  @Sendable static func noDestination(_ failed: FailedMessage) -> Finding? {
    guard failed.namesNoDestination, !failed.isSurelyConnected else { return nil }
    if failed.followsOneWithoutName { return behindAddedMessage(failed) }
    if failed.isSurelyUnconnected {
      return .fails(.destinationRequired, "it has no address, and the socket is not connected")
    }
    return .suspect(
      .destinationRequired, failed.perhapsUnconnected,
      "it has no address, and the socket may not have been connected")
  }

  /// EDESTADDRREQ (`udp_sendmsg`, `udpv6_sendmsg`; not in kernel.md): the first message of all
  /// needed no address, as it was added to what an earlier call had held back (MSG_MORE), and ended
  /// that.
  private static func behindAddedMessage(_ failed: FailedMessage) -> Finding? {
    guard failed.socket?.isUDP == true, failed.isSurelyUnconnected,
      !failed.predecessors.dropFirst().contains(where: \.isWithoutName)
    else { return nil }
    return .suspect(
      .destinationRequired, .likely,
      "it has no address, and the socket is not connected; what went before it without one was added"
        + " to what an earlier call held back (MSG_MORE)")
  }
}
