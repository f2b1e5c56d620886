import Records

/// The kernel's checks of a message, in the kernel's order (kernel.md §2 and §3).
enum Rules {
  /// Those that a message of this call goes through.
  static func checks(for message: FailedMessage) -> [Check] {
    let first = HeaderRules.checks + SecurityRules.checks
    // The kernel has said that the protocol was not asked.
    if message.call.kernelView == .failedBeforeProtocol { return first }
    return first + SharingRules.checks + BatchRules.checks + protocolChecks(for: message)
  }

  /// True where the code of the socket's protocol is followed step by step.
  static func follow(_ message: FailedMessage) -> Bool { followedChecks(for: message) != nil }

  /// Those of the socket's protocol: its `sendmsg` in the kernel. Without a socket, none.
  private static func protocolChecks(for message: FailedMessage) -> [Check] {
    guard let socket = message.socket else { return [] }
    if let followed = followedChecks(for: message) { return followed }
    return socket.protocolNumber == InternetProtocol.sctp
      && (socket.family == .inet || socket.family == .inet6)
      ? SCTPRules.checks : OtherRules.checks
  }

  private static func followedChecks(for message: FailedMessage) -> [Check]? {
    guard let socket = message.socket else { return nil }
    switch socket.family {
    case .inet, .inet6: return internetChecks(socket, message)
    case .unix: return UnixRules.checks(for: socket.type)
    case .netlink: return NetlinkRules.checks
    case .packet: return PacketRules.checks(for: message, socket.type)
    case .vsock: return VsockRules.checks
    default: return nil
    }
  }

  private static func internetChecks(
    _ socket: SocketDescription, _ message: FailedMessage
  ) -> [Check]? {
    switch (socket.type, socket.protocolNumber) {
    case (.datagram, InternetProtocol.udp), (.datagram, InternetProtocol.udpLite):
      return UDPRules.checks(for: message)
    case (.stream, InternetProtocol.tcp), (.stream, InternetProtocol.mptcp):
      return TCPRules.checks(for: message)
    case (.raw, _): return RawRules.checks(for: message)
    case (.datagram, InternetProtocol.icmp), (.datagram, InternetProtocol.icmpv6):
      return PingRules.checks(for: message)
    default: return nil
    }
  }
}
