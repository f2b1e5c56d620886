/// An address family number (include/linux/socket.h).
package struct AddressFamily: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let unspecified = AddressFamily(rawValue: 0)
  package static let unix = AddressFamily(rawValue: 1)
  package static let inet = AddressFamily(rawValue: 2)
  package static let ax25 = AddressFamily(rawValue: 3)
  package static let netrom = AddressFamily(rawValue: 6)
  package static let x25 = AddressFamily(rawValue: 9)
  package static let inet6 = AddressFamily(rawValue: 10)
  package static let rose = AddressFamily(rawValue: 11)
  package static let netlink = AddressFamily(rawValue: 16)
  package static let packet = AddressFamily(rawValue: 17)
  package static let rds = AddressFamily(rawValue: 21)
  package static let llc = AddressFamily(rawValue: 26)
  package static let can = AddressFamily(rawValue: 29)
  package static let tipc = AddressFamily(rawValue: 30)
  package static let bluetooth = AddressFamily(rawValue: 31)
  package static let rxrpc = AddressFamily(rawValue: 33)
  package static let phonet = AddressFamily(rawValue: 35)
  package static let alg = AddressFamily(rawValue: 38)
  package static let vsock = AddressFamily(rawValue: 40)
  package static let qipcrtr = AddressFamily(rawValue: 42)
  package static let smc = AddressFamily(rawValue: 43)
  package static let xdp = AddressFamily(rawValue: 44)
  package static let mctp = AddressFamily(rawValue: 45)

  /// `AF_INET`, or the number where the family has no name.
  package var name: String {
    let index = Int(rawValue)
    guard index < Self.names.count, !Self.names[index].isEmpty else { return String(rawValue) }
    return Self.names[index]
  }

  /// The one of this name, or of the number that stands for it.
  package init?(name: String) {
    guard let number = Self.numbers[name] ?? UInt16(name) else { return nil }
    rawValue = number
  }

  private static let numbers: [String: UInt16] = Dictionary(
    uniqueKeysWithValues: names.enumerated().compactMap { number, name in
      name.isEmpty ? nil : (name, UInt16(number))
    })

  /// Indexed by number; empty where Linux assigns none.
  private static let names = [
    "AF_UNSPEC", "AF_UNIX", "AF_INET", "AF_AX25", "AF_IPX", "AF_APPLETALK", "AF_NETROM",
    "AF_BRIDGE", "AF_ATMPVC", "AF_X25", "AF_INET6", "AF_ROSE", "AF_DECnet", "AF_NETBEUI",
    "AF_SECURITY", "AF_KEY", "AF_NETLINK", "AF_PACKET", "AF_ASH", "AF_ECONET", "AF_ATMSVC",
    "AF_RDS", "AF_SNA", "AF_IRDA", "AF_PPPOX", "AF_WANPIPE", "AF_LLC", "AF_IB", "AF_MPLS",
    "AF_CAN", "AF_TIPC", "AF_BLUETOOTH", "AF_IUCV", "AF_RXRPC", "AF_ISDN", "AF_PHONET",
    "AF_IEEE802154", "AF_CAIF", "AF_ALG", "AF_NFC", "AF_VSOCK", "AF_KCM", "AF_QIPCRTR", "AF_SMC",
    "AF_XDP", "AF_MCTP",
  ]
}

/// A socket address, decoded as far as its family is known.
package struct SocketAddress: Hashable, Sendable {
  package enum Form: Hashable, Sendable {
    /// `address` in host order: 127.0.0.1 is 0x7f000001.
    case inet(address: UInt32, port: UInt16)
    case inet6(address: IPv6Address, port: UInt16, flowInfo: UInt32, scope: UInt32)
    case unix(UnixName)
    /// Any other family that is known, field by field.
    case fields([Field])
    /// A family whose fields are not decoded, or too few bytes for it.
    case undecoded
  }

  /// Nil where fewer than two bytes were given.
  package var family: AddressFamily?
  package var form: Form
  /// The name of the interface that `scope` is the number of, where it is known.
  package var scopeName: [UInt8]?
  /// The whole address, where `form` does not say all of it; else nil.
  package var raw: [UInt8]?

  package init(
    family: AddressFamily?, form: Form, scopeName: [UInt8]? = nil, raw: [UInt8]?
  ) {
    self.family = family
    self.scopeName = scopeName
    self.form = form
    self.raw = raw
  }
}

extension SocketAddress {
  /// The IPv4 address, in host order, also where it is mapped into IPv6: the packets are IPv4 all
  /// the same.
  package var ipv4: UInt32? {
    switch form {
    case .inet(let address, _): address
    case .inet6(let address, _, _, _): address.mappedIPv4
    case .unix, .fields, .undecoded: nil
    }
  }
}

extension SocketAddress {
  /// That of an AF_UNIX socket of which nobody would tell whether it has a name, and which.
  package static let unknownUnix = SocketAddress(family: .unix, form: .undecoded, raw: nil)

  package var isUnknownUnix: Bool { self == .unknownUnix }
}

/// An IPv6 address as two numbers in host order.
package struct IPv6Address: Hashable, Sendable {
  package var high: UInt64
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// `::`.
  package var isUnspecified: Bool { high == 0 && low == 0 }

  /// The IPv4 address that is mapped into it (`::ffff:a.b.c.d`; `ipv6_addr_v4mapped`), in host
  /// order; nil for any other.
  package var mappedIPv4: UInt32? {
    high == 0 && low >> 32 == 0xffff ? UInt32(truncatingIfNeeded: low) : nil
  }
}

/// The name of an AF_UNIX socket: bytes, not text.
package enum UnixName: Hashable, Sendable {
  case unnamed
  case path([UInt8])
  /// Without the leading NUL; further NULs belong to the name.
  case abstract([UInt8])
}
