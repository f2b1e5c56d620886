import Records

// Calls of other sockets than UDP over IPv4, and what is found of them.
extension FailedCall {
  /// Without an address, connected to a peer.
  mutating func makeUnix(_ type: SocketType = .datagram) {
    (family, self.type, protocolNumber) = (1, type, 0)
    (isConnected, name, evidence.destination) = (true, nil, nil)
  }

  /// Of AF_UNIX, behind one as long, and longer than its full send buffer allows; others have the
  /// socket, and the call took as long as a message may wait.
  mutating func waitsForSmallBuffer() {
    makeUnix()
    (bytes, earlierBytes, duration) = (5000, 5000, 310_000_000)
    evidence.socket?.sendBuffer = 4608
    evidence.socket?.sendMemory = 6000
    evidence.socket?.isWritable = false
    evidence.socket?.sendTimeout = 300_000_000
    evidence.socketIsShared = true
  }

  mutating func makeIPv6() {
    (family, name, nameLength) = (10, .inet6(0, 1, 9), 28)
    evidence.socket?.mtuDiscovery6 = .want
    evidence.socket?.forbidsFragments = false
  }

  mutating func payloadIsGone() {
    evidence.payload = .fault(at: RemoteAddress(0x5000), after: 4)
  }

  /// Of a route that has no errors, but for what `change` says.
  mutating func setRoute(_ change: (inout RouteState) -> Void) {
    var route = RouteState()
    change(&route)
    evidence.destination = .route(route)
  }

  mutating func setMTU(_ bytes: UInt32?) { setRoute { $0.mtu = bytes } }
}
