import Decoding
import Glibc
import Records

/// Where a socket's packets go out by, whatever their address says.
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

  init() {}

  init(of fd: Int32, isIPv6: Bool) {
    func option(_ level: Int32, _ name: Int32) -> Int32 {
      SocketOption.int(fd, level, name) ?? 0
    }
    interface = option(SOL_SOCKET, SocketProbe.Option.bindToInterface)
    mark = option(SOL_SOCKET, SocketProbe.Option.mark)
    staysOnLink = option(SOL_SOCKET, SO_DONTROUTE) != 0
    serviceType = option(SocketLevel.ip, 1)
    unicast4 = option(SocketLevel.ip, 50).byteSwapped
    multicast4 = option(SocketLevel.ip, 32)
    guard isIPv6 else { return }
    unicast6 = option(SocketLevel.ipv6, 76).byteSwapped
    multicast6 = option(SocketLevel.ipv6, 17)
  }

  /// Takes what a message says of its own way.
  mutating func follow(_ control: [ControlMessage]) {
    for message in control {
      guard let first = message.data.first else { continue }
      switch (message.level, message.type) {
      case (SOL_SOCKET, SocketProbe.Option.mark) where message.data.count == 4:
        mark = message.data.int32(at: 0)
      case (SocketLevel.ip, 1): serviceType = Int32(first)
      default: continue
      }
    }
  }

  /// The interface that an IPv6 destination without a scope goes out by; 0 for any.
  func interface(forIPv6 destination: [UInt8]) -> Int32 {
    if interface != 0 { return interface }
    return destination.count > 8 && destination[8] == 0xff ? multicast6 : unicast6
  }
}
