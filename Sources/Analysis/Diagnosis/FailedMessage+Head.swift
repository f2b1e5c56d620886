import Records

// What a protocol copies of a payload before it looks for the way, by which it looks for it.
extension FailedMessage {
  /// How many bytes: the header of a ping (`ping_common_sendmsg`), type and code of ICMP, and of
  /// Mobile IPv6 what stands before the type (`raw_probe_proto_opt`, `rawv6_probe_proto_opt`).
  ///
  /// A socket with IP_HDRINCL copies none, and takes no message that is as short.
  var headBytes: UInt64 {
    guard let socket else { return 0 }
    if isOfPing { return 8 }
    switch (socket.family, socket.type, rawProtocol) {
    case (.inet, .raw, InternetProtocol.icmp), (.inet6, .raw, InternetProtocol.icmpv6): return 2
    case (.inet6, .raw, InternetProtocol.mobility): return 4
    default: return 0
    }
  }

  /// The protocol that a raw socket sends it with: of an IPv6 address, sin6_port
  /// (`rawv6_sendmsg`).
  private var rawProtocol: Int32? {
    if socket?.family == .inet6, hasName, let port = message.name?.port, port != 0 {
      return Int32(port)
    }
    return socket?.protocolNumber
  }

  /// True where it is sent by other flags than those of the call: `ping_v6_sendmsg` hands on
  /// MSG_DONTWAIT alone.
  var isSentByOwnFlags: Bool { isOfPing && socket?.family == .inet6 }
}
