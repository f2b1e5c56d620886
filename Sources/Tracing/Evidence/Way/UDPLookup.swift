import Glibc

/// Asks the kernel which UDP socket of a network namespace takes a datagram: sock_diag(7) finds it as
/// the kernel does when one arrives (`udp_dump_one`, `__udp4_lib_lookup`), options of the sockets,
/// groups and IPV6_V6ONLY included.
struct UDPLookup {
  /// Whether the kernel can be asked (CONFIG_INET_UDP_DIAG): it says of no socket, and of nobody who
  /// knows, the same.
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

  /// ```
  /// struct inet_diag_req_v2: family 0:1  protocol 1:1  states 4:4  id 8:48
  ///   sport 0:2  dport 2:2  src 4:16  dst 20:16  if 36:4  cookie 40:8
  /// ```
  /// Source and destination are those of the datagram. What a host sends to itself arrives by the
  /// loopback interface, which is the first.
  private static func ask(_ destination: [UInt8], from source: [UInt8]) -> Bool? {
    let link = Descriptor(
      socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 4))
    let host = source.host.contains { $0 != 0 } ? source.host : destination.host
    guard link.number >= 0, !destination.host.isEmpty, host.count == destination.host.count else {
      return nil
    }
    func padded(_ host: ArraySlice<UInt8>) -> [UInt8] {
      host + [UInt8](repeating: 0, count: 16 - host.count)
    }
    let id =
      source[2..<4] + destination[2..<4] + padded(host) + padded(destination.host) + [1, 0, 0, 0]
      + [UInt8](repeating: 0xff, count: 8)
    let body = [destination[0], 17, 0, 0, 0xff, 0xff, 0xff, 0xff] + id
    // struct nlmsghdr: length 0:4, SOCK_DIAG_BY_FAMILY 4:2, NLM_F_REQUEST 6:2, sequence, port
    let message = [UInt8(16 + body.count), 0, 0, 0, 20, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0] + body
    guard unsafe send(link.number, message, message.count, 0) == message.count else { return nil }
    var reply = [UInt8](repeating: 0, count: 1024)
    // The kernel has answered before send(2) returns.
    let count = unsafe recv(link.number, &reply, reply.count, Int32(MSG_DONTWAIT))
    guard count >= 20 else { return nil }
    switch reply[4] {
    case 20: return true
    // NLMSG_ERROR
    case 2 where reply.int32(at: 16) == -ENOENT: return false
    default: return nil
    }
  }
}
