import Decoding
import Glibc
import Records

/// Asks the kernel where a message would have gone, by a datagram socket of our own: connect(2)
/// looks for the way, or the receiver, and sends nothing.
enum DestinationProbe {
  /// True where a message of the socket to `address` goes somewhere that can be asked about.
  static func canAsk(_ socket: SocketSnapshot, _ address: [UInt8]?) -> Bool {
    switch Int32(socket.family) {
    case AF_INET, AF_INET6: socket.type != Int32(SOCK_STREAM.rawValue)
    case AF_UNIX: socket.type == Int32(SOCK_DGRAM.rawValue) && address != nil
    case AF_NETLINK: true
    default: false
    }
  }

  /// `hearsOfErrors` is true where it matters to the socket whether anyone listens, `needsDevice`
  /// where the MTU of the device does, and not that of the way. `begin` is when the call began.
  static func probe(
    _ address: [UInt8]?, _ socket: SocketSnapshot, binding: SocketBinding,
    thread: TracedThread, hearsOfErrors: Bool, needsDevice: Bool, since begin: UInt64,
    _ lookup: inout UDPLookup
  ) -> DestinationState? {
    switch Int32(socket.family) {
    case AF_INET, AF_INET6:
      let route = internet(
        address, socket, binding, thread, hearsOfErrors, needsDevice, begin, &lookup)
      return route.map { .route($0) }
    case AF_UNIX:
      guard let address else { return nil }
      return UnixReceiverProbe.probe(address, thread).map { .unix($0) }
    case AF_NETLINK:
      // struct sockaddr_nl: pid at 4.
      let bytes = address ?? socket.peer?.bytes ?? []
      guard bytes.count >= 8 else { return nil }
      return NetlinkPorts.isBound(
        UInt32(bitPattern: bytes.int32(at: 4)), protocolNumber: socket.protocolNumber
      ).map { .netlink(isBound: $0) }
    default: return nil
    }
  }

  private static func internet(
    _ address: [UInt8]?, _ socket: SocketSnapshot, _ binding: SocketBinding,
    _ thread: TracedThread, _ hearsOfErrors: Bool, _ needsDevice: Bool, _ begin: UInt64,
    _ lookup: inout UDPLookup
  ) -> RouteState? {
    let namesNone = address?.meansNone(to: socket) ?? false
    guard var destination = namesNone ? socket.peer?.bytes : address ?? socket.peer?.bytes,
      // The code of IPv6 sends it, even to an address of IPv4, which cannot be asked about.
      !namesNone || destination.asIPv4 == nil
    else { return nil }
    if destination.family == AF_UNSPEC { destination[0] = UInt8(socket.family) }
    // IPv4 sockets, and IPv6 ones with an IPv4 address, go by the routes of IPv4.
    var local = socket.local.bytes
    // Which connect(2) takes for the loopback address, and `ping_v6_sendmsg` for what it is.
    if destination.isAnyIPv6, socket.protocolNumber == 58, socket.type != 3 { return nil }
    if destination.isAnyIPv6, local.asIPv4 != nil { destination = destination.asIPv4Loopback }
    destination = destination.asIPv4 ?? destination
    local = local.asIPv4 ?? local
    let family = destination.family
    guard destination.isWhole else { return nil }
    var binding = binding
    local = binding.source(instead: local)
    // The interface of the address comes before that of the socket (`udpv6_sendmsg`).
    if destination.scope != 0 {
      binding.interface = destination.scope
      if local.scope != 0 { local.replaceSubrange(24..<28, with: destination[24..<28]) }
    }
    // connect(2) refuses these for a reason of its own, and so does `ping_v6_sendmsg`.
    if destination.needsScope, binding.interface == 0 {
      guard Int32(socket.family) == AF_INET6, socket.protocolNumber != 58 || socket.type == 3
      else { return nil }
      return RouteQuery.route(to: destination, from: local, binding)
    }
    // Ways by protocol and port: RTM_GETROUTE knows few protocols, and a socket of the same all but
    // the source port, which `raw_sendmsg` has not either.
    let isKnown = RouteQuery.knows(socket.protocolNumber, family)
    let isRaw = socket.type == Int32(SOCK_RAW.rawValue)
    let like =
      isKnown
      ? nil : ProbeSocket(family: family, type: socket.type, protocolNumber: socket.protocolNumber)
    let hasLike = like != nil
    guard let probe = like ?? ProbeSocket(family: family) else { return nil }
    let hasInterfaces = probe.follow(binding)
    let hasSource = probe.bindAddress(of: local)
    let asked = isKnown || !isRaw ? destination : destination.withoutPort
    var found = route(by: probe, to: asked)
    if !hasInterfaces {
      // Which connect(2) was not bound to.
      found = RouteQuery.route(to: destination, from: local, binding) ?? found
    } else if !hasSource, family == AF_INET, found.refusal == nil, !binding.sendsFromAnywhere {
      // Nor to this. IPv6 sends from it all the same.
      found.refusal = RouteQuery.route(to: destination, from: local, binding)?.refusal
      found.lacksSource = found.refusal != nil
    }
    if !isKnown, !hasLike || !isRaw && found.refusal == nil { found.isForOthers = true }
    if isKnown {
      let answer = RoutingRules.follow(
        binding, probe, to: destination, from: local, into: &found)
      found.goesByWireGuard = answer?.route.goesByWireGuard ?? false
      if hearsOfErrors, found.refusal == nil, let answer, let mtu = found.mtu,
        LearnedMTU.isTold(answer, mtu, since: begin, isIPv6: family == AF_INET6)
      {
        found.learnedMTU = mtu
      }
    }
    if found.blocking != .none, let policies = IPsecPolicies() {
      var flow = IPsecPolicies.Flow(to: destination, from: local, binding)
      if flow.source == nil,
        let own = RouteQuery.answer(to: destination, from: local, binding)?.source
      {
        flow.source = own.isEmpty ? nil : own[...]
      }
      found.blocking = policies.blocking(flow)
      if found.blocking == .sure { found.isForOthers = false }
    }
    if found.refusal == nil, needsDevice {
      found.deviceMTU =
        RouteQuery.route(
          to: destination, from: probe.localAddress ?? local, binding)?.deviceMTU
    }
    if hearsOfErrors, found.refusal == nil, !isRaw, socket.protocolNumber == 17,
      ProbeSocket.isLocal(destination)
    {
      found.hasListener = UDPListeners.exist(for: destination, from: local, &lookup)
    }
    return found
  }

  /// Whether a socket of this host takes what the socket sends to an address, or to its peer; nil
  /// where that is not on this host, or cannot be told.
  static func hasListener(
    at address: [UInt8]?, _ socket: SocketSnapshot, _ lookup: inout UDPLookup
  ) -> Bool? {
    guard socket.type == Int32(SOCK_DGRAM.rawValue), socket.protocolNumber == 17,
      let named = address ?? socket.peer?.bytes
    else { return nil }
    let destination = named.asIPv4 ?? named
    let local = socket.local.bytes.asIPv4 ?? socket.local.bytes
    guard destination.isWhole, ProbeSocket.isLocal(destination) else { return nil }
    return UDPListeners.exist(for: destination, from: local, &lookup)
  }

  private static func route(
    by probe: borrowing ProbeSocket, to destination: [UInt8]
  ) -> RouteState {
    var route = RouteState()
    var error = probe.connect(to: destination)
    if error == EACCES {
      // A broadcast address, or a route that prohibits it.
      probe.allowBroadcast()
      error = probe.connect(to: destination)
      route.isBroadcast = error == 0
    }
    guard error == 0 else {
      // What says more of us than of the way is no answer: no port was free, a policy of IPsec.
      if [EAGAIN, EADDRINUSE, EPERM, ENOMEM].contains(error) {
        route.isForOthers = true
        if error == EPERM { route.blocking = .possible }
      } else {
        route.refusal = Errno(rawValue: error)
      }
      return route
    }
    route.mtu = probe.pathMTU
    return route
  }
}

extension [UInt8] {
  /// The family of an address.
  var family: Int32 { count >= 2 ? Int32(self[0]) | Int32(self[1]) << 8 : -1 }

  /// True for a whole address of IP.
  fileprivate var isWhole: Bool {
    family == AF_INET && count >= 16 || family == AF_INET6 && count >= 24
  }

  /// True for a link-local IPv6 address that names no interface.
  fileprivate var needsScope: Bool {
    guard family == AF_INET6, count >= 24 else { return false }
    let isUnicast = self[8] == 0xfe && self[9] & 0xc0 == 0x80
    let isMulticast = self[8] == 0xff && (self[9] & 0x0f == 1 || self[9] & 0x0f == 2)
    guard isUnicast || isMulticast else { return false }
    return count < 28 || int32(at: 24) == 0
  }

  /// The interface that a link-local IPv6 address names; 0 for none.
  fileprivate var scope: Int32 {
    guard family == AF_INET6, count >= 28, !needsScope else { return 0 }
    return (self[..<24] + [0, 0, 0, 0]).needsScope ? int32(at: 24) : 0
  }

  /// True for an AF_UNSPEC address where that means none: to UDP over IPv6.
  fileprivate func meansNone(to socket: SocketSnapshot) -> Bool {
    family == AF_UNSPEC && Int32(socket.family) == AF_INET6
      && socket.type == Int32(SOCK_DGRAM.rawValue)
  }

  /// The same with port 0.
  fileprivate var withoutPort: [UInt8] { self[..<2] + [0, 0] + self[4...] }

  /// True for `::`.
  fileprivate var isAnyIPv6: Bool {
    family == AF_INET6 && count >= 24 && self[8..<24].allSatisfy { $0 == 0 }
  }

  /// 127.0.0.1, with the port of an IPv6 address.
  fileprivate var asIPv4Loopback: [UInt8] {
    [UInt8(AF_INET), 0, self[2], self[3], 127, 0, 0, 1] + [UInt8](repeating: 0, count: 8)
  }

  /// The `sockaddr_in` for an IPv4 address that is mapped into an IPv6 one; nil for any other.
  var asIPv4: [UInt8]? {
    guard family == AF_INET6, count >= 24, self[8..<18].allSatisfy({ $0 == 0 }),
      self[18] == 0xff, self[19] == 0xff
    else { return nil }
    return [UInt8(AF_INET), 0, self[2], self[3]] + self[20..<24] + [UInt8](repeating: 0, count: 8)
  }
}
