import Decoding
import Glibc

/// What /proc says of a socket, for where pidfd_getfd(2) is refused (container seccomp profiles).
///
/// Less than asking the socket: only the families that list their sockets there are known, and of
/// AF_UNIX no peer.
enum ProcSockets {
  /// The socket's inode; nil where the descriptor is none.
  static func inode(fd: Int32, tid: Int32) -> UInt64? {
    guard let link = ProcFile.link("/proc/\(tid)/fd/\(fd)"), link.hasPrefix("socket:[") else {
      return nil
    }
    return UInt64(link.dropFirst(8).dropLast())
  }

  /// Nil where /proc does not list it: a socket of an internet family is listed once it is bound.
  static func describe(fd: Int32, inode: UInt64, tid: Int32) -> SocketSnapshot? {
    let flags =
      ProcFile.field("flags", of: "/proc/\(tid)/fdinfo/\(fd)")
      .flatMap { Int32($0, radix: 8) } ?? 0
    for table in tables {
      guard let text = ProcFile.text("/proc/\(tid)/net/\(table.name)") else { continue }
      for line in text.split(separator: "\n").dropFirst() {
        let fields = line.split(separator: " ", omittingEmptySubsequences: true)
        guard fields.count > table.inodeField, UInt64(fields[table.inodeField]) == inode
        else { continue }
        var socket = SocketSnapshot(
          family: table.family, type: table.type, protocolNumber: table.protocolNumber,
          inode: inode, nonblocking: flags & O_NONBLOCK != 0, local: SocketAddressBytes(),
          peer: nil)
        table.read(fields, into: &socket)
        return socket
      }
    }
    return nil
  }

  private struct Table {
    var name: String
    var family: UInt16
    var type: Int32
    var protocolNumber: Int32
    var inodeField: Int

    func read(_ fields: [Substring], into socket: inout SocketSnapshot) {
      switch family {
      case 2, 10:
        socket.local = ProcSockets.address(fields[1], family: family) ?? socket.local
        let peer = ProcSockets.address(fields[2], family: family)
        // All zero: not connected.
        if let peer, peer.bytes.dropFirst(2).contains(where: { $0 != 0 }) { socket.peer = peer }
      case 1:
        // Num: RefCount Protocol Flags Type St Inode Path
        socket.type = Int32(fields[4], radix: 16) ?? 0
        if fields.count > 7 {
          var path = Array(fields[7].utf8)
          if path.first == UInt8(ascii: "@") { path[0] = 0 } else { path.append(0) }
          socket.local = SocketAddressBytes([1, 0] + path)
        }
      default:
        // sk Eth Pid Groups …: the protocol of a netlink socket.
        socket.protocolNumber = Int32(fields[1]) ?? 0
      }
    }
  }

  private static let tables = [
    Table(name: "udp", family: 2, type: 2, protocolNumber: 17, inodeField: 9),
    Table(name: "udp6", family: 10, type: 2, protocolNumber: 17, inodeField: 9),
    Table(name: "tcp", family: 2, type: 1, protocolNumber: 6, inodeField: 9),
    Table(name: "tcp6", family: 10, type: 1, protocolNumber: 6, inodeField: 9),
    Table(name: "unix", family: 1, type: 0, protocolNumber: 0, inodeField: 6),
    Table(name: "netlink", family: 16, type: 3, protocolNumber: 0, inodeField: 9),
  ]

  /// `0100007F:1F90`: 32-bit words in the machine's order, and a port in digits.
  static func address(_ text: Substring, family: UInt16) -> SocketAddressBytes? {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let port = UInt16(parts[1], radix: 16) else { return nil }
    var words: [UInt8] = []
    var rest = parts[0]
    while !rest.isEmpty {
      guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
      words += (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
      rest = rest.dropFirst(8)
    }
    let head = [UInt8(family), 0, UInt8(port >> 8), UInt8(port & 0xff)]
    switch (family, words.count) {
    case (2, 4): return SocketAddressBytes(head + words + [UInt8](repeating: 0, count: 8))
    case (10, 16): return SocketAddressBytes(head + [0, 0, 0, 0] + words + [0, 0, 0, 0])
    default: return nil
    }
  }
}
