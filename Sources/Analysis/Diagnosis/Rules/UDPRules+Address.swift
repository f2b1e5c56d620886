import Records

/// The address of a UDP message, as far as UDP alone looks at it so.
extension UDPRules {
  /// EINVAL (`udp_sendmsg`, `udpv6_sendmsg`; kernel.md §3.1 and §3.2): port 0.
  @Sendable static func noPort(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, failed.message.name?.port == 0 else { return nil }
    return .fails(.invalidArgument, "it goes to port 0")
  }

  /// EINVAL (`udpv6_sendmsg`; kernel.md §3.2): msg_namelen is under 2, or for AF_INET6 under 24.
  @Sendable static func shortAddress6(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName else { return nil }
    if failed.nameLength < 2 {
      return .fails(.invalidArgument, "msg_namelen is \(failed.nameLength), too short for a family")
    }
    guard failed.message.name?.family == .inet6, failed.nameLength < 24 else { return nil }
    return .fails(
      .invalidArgument,
      "msg_namelen is \(failed.nameLength), an IPv6 address has 28 bytes, or 24 without a scope")
  }

  /// EINVAL (`udpv6_sendmsg`; kernel.md §3.2): a family but AF_INET6, AF_INET and AF_UNSPEC.
  @Sendable static func wrongFamily6(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, let family = failed.message.name?.family, family != .inet6,
      family != .inet, family != .unspecified
    else { return nil }
    return .fails(.invalidArgument, "its address is of \(family.name), the socket of AF_INET6")
  }

  /// ENETUNREACH (`udpv6_sendmsg`; kernel.md §3.2): it goes by IPv4, and the socket is IPV6_V6ONLY.
  @Sendable static func ipv6Only(_ failed: FailedMessage) -> Finding? {
    switch failed.state?.isIPv6Only {
    case true?:
      .suspect(
        .networkUnreachable, .likely, "its destination is IPv4, and the socket is IPV6_V6ONLY")
    case false?: nil
    case nil:
      .suspect(
        .networkUnreachable, .possible,
        "its destination is IPv4, and the socket may be IPV6_V6ONLY")
    }
  }
}
