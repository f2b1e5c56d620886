extension SocketDescription {
  /// True for UDP and UDP-Lite, over either IP.
  package var isUDP: Bool { Self.isUDP(family, type, protocolNumber: protocolNumber) }

  /// The same of a socket that is known by its numbers.
  package static func isUDP(
    _ family: AddressFamily, _ type: SocketType, protocolNumber: Int32
  ) -> Bool {
    (family == .inet || family == .inet6) && type == .datagram
      && (protocolNumber == InternetProtocol.udp || protocolNumber == InternetProtocol.udpLite)
  }

  /// True where a message to `name`, or without one to the peer, is sent by the code of IPv4
  /// (`udpv6_sendmsg`; kernel.md §3.2): by each socket of IPv4, and by one of UDP over IPv6 to an
  /// address of IPv4, be it mapped into IPv6.
  package func goesByIPv4(to name: SocketAddress?) -> Bool {
    // Raw and ping sockets know no such way.
    guard family == .inet6, isUDP else { return family == .inet }
    // AF_UNSPEC means none, and the code of IPv6, wherever the socket is connected to.
    guard name?.family != .unspecified, let destination = name ?? peer else { return false }
    // To `::` it goes to the loopback address of the family that the socket is bound by.
    if case .inet6(let address, _, _, _) = destination.form, address.isUnspecified {
      return local?.ipv4 != nil
    }
    return destination.family == .inet || destination.ipv4 != nil
  }
}
