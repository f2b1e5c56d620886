import Decoding
import Glibc
import Records

/// What a socket's packets go out by beside their addresses: options, and what rules of routing
/// (ip-rule(8)) may look at.
struct SocketBinding {
  var interface: Int32 = 0
  var mark: Int32 = 0
  /// SO_DONTROUTE.
  var staysOnLink = false
  /// IP_TOS.
  var serviceType: Int32 = 0
  /// IP_UNICAST_IF and IPV6_UNICAST_IF, as indices.
  var unicast4: Int32 = 0
  var unicast6: Int32 = 0
  /// IP_MULTICAST_IF, as the address of an interface: the kernel does not say which index was set.
  var multicast4: Int32 = 0
  /// IPV6_MULTICAST_IF, as an index.
  var multicast6: Int32 = 0
  /// IPV6_TCLASS; -1 where the kernel chooses.
  var trafficClass: Int32 = -1
  /// Whose the socket is (`sk_uid`), as a number of our user namespace.
  var owner: UInt32?
  /// The protocol that the routing is asked for with; 0 for none.
  var protocolNumber: Int32 = 0
  /// The ports of a UDP socket's flow; 0 for other sockets, which have none there (`raw_sendmsg`).
  var localPort: UInt16 = 0
  var hasPorts = false
  /// IP_TRANSPARENT or IP_HDRINCL, by which IPv4 sends from addresses that are not this host's
  /// (`inet_sk_flowi_flags`).
  var sendsFromAnywhere = false
  /// The address of IP_PKTINFO or IPV6_PKTINFO, of 4 or 16 bytes; empty for none.
  var source: [UInt8] = []

  init() {}

  init(of fd: Int32, _ socket: SocketSnapshot) {
    let isIPv6 = Int32(socket.family) == AF_INET6
    func option(_ level: Int32, _ name: Int32) -> Int32 {
      SocketOption.int(fd, level, name) ?? 0
    }
    interface = option(SOL_SOCKET, CommonOption.bindToInterface)
    mark = option(SOL_SOCKET, CommonOption.mark)
    staysOnLink = option(SOL_SOCKET, SO_DONTROUTE) != 0
    serviceType = option(SocketLevel.ip, IPOption.typeOfService)
    unicast4 = option(SocketLevel.ip, IPOption.unicastInterface).byteSwapped
    multicast4 = option(SocketLevel.ip, IPOption.multicastInterface)
    sendsFromAnywhere =
      option(SocketLevel.ip, IPOption.transparent) != 0
      || option(SocketLevel.ip, IPOption.headerIncluded) != 0
    owner = Self.owner(of: fd)
    protocolNumber = socket.protocolNumber
    hasPorts = socket.type == Int32(SOCK_DGRAM.rawValue) && protocolNumber == Self.udp
    // A socket that was not bound before the call is now.
    if hasPorts { localPort = ProbeSocket.localAddress(of: fd)?.port ?? 0 }
    guard isIPv6 else { return }
    unicast6 = option(SocketLevel.ipv6, IPv6Option.unicastInterface).byteSwapped
    multicast6 = option(SocketLevel.ipv6, IPv6Option.multicastInterface)
    trafficClass = option(SocketLevel.ipv6, IPv6Option.trafficClass)
  }

  /// That of a socket that cannot be asked: no options, and what is known from outside.
  init(unasked socket: SocketSnapshot) {
    protocolNumber = socket.protocolNumber
    hasPorts = socket.type == Int32(SOCK_DGRAM.rawValue) && protocolNumber == Self.udp
    if hasPorts { localPort = socket.local.bytes.port }
  }

  /// The same, as a UDP socket of ours has it that follows this one.
  func followed(by probe: borrowing ProbeSocket) -> SocketBinding {
    var other = self
    other.owner = Self.owner(of: probe.number)
    other.protocolNumber = Self.udp
    other.localPort = probe.localAddress?.port ?? 0
    other.hasPorts = true
    return other
  }

  private static func owner(of fd: Int32) -> UInt32? {
    var status = stat()
    return unsafe fstat(fd, &status) == 0 ? status.st_uid : nil
  }

  private static let udp: Int32 = 17

  /// Takes what a message says of its own way.
  mutating func follow(_ control: [ControlMessage]) {
    for message in control {
      guard let first = message.data.first else { continue }
      switch (message.level, message.type) {
      case (SOL_SOCKET, CommonOption.mark) where message.data.count == 4:
        mark = message.data.int32(at: 0)
      case (SocketLevel.ip, IPOption.typeOfService): serviceType = Int32(first)
      case (SocketLevel.ipv6, IPv6Option.trafficClass) where message.data.count == 4:
        trafficClass = message.data.int32(at: 0)
      // struct in_pktinfo: ifindex 0:4, spec_dst 4:4
      case (SocketLevel.ip, IPOption.packetInfo) where message.data.count >= 12:
        leave(by: message.data.int32(at: 0))
        // That of the socket does not hold any more, even where none is named.
        source = Array(message.data[4..<8])
      // struct in6_pktinfo: addr 0:16, ifindex 16:4
      case (SocketLevel.ipv6, IPv6Option.packetInfo) where message.data.count >= 20,
        (SocketLevel.ipv6, IPv6Option.packetInfo2292) where message.data.count >= 20:
        leave(by: message.data.int32(at: 16))
        if message.data[0..<16].contains(where: { $0 != 0 }) {
          source = Array(message.data[0..<16])
        }
      default: continue
      }
    }
  }

  private mutating func leave(by interface: Int32) {
    if interface != 0 { self.interface = interface }
  }

  /// The address that a message comes from instead of `local`, one of IPv4 or IPv6, that its socket
  /// is bound to: the same port of what it names itself.
  func source(instead local: [UInt8]) -> [UInt8] {
    let isMapped = source.starts(with: [UInt8](repeating: 0, count: 10) + [0xff, 0xff])
    let own = isMapped && local.family == AF_INET ? Array(source[12...]) : source
    switch (local.family, own.count) {
    case (AF_INET, 4) where local.count >= 8: return local[..<4] + own + local[8...]
    case (AF_INET6, 16) where local.count >= 24: return local[..<8] + own + local[24...]
    default: return local
    }
  }

  /// The interface that an IPv6 destination without a scope goes out by; 0 for any.
  func interface(forIPv6 destination: [UInt8]) -> Int32 {
    if interface != 0 { return interface }
    return destination.count > 8 && destination[8] == 0xff ? multicast6 : unicast6
  }
}
