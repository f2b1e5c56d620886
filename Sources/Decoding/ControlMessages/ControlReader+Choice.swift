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
    case 10: ofInternet(socket, over6: true, toIPv4: socket.goesByIPv4(to: destination))
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
