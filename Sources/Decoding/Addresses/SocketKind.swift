import Records

/// What of a socket decides how it reads an address.
struct SocketKind {
  var family: AddressFamily
  var type: SocketType
  var protocolNumber: Int32

  /// The family as which the kernel reads an address that says it is of `family`.
  ///
  /// Packet sockets do not look at it. AF_UNSPEC is AF_INET to UDP and raw sockets of IPv4, and
  /// AF_INET6 to raw ones of IPv6; to UDP over IPv6 it means that there is no address.
  func readsAs(_ family: AddressFamily) -> AddressFamily {
    if self.family == .packet { return .packet }
    guard family == .unspecified else { return family }
    switch self.family {
    case .inet where isUDP || type == .raw: return .inet
    case .inet6 where type == .raw: return .inet6
    default: return family
    }
  }

  /// True where the kernel takes an address of AF_UNSPEC for none at all.
  var takesUnspecifiedForNone: Bool { family == .inet6 && isUDP }

  /// UDP or UDP-Lite, over either IP.
  var isUDP: Bool {
    SocketDescription.isUDP(family, type, protocolNumber: protocolNumber)
  }

  /// True where the kernel takes a message whole or not at all.
  var takesWholeMessages: Bool {
    SocketDescription.takesWholeMessages(family, type, protocolNumber: protocolNumber)
  }

  /// True where an address of `family` is not one that the socket was made for.
  func mismatches(_ family: AddressFamily) -> Bool {
    if family == .unspecified { return readsAs(family) == family && !takesUnspecifiedForNone }
    switch self.family {
    // UDP and SCTP over IPv6 send to IPv4 addresses too.
    case .inet6 where [17, 132, 136].contains(protocolNumber):
      return family != .inet6 && family != .inet
    // Both have the addresses of IP.
    case .rds, .smc: return family != .inet && family != .inet6
    default: return family != self.family
    }
  }
}

extension SocketKind {
  init(_ socket: SocketDescription) {
    self.init(family: socket.family, type: socket.type, protocolNumber: socket.protocolNumber)
  }
}
