import Records

extension ControlReader {
  /// The reader for a message of this socket to `destination`; nil where kernel.md does not say.
  ///
  /// The destination matters to a UDP socket of IPv6 alone, which sends to an IPv4 address by the
  /// code of IPv4. Without one, where the socket is connected to counts.
  static func of(_ socket: SocketDescription, destination: SocketAddress?) -> ControlReader? {
    switch socket.family.rawValue {
    case 1: unix
    case 2: ofInternet(socket, over6: false, toIPv4: true)
    case 10:
      ofInternet(
        socket, over6: true, toIPv4: goesByIPv4(socket, address(socket, destination)))
    case 16: netlink
    case 17: socketOnly
    case 21: rds
    // CAN_RAW; the other protocols' readers are not known.
    case 29: socket.protocolNumber == 1 ? socketOnly : nil
    case 31: [0, 2, 8].contains(socket.protocolNumber) ? socketOnly : nil
    case 32: iucv
    case 33: rxrpc
    case 38: alg
    // TIPC, VSOCK, XDP.
    case 30, 40, 44: none
    default: nil
    }
  }

  /// To `::` a message goes to the loopback address of the family that its socket is bound by.
  private static func goesByIPv4(
    _ socket: SocketDescription, _ destination: SocketAddress?
  ) -> Bool {
    guard let destination else { return false }
    if case .inet6(let address, _, _, _) = destination.form, address.high == 0, address.low == 0 {
      return socket.local?.isIPv4 ?? false
    }
    return destination.isIPv4
  }

  /// AF_UNSPEC as a destination means none to an IPv6 socket, and that the code of IPv6 sends it,
  /// wherever the socket is connected to (`udpv6_sendmsg`).
  private static func address(
    _ socket: SocketDescription, _ destination: SocketAddress?
  ) -> SocketAddress? {
    guard let destination else { return socket.peer }
    return destination.family == .unspecified ? nil : destination
  }

  private static func ofInternet(
    _ socket: SocketDescription, over6: Bool, toIPv4: Bool
  ) -> ControlReader? {
    switch (socket.type, socket.protocolNumber) {
    // UDP, UDP-Lite
    case (.datagram, 17), (.datagram, 136): over6 ? (toIPv4 ? mappedUDP : udp6) : udp4
    // Ping sockets: ICMP, ICMPv6
    case (.datagram, 1) where !over6: raw4
    case (.datagram, 58) where over6: raw6
    case (.raw, _): over6 ? raw6 : raw4
    case (.stream, 6): tcp
    // MPTCP; seen to take anything (6.18).
    case (.stream, 262): none
    case (_, 132): sctp
    default: nil
    }
  }
}
