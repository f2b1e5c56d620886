import Glibc

/// What sock_diag(7) says of a socket.
///
/// ```
/// struct unix_diag_msg: family 0:1  type 1:1  state 2:1  ino 4:4  cookie 8:8
/// struct inet_diag_msg: family 0:1  state 1:1  sport 4:2  dport 6:2  src 8:16  dst 24:16  if 40:4
///   expires 52:4  rqueue 56:4  wqueue 60:4  uid 64:4  inode 68:4
/// struct packet_diag_msg: family 0:1  type 1:1  num 2:2  ino 4:4  cookie 8:8
/// struct netlink_diag_msg: family 0:1  type 1:1  protocol 2:1  state 3:1  portid 4:4  dst_portid 8:4
///   dst_group 12:4  ino 16:4  cookie 20:8
/// ```
/// Attributes follow.
struct SocketDiagAnswer {
  let bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  /// Where the families have what all of them have.
  private var layout: (inode: Int, size: Int, memory: UInt16) {
    switch Int32(bytes.first ?? 0) {
    // UNIX_DIAG_MEMINFO, PACKET_DIAG_MEMINFO, NETLINK_DIAG_MEMINFO, INET_DIAG_SKMEMINFO
    case AF_UNIX: (4, 16, 5)
    case AF_PACKET: (4, 16, 6)
    case AF_NETLINK: (16, 28, 0)
    default: (68, 72, 7)
    }
  }

  private var isUnix: Bool { bytes.first == UInt8(AF_UNIX) }

  /// Nil where it is cut.
  var inode: UInt32? { bytes.uint32(at: layout.inode) }

  /// A state of TCP, which UDP and AF_UNIX have as well.
  var state: UInt8? { bytes.dropFirst(isUnix ? 2 : 1).first }

  /// The interface that an internet socket is bound to; 0 for none.
  var interface: Int32? { bytes.uint32(at: 40).map { Int32(bitPattern: $0) } }

  /// Whose an internet socket is (`sk_uid`), as a number of our user namespace.
  var owner: UInt32? { bytes.uint32(at: 64) }

  /// INET_DIAG_MARK: SO_MARK, which is told to who has CAP_NET_ADMIN.
  var mark: UInt32? { attribute(15)?.uint32(at: 0) }

  private func attribute(_ number: UInt16) -> ArraySlice<UInt8>? {
    bytes.dropFirst(layout.size).attribute(number)
  }

  /// UNIX_DIAG_NAME
  var name: ArraySlice<UInt8>? { attribute(0) }

  /// UNIX_DIAG_PEER: its inode; 0 where it has closed, or was not accepted yet. Nil where there is
  /// none.
  var peer: UInt32? { attribute(2)?.uint32(at: 0) }

  /// UNIX_DIAG_SHUTDOWN, INET_DIAG_SHUTDOWN: bits, 1 for receiving and 2 for sending.
  var shutdown: UInt8? { attribute(isUnix ? 6 : 8)?.first }

  /// What SO_MEMINFO says.
  var memory: [UInt32] {
    guard let words = attribute(layout.memory) else { return [] }
    return (0..<words.count / 4).compactMap { words.uint32(at: $0 * 4) }
  }

  /// INET_DIAG_CGROUP_ID
  var cgroup: UInt64? {
    guard let value = attribute(21), let low = value.uint32(at: 0), let high = value.uint32(at: 4)
    else { return nil }
    return UInt64(high) << 32 | UInt64(low)
  }

  /// PACKET_DIAG_INFO, `struct packet_diag_info`: PDI_VNETHDR.
  var hasVirtualHeader: Bool? { attribute(0)?.uint32(at: 20).map { $0 & 8 != 0 } }

  /// INET_DIAG_SKV6ONLY
  var isIPv6Only: Bool? { attribute(11)?.first.map { $0 != 0 } }

  /// INET_DIAG_SOCKOPT (since Linux 5.10), `struct inet_diag_sockopt`: IP_RECVERR 1, IP_FREEBIND 4,
  /// IP_HDRINCL 8, IP_TRANSPARENT 32.
  var options: UInt8? { attribute(22)?.first }
}
