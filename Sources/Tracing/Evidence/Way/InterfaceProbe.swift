import CTracee
import Decoding
import Glibc
import Records

/// Asks about network interfaces by a socket, which knows those of its own network namespace
/// (netdevice(7)).
enum InterfaceProbe {
  /// The interface that a packet socket sends by: that of the address, else the one it is bound to.
  static func interface(
    ofPacketSocket fd: Int32, to address: [UInt8]?, _ socket: SocketSnapshot
  ) -> InterfaceState? {
    // struct sockaddr_pkt: device name at 2; struct sockaddr_ll: ifindex at 4.
    if socket.type == Int32(SOCK_PACKET.rawValue) {
      return address.flatMap { $0.count >= 16 ? state(ofInterfaceNamed: $0[2..<16], fd) : nil }
    }
    let bytes = address ?? socket.local.bytes
    guard bytes.count >= 8 else { return nil }
    return state(ofInterface: bytes.int32(at: 4), socket: fd)
  }

  /// What IP_PKTINFO or IPV6_PKTINFO names as the source; nil where there is none.
  static func source(of control: [ControlMessage], socket fd: Int32) -> SourceState? {
    for message in control {
      var source = SourceState()
      switch (message.level, message.type) {
      // struct in_pktinfo: ifindex 0:4, spec_dst 4:4
      case (0, 8) where message.data.count >= 12:
        source.interface = named(message.data.int32(at: 0), fd)
        let address = Array(message.data[4..<8])
        if address.contains(where: { $0 != 0 }) {
          source.addressIsLocal = LocalAddress.isSource(address)
        }
      // struct in6_pktinfo: addr 0:16, ifindex 16:4
      case (41, 50) where message.data.count >= 20, (41, 2) where message.data.count >= 20:
        source.interface = named(message.data.int32(at: 16), fd)
        let address = Array(message.data[0..<16])
        if address.starts(with: [UInt8](repeating: 0, count: 10) + [0xff, 0xff]) {
          source.addressIsLocal = LocalAddress.isSource(Array(address[12...]))
        } else if address.contains(where: { $0 != 0 }) {
          source.addressIsLocal = LocalAddress.isLocal(address, scope: message.data.int32(at: 16))
        }
      default: continue
      }
      return source
    }
    return nil
  }

  private static func named(_ index: Int32, _ fd: Int32) -> InterfaceState? {
    index == 0 ? nil : state(ofInterface: index, socket: fd)
  }

  static func state(ofInterface index: Int32, socket fd: Int32) -> InterfaceState {
    var request = unsafe ifreq()
    unsafe request.ifr_ifru.ifru_ivalue = index
    guard unsafe ioctl(fd, Request.name, &request) == 0 else {
      return InterfaceState(index: index, exists: false)
    }
    return unsafe state(index, &request, fd)
  }

  private static func state(ofInterfaceNamed name: ArraySlice<UInt8>, _ fd: Int32) -> InterfaceState
  {
    var request = unsafe ifreq()
    unsafe withUnsafeMutableBytes(of: &request.ifr_ifrn.ifrn_name) { bytes in
      unsafe bytes.copyBytes(from: name.prefix { $0 != 0 }.prefix(13))
    }
    guard unsafe ioctl(fd, Request.flags, &request) == 0 else {
      return InterfaceState(index: 0, exists: false)
    }
    return unsafe state(0, &request, fd)
  }

  private static func state(
    _ index: Int32, _ request: inout ifreq, _ fd: Int32
  ) -> InterfaceState {
    var state = InterfaceState(index: index, exists: true)
    if unsafe ioctl(fd, Request.flags, &request) == 0 {
      state.isUp = unsafe request.ifr_ifru.ifru_flags & isUp != 0
      state.resolvesAddresses = unsafe request.ifr_ifru.ifru_flags & resolvesNothing == 0
    }
    if unsafe ioctl(fd, Request.mtu, &request) == 0 {
      state.mtu = unsafe UInt32(bitPattern: request.ifr_ifru.ifru_mtu)
    }
    if unsafe ioctl(fd, Request.hardware, &request) == 0 {
      let type = unsafe request.ifr_ifru.ifru_hwaddr.sa_family
      state.linkHeader = linkHeaders[type]
      if type == none { state.isWireGuard = unsafe driver(&request, fd) == "wireguard" }
    }
    return state
  }

  /// What drives an interface (ETHTOOL_GDRVINFO), or its kind where nothing does; nil where that
  /// cannot be asked.
  private static func driver(_ request: inout ifreq, _ fd: Int32) -> String? {
    // struct ethtool_drvinfo: cmd 0:4, driver 4:32, and more.
    var answer = [UInt8](repeating: 0, count: 196)
    answer[0] = 3
    let isKnown = unsafe answer.withUnsafeMutableBytes { bytes in
      unsafe request.ifr_ifru.ifru_data = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      return unsafe ioctl(fd, Request.driver, &request) == 0
    }
    return isKnown ? String(decoding: answer[4..<36].prefix { $0 != 0 }, as: UTF8.self) : nil
  }

  /// IFF_UP.
  private static let isUp: Int16 = 1
  /// IFF_LOOPBACK, IFF_NOARP.
  private static let resolvesNothing: Int16 = 0x88
  /// ARPHRD_NONE (tun, WireGuard).
  private static let none: UInt16 = 0xfffe
  /// `hard_header_len` of ARPHRD_ETHER, ARPHRD_LOOPBACK and ARPHRD_NONE.
  private static let linkHeaders: [UInt16: UInt32] = [1: 14, 772: 14, none: 0]

  /// SIOCGIFNAME, SIOCGIFFLAGS, SIOCGIFMTU, SIOCGIFHWADDR, SIOCETHTOOL.
  private enum Request {
    static let name: UInt = 0x8910
    static let flags: UInt = 0x8913
    static let mtu: UInt = 0x8921
    static let hardware: UInt = 0x8927
    static let driver: UInt = 0x8946
  }
}

extension [UInt8] {
  /// A little-endian int at `offset`, which must lie within the array.
  func int32(at offset: Int) -> Int32 {
    Int32(bitPattern: (0..<4).reduce(0) { $0 | UInt32(self[offset + $1]) << UInt32($1 * 8) })
  }
}
