import Glibc

/// Asks the kernel which UDP socket of a network namespace takes a datagram: sock_diag(7) finds it
/// as the kernel does when one arrives (`udp_dump_one`, `__udp4_lib_lookup`), options of the
/// sockets, groups and IPV6_V6ONLY included.
struct UDPLookup {
  /// Whether the kernel can be asked (CONFIG_INET_UDP_DIAG): it says of no socket, and of nobody
  /// who knows, the same.
  private var canAnswer: Bool?

  /// Whether there is one, in the network namespace that we are in; nil where that cannot be asked.
  /// Both are whole addresses of one family; a source of no host is taken for the destination.
  mutating func finds(_ destination: [UInt8], from source: [UInt8]) -> Bool? {
    if canAnswer == nil { canAnswer = Self.findsOwn() }
    return canAnswer == true ? Self.ask(destination, from: source) : nil
  }

  /// Asks for a socket of ours.
  private static func findsOwn() -> Bool {
    guard let own = ProbeSocket(family: AF_INET),
      ProbeSocket.bind(own.number, to: [UInt8(AF_INET), 0] + [UInt8](repeating: 0, count: 14)) == 0,
      var address = own.localAddress, address.count >= 8
    else { return false }
    address.replaceSubrange(4..<8, with: [127, 0, 0, 1])
    return ask(address, from: address) == true
  }

  /// Source and destination are those of the datagram. What a host sends to itself arrives by the
  /// loopback interface, which is the first.
  private static func ask(_ destination: [UInt8], from source: [UInt8]) -> Bool? {
    var source = source
    if !source.host.contains(where: { $0 != 0 }) { source.setHost(destination.host) }
    guard let link = SocketDiagLink(),
      let request = SocketDiagLink.request(
        protocolNumber: 17, source, destination, interface: 1)
    else { return nil }
    return switch link.ask(request) {
    case .found: true
    case .none: false
    case .unanswered: nil
    }
  }
}

extension [UInt8] {
  /// Replaces the bytes of the IP address, where there are as many.
  fileprivate mutating func setHost(_ other: ArraySlice<UInt8>) {
    guard host.count == other.count else { return }
    replaceSubrange(host.indices, with: other)
  }
}
