import Records

// Programs spell a destination in more than one way when they try again.
extension SocketAddress {
  /// The same for all spellings that are known to mean the same: an IPv4 address and the IPv6 one
  /// that stands for it (`ipv6_addr_v4mapped`), whatever the label of the flow, the bytes that fill
  /// the structure up and those behind a path's NUL. No address means the own one, which is that of
  /// the loopback where the socket is not bound to any (`ip_route_output_key_hash_rcu`,
  /// `udpv6_sendmsg`).
  func destination(from local: SocketAddress? = nil) -> SocketAddress {
    switch form {
    case .inet(0, let port):
      .of(.inet, .inet(address: local?.ownIPv4 ?? Self.loopbackIPv4, port: port))
    case .inet(let address, let port): .of(.inet, .inet(address: address, port: port))
    case .inet6(let address, let port, _, let scope):
      if let mapped = address.mappedIPv4 {
        Self.of(.inet, .inet(address: mapped, port: port)).destination(from: local)
      } else if address.high == 0, address.low == 0 {
        if local?.ownIPv4 != nil {
          .of(.inet, .inet(address: Self.loopbackIPv4, port: port))
        } else {
          .of(.inet6, .inet6(address: .loopback, port: port, flowInfo: 0, scope: 0))
        }
      } else {
        .of(
          .inet6,
          .inet6(address: address, port: port, flowInfo: 0, scope: address.isLocal ? scope : 0))
      }
    case .unix(.path(let path)): .of(.unix, .unix(.path(path.simplified)))
    case .unix(let name): .of(.unix, .unix(name))
    case .fields, .undecoded: self
    }
  }

  /// True for a path: links, and what it is relative to, make others mean the same.
  var mayBeSpelledOtherwise: Bool {
    if case .unix(.path) = form { true } else { false }
  }

  private static let loopbackIPv4: UInt32 = 0x7f00_0001

  /// The IPv4 address that a socket is bound to; nil where it is none, or any.
  private var ownIPv4: UInt32? {
    switch form {
    case .inet(let address, _): address == 0 ? nil : address
    case .inet6(let address, _, _, _): address.mappedIPv4.flatMap { $0 == 0 ? nil : $0 }
    default: nil
    }
  }

  private static func of(_ family: AddressFamily, _ form: Form) -> SocketAddress {
    SocketAddress(family: family, form: form, raw: nil)
  }
}

extension IPv6Address {
  /// ::1.
  fileprivate static var loopback: IPv6Address { IPv6Address(high: 0, low: 1) }

  /// fe80::/10 and multicast, which mean another host on each interface.
  fileprivate var isLocal: Bool { high >> 54 == 0x3fa || high >> 56 == 0xff }
}

extension [UInt8] {
  /// A path without what means nothing in it: `//` and `/./`, and `./` at its head.
  fileprivate var simplified: [UInt8] {
    let (slash, dot) = (UInt8(ascii: "/"), UInt8(ascii: "."))
    let parts = split(separator: slash).filter { !$0.elementsEqual([dot]) }
    return (first == slash ? [slash] : []) + parts.joined(separator: [slash])
  }
}
