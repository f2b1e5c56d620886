/// The socket behind a descriptor.
package struct SocketDescription: Hashable, Sendable {
  package var family: AddressFamily
  /// SOCK_STREAM, SOCK_DGRAM, …, without SOCK_NONBLOCK and SOCK_CLOEXEC.
  package var type: SocketType
  package var protocolNumber: Int32
  package var inode: UInt64
  /// O_NONBLOCK, at entry.
  package var nonblocking: Bool
  /// At exit, since a first send binds it; nil where it has none, or nobody told it.
  package var local: SocketAddress?
  /// At entry; nil where the socket is not connected, `unknownUnix` where nobody told to whom.
  package var peer: SocketAddress?

  package init(
    family: AddressFamily, type: SocketType, protocolNumber: Int32, inode: UInt64,
    nonblocking: Bool, local: SocketAddress?, peer: SocketAddress?
  ) {
    self.family = family
    self.type = type
    self.protocolNumber = protocolNumber
    self.inode = inode
    self.nonblocking = nonblocking
    self.local = local
    self.peer = peer
  }

  /// True where the kernel takes a message whole or not at all, so that a count of other bytes than
  /// it was seen to have means that it was changed before the kernel read it (`udp_sendmsg`,
  /// `raw_sendmsg`, `ping_common_sendmsg`, `unix_dgram_sendmsg`, `netlink_sendmsg`; kernel.md §1,
  /// "value of msg_len").
  package var takesWholeMessages: Bool {
    Self.takesWholeMessages(family, type, protocolNumber: protocolNumber)
  }

  /// The same of a socket that is known by its numbers.
  package static func takesWholeMessages(
    _ family: AddressFamily, _ type: SocketType, protocolNumber: Int32
  ) -> Bool {
    switch (family, type) {
    case (.inet, .raw), (.inet6, .raw), (.netlink, _): true
    case (.inet, .datagram), (.inet6, .datagram):
      [
        InternetProtocol.icmp, InternetProtocol.udp, InternetProtocol.icmpv6,
        InternetProtocol.udpLite,
      ].contains(protocolNumber)
    case (.unix, _): type != .stream
    default: false
    }
  }

  /// `UDP`, `NETLINK_ROUTE`, the number where it has no name, nil where the family has none at all.
  package var protocolName: String? { Self.protocolName(protocolNumber, of: family) }

  /// The same of any protocol of `family`.
  package static func protocolName(_ number: Int32, of family: AddressFamily) -> String? {
    switch family {
    case .inet, .inet6: internetProtocols[number] ?? String(number)
    case .netlink: netlinkProtocols[number] ?? String(number)
    default: number == 0 ? nil : String(number)
    }
  }

  /// The number that `name` stands for as a protocol of `family`, as `protocolName` gives it.
  package static func protocolNumber(named name: String?, of family: AddressFamily) -> Int32? {
    guard let name else { return 0 }
    switch family {
    case .inet, .inet6: return internetNumbers[name] ?? Int32(name)
    case .netlink: return netlinkNumbers[name] ?? Int32(name)
    default: return Int32(name)
    }
  }

  private static let internetNumbers = internetProtocols.inverted
  private static let netlinkNumbers = netlinkProtocols.inverted

  /// include/uapi/linux/in.h, without the prefix `IPPROTO_`.
  private static let internetProtocols: [Int32: String] = [
    0: "IP", 1: "ICMP", 2: "IGMP", 4: "IPIP", 6: "TCP", 8: "EGP", 12: "PUP", 17: "UDP", 22: "IDP",
    29: "TP", 33: "DCCP", 41: "IPV6", 46: "RSVP", 47: "GRE", 50: "ESP", 51: "AH", 58: "ICMPV6",
    92: "MTP", 94: "BEETPH", 98: "ENCAP", 103: "PIM", 108: "COMP", 115: "L2TP", 132: "SCTP",
    136: "UDPLITE", 137: "MPLS", 143: "ETHERNET", 144: "AGGFRAG", 255: "RAW", 256: "SMC",
    262: "MPTCP",
  ]

  /// include/uapi/linux/netlink.h.
  private static let netlinkProtocols: [Int32: String] = [
    0: "NETLINK_ROUTE", 1: "NETLINK_UNUSED", 2: "NETLINK_USERSOCK", 3: "NETLINK_FIREWALL",
    4: "NETLINK_SOCK_DIAG", 5: "NETLINK_NFLOG", 6: "NETLINK_XFRM", 7: "NETLINK_SELINUX",
    8: "NETLINK_ISCSI", 9: "NETLINK_AUDIT", 10: "NETLINK_FIB_LOOKUP", 11: "NETLINK_CONNECTOR",
    12: "NETLINK_NETFILTER", 13: "NETLINK_IP6_FW", 14: "NETLINK_DNRTMSG",
    15: "NETLINK_KOBJECT_UEVENT", 16: "NETLINK_GENERIC", 18: "NETLINK_SCSITRANSPORT",
    19: "NETLINK_ECRYPTFS", 20: "NETLINK_RDMA", 21: "NETLINK_CRYPTO", 22: "NETLINK_SMC",
  ]
}

/// A socket type (include/linux/net.h).
package struct SocketType: RawRepresentable, Hashable, Sendable {
  package let rawValue: Int32

  package init(rawValue: Int32) { self.rawValue = rawValue }

  package static let stream = SocketType(rawValue: 1)
  package static let datagram = SocketType(rawValue: 2)
  package static let raw = SocketType(rawValue: 3)
  package static let sequencedPacket = SocketType(rawValue: 5)
  /// SOCK_PACKET.
  package static let packet = SocketType(rawValue: 10)

  package var name: String {
    switch rawValue {
    case 1: "SOCK_STREAM"
    case 2: "SOCK_DGRAM"
    case 3: "SOCK_RAW"
    case 4: "SOCK_RDM"
    case 5: "SOCK_SEQPACKET"
    case 6: "SOCK_DCCP"
    case 10: "SOCK_PACKET"
    default: String(rawValue)
    }
  }

  /// The one of this name, or of the number that stands for it.
  package init?(name: String) {
    let known = (1...10 as ClosedRange<Int32>).map { SocketType(rawValue: $0) }
    if let type = known.first(where: { $0.name == name }) {
      self = type
    } else if let number = Int32(name) {
      rawValue = number
    } else {
      return nil
    }
  }
}
