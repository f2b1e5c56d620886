import Glibc

/// A socket of our own that asks and never sends.
struct ProbeSocket: ~Copyable {
  let number: Int32
  private let family: Int32

  /// A datagram socket, or one of another type, of a protocol, that of UDP for 0; nil where there
  /// is none to be had.
  init?(
    family: Int32, type: Int32 = Int32(SOCK_DGRAM.rawValue), protocolNumber: Int32 = 0
  ) {
    number = socket(
      family, type | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), protocolNumber)
    self.family = family
    if number < 0 { return nil }
  }

  deinit { _ = close(number) }

  /// Takes the ways that another socket is bound to; false where it names an interface that is
  /// gone.
  func follow(_ binding: SocketBinding) -> Bool {
    var hasInterfaces = true
    if binding.interface != 0 {
      hasInterfaces = set(SOL_SOCKET, 62, binding.interface) || errno != ENODEV
    }
    if binding.mark != 0 { set(SOL_SOCKET, 36, binding.mark) }
    if binding.serviceType != 0, family == AF_INET { set(0, 1, binding.serviceType) }
    // `sk_uid` (`sockfs_setattr`).
    if let owner = binding.owner, owner != geteuid() { _ = fchown(number, owner, gid_t.max) }
    if binding.staysOnLink { set(SOL_SOCKET, SO_DONTROUTE, 1) }
    if family == AF_INET {
      if binding.unicast4 != 0 { set(0, 50, binding.unicast4.byteSwapped) }
      if binding.multicast4 != 0 { set(0, 32, binding.multicast4) }
    } else {
      if binding.unicast6 != 0 { set(41, 76, binding.unicast6.byteSwapped) }
      if binding.multicast6 != 0, !set(41, 17, binding.multicast6), errno == ENODEV {
        hasInterfaces = false
      }
      if binding.trafficClass > 0 { set(41, 67, binding.trafficClass) }
    }
    return hasInterfaces
  }

  /// Takes the address, not the port, that another socket of the family is bound to; false where
  /// that is not this host's.
  func bindAddress(of local: [UInt8]) -> Bool {
    var address = local
    guard address.count >= 16, address.family == family else { return true }
    let start = family == AF_INET ? 4 : 8
    let end = family == AF_INET ? 8 : min(24, address.count)
    guard address[start..<end].contains(where: { $0 != 0 }) else { return true }
    address[2] = 0
    address[3] = 0
    Self.keepFromBinding(number)
    return Self.bind(number, to: address) == 0 || errno != EADDRNOTAVAIL
  }

  /// 0, or the errno.
  func connect(to address: [UInt8]) -> Int32 {
    let result = unsafe Self.with(address) {
      unsafe Glibc.connect(number, $0, socklen_t(address.count))
    }
    return result == 0 ? 0 : errno
  }

  func allowBroadcast() { set(SOL_SOCKET, SO_BROADCAST, 1) }

  /// Of the way that it is connected to.
  var pathMTU: UInt32? {
    SocketOption.int(number, family == AF_INET ? 0 : 41, family == AF_INET ? 14 : 24)
      .flatMap { $0 > 0 ? UInt32($0) : nil }
  }

  /// True for an address of this host, a `sockaddr_in` or `sockaddr_in6`.
  static func isLocal(_ destination: [UInt8]) -> Bool {
    if destination.family == AF_INET {
      return destination[4] == 127 || LocalAddress.isLocal(Array(destination[4..<8])) == true
    }
    return LocalAddress.isLocal(Array(destination[8..<24])) == true
  }

  /// The address that it sends from, once it is connected.
  var localAddress: [UInt8]? { Self.localAddress(of: number) }

  /// What a socket is bound to: a `sockaddr_in` or `sockaddr_in6`.
  static func localAddress(of fd: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 28)
    var size = socklen_t(bytes.count)
    let result = unsafe bytes.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return Int32(-1) }
      return unsafe getsockname(fd, base.assumingMemoryBound(to: sockaddr.self), &size)
    }
    return result == 0 ? Array(bytes.prefix(Int(size))) : nil
  }

  /// Whether it, connected, has room at its peer.
  var isWritable: Bool? {
    var request = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
    return unsafe poll(&request, 1, 0) >= 0 ? request.revents & Int16(POLLOUT) != 0 : nil
  }

  @discardableResult
  private func set(_ level: Int32, _ name: Int32, _ value: Int32) -> Bool {
    var value = value
    return unsafe setsockopt(number, level, name, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
  }

  /// IP_BIND_ADDRESS_NO_PORT: bind(2) takes no port from the program's namespace. connect(2) does
  /// (`inet_dgram_connect`), any that is free, until the socket is closed in a moment.
  static func keepFromBinding(_ fd: Int32) {
    var on: Int32 = 1
    _ = unsafe setsockopt(
      fd, SocketLevel.ip, IPOption.bindAddressNoPort, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  static func bind(_ fd: Int32, to address: [UInt8]) -> Int32 {
    unsafe with(address) { unsafe Glibc.bind(fd, $0, socklen_t(address.count)) }
  }

  private static func with(
    _ address: [UInt8], _ body: (UnsafePointer<sockaddr>) -> Int32
  ) -> Int32 {
    unsafe address.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return -1 }
      return unsafe body(base.assumingMemoryBound(to: sockaddr.self))
    }
  }
}
