import Glibc
import Records

/// Asks rtnetlink(7) for the way to a destination (RTM_GETROUTE), where connect(2) does not tell:
/// of the interface, of addresses that have a meaning on one link alone, and of a source port.
enum RouteQuery {
  /// What the kernel says of a way.
  struct Answer {
    var route = RouteState()
    /// Hundredths of a second until what is known of its path is forgotten; 0 for never.
    var expiry: Int32 = 0
    /// The address that the host sends from; empty where one was asked for.
    var source: [UInt8] = []
  }

  /// `destination` is a `sockaddr_in` or `sockaddr_in6`; `source` one of the same family, or it is
  /// left out. Nil where it cannot be asked.
  static func route(
    to destination: [UInt8], from source: [UInt8], _ binding: SocketBinding
  ) -> RouteState? {
    answer(to: destination, from: source, binding)?.route
  }

  /// The same, and how long it holds.
  static func answer(
    to destination: [UInt8], from source: [UInt8], _ binding: SocketBinding
  ) -> Answer? {
    guard let wanted = destination.ipAddress else { return nil }
    let isIPv6 = wanted.count == 16
    var attributes = attribute(Attribute.destination, wanted)
    let own = source.family == destination.family ? source.ipAddress : nil
    let hasSource = own?.contains { $0 != 0 } ?? false
    if let own, hasSource { attributes += attribute(Attribute.source, own) }
    let interface =
      isIPv6
      ? binding.interface(forIPv6: destination)
      : binding.interface != 0 ? binding.interface : wanted[0] & 0xf0 == 0xe0 ? 0 : binding.unicast4
    if interface != 0 { attributes += attribute(Attribute.interface, interface.bytes) }
    if binding.mark != 0 { attributes += attribute(Attribute.mark, binding.mark.bytes) }
    attributes += flow(to: destination, binding)
    // struct rtmsg: family 0, dst_len 1, src_len 2, tos 3, and 8 bytes that a request leaves 0.
    let service =
      UInt8(truncatingIfNeeded: isIPv6 ? max(binding.trafficClass, 0) : binding.serviceType) & 0xfc
    let head = [UInt8(destination.family), UInt8(wanted.count * 8), 0, service]
    return answer(
      to: head + [UInt8](repeating: 0, count: 8) + attributes, needsSource: isIPv6 && !hasSource)
  }

  /// The protocols that can be asked for (`rtm_getroute_parse_ip_proto`): ICMP, TCP, UDP, ICMPv6.
  static func knows(_ protocolNumber: Int32, _ family: Int32) -> Bool {
    [6, 17, family == AF_INET ? 1 : 58].contains(protocolNumber)
  }

  private static func flow(to destination: [UInt8], _ binding: SocketBinding) -> [UInt8] {
    var attributes: [UInt8] = []
    if let owner = binding.owner {
      attributes += attribute(Attribute.user, Int32(bitPattern: owner).bytes)
    }
    guard knows(binding.protocolNumber, destination.family) else { return attributes }
    attributes += attribute(Attribute.protocolNumber, [UInt8(binding.protocolNumber)])
    guard binding.hasPorts else { return attributes }
    return attributes + attribute(Attribute.localPort, binding.localPort.networkBytes)
      + attribute(Attribute.port, destination.port.networkBytes)
  }

  private static func answer(to request: [UInt8], needsSource: Bool) -> Answer? {
    // NETLINK_ROUTE
    guard let link = NetlinkLink(protocolNumber: 0), link.ask(requestType, request),
      let reply = link.receive().first
    else { return nil }
    var answer = Answer()
    switch reply.type {
    case NetlinkLink.Message.error:
      guard let error = reply.body.uint32(at: 0).map({ Int32(bitPattern: $0) }), error < 0 else {
        return nil
      }
      answer.route.refusal = Errno(rawValue: 0 &- error)
    case answerType: read(reply.body.dropFirst(12), needsSource, link.descriptor, into: &answer)
    default: return nil
    }
    return answer
  }

  private static func read(
    _ attributes: ArraySlice<UInt8>, _ needsSource: Bool, _ asking: Descriptor,
    into answer: inout Answer
  ) {
    var rest = Array(attributes)
    var hasSource = false
    // struct rtattr: length 0:2, type 2:2
    while rest.count >= 4, case let length = Int(rest.uint16(at: 0)), length >= 4,
      length <= rest.count
    {
      switch rest.uint16(at: 2) {
      case Attribute.interface where length >= 8:
        let state = InterfaceProbe.state(ofInterface: rest.int32(at: 4), socket: asking.number)
        answer.route.deviceMTU = state.mtu
        answer.route.goesByWireGuard = state.isWireGuard
        // A link has no path behind it, of which another MTU could be known.
        if needsSource { answer.route.mtu = state.mtu }
      case Attribute.preferredSource:
        hasSource = true
        answer.source = Array(rest[4..<length])
      // struct rta_cacheinfo: clntref 0:4, lastuse 4:4, expires 8:4
      case Attribute.cacheInfo where length >= 16: answer.expiry = rest.int32(at: 12)
      default: break
      }
      rest = Array(rest.dropFirst((length + 3) & ~3))
    }
    // `ip6_route_get_saddr`: no address of the host is one to send from.
    if needsSource, !hasSource { answer.route.refusal = .addressNotAvailable }
  }

  private static func attribute(_ type: UInt16, _ bytes: [UInt8]) -> [UInt8] {
    let length = UInt16(4 + bytes.count)
    let padding = [UInt8](repeating: 0, count: -bytes.count & 3)
    return [UInt8(length & 0xff), UInt8(length >> 8), UInt8(type & 0xff), UInt8(type >> 8)] + bytes
      + padding
  }

  /// RTM_GETROUTE, RTM_NEWROUTE.
  private static let requestType: UInt16 = 26
  private static let answerType: UInt16 = 24

  /// RTA_DST, RTA_SRC, RTA_OIF, RTA_PREFSRC, RTA_CACHEINFO, RTA_MARK, RTA_UID, RTA_IP_PROTO,
  /// RTA_SPORT, RTA_DPORT.
  private enum Attribute {
    static let destination: UInt16 = 1
    static let source: UInt16 = 2
    static let interface: UInt16 = 4
    static let preferredSource: UInt16 = 7
    static let cacheInfo: UInt16 = 12
    static let mark: UInt16 = 16
    static let user: UInt16 = 25
    static let protocolNumber: UInt16 = 27
    static let localPort: UInt16 = 28
    static let port: UInt16 = 29
  }
}

extension [UInt8] {
  /// The port of a `sockaddr_in` or `sockaddr_in6`; 0 where there is none.
  var port: UInt16 { count >= 4 ? UInt16(self[2]) << 8 | UInt16(self[3]) : 0 }

  /// Whether the address is not that of any host.
  var namesHost: Bool { ipAddress?.contains { $0 != 0 } ?? false }

  /// The 4 or 16 bytes of the address in a `sockaddr_in` or `sockaddr_in6`.
  fileprivate var ipAddress: [UInt8]? {
    switch family {
    case AF_INET where count >= 8: Array(self[4..<8])
    case AF_INET6 where count >= 24: Array(self[8..<24])
    default: nil
    }
  }

  fileprivate func uint16(at offset: Int) -> UInt16 {
    UInt16(self[offset]) | UInt16(self[offset + 1]) << 8
  }
}

extension Int32 {
  fileprivate var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }
}

extension UInt16 {
  fileprivate var networkBytes: [UInt8] { [UInt8(self >> 8), UInt8(self & 0xff)] }
}
