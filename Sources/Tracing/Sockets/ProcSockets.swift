import CTracee
import Decoding
import Glibc
import Records

/// What is told of a socket from outside, for where pidfd_getfd(2) is refused (container seccomp
/// profiles): by /proc, and by sock_diag(7) where that finds it more quickly.
///
/// Less than asking the socket: only the families that list their sockets there are known.
struct ProcSockets {
  /// What was found of sockets, by inode, which tells where to look for them the next time.
  private var known: [UInt64: SocketSnapshot] = [:]
  private var lookup = SocketLookup()
  private static let maximumKnown = 1024

  /// The socket's inode; nil where the descriptor is none.
  static func inode(fd: Int32, tid: Int32) -> UInt64? {
    guard let link = ProcFile.link("/proc/\(tid)/fd/\(fd)"), link.hasPrefix("socket:[") else {
      return nil
    }
    return UInt64(link.dropFirst(8).dropLast())
  }

  /// Nil where it is not to be found: a socket of an internet family is listed once it is bound.
  mutating func describe(fd: Int32, inode: UInt64, tid: Int32) -> SocketSnapshot? {
    guard
      var socket = known[inode].flatMap({ lookup.find($0) })
        ?? find(fd: fd, inode: inode, tid: tid)
    else {
      known[inode] = nil
      return nil
    }
    if Int32(socket.family) != AF_UNIX {
      if known.count >= Self.maximumKnown { known.removeAll(keepingCapacity: true) }
      known[inode] = socket
    }
    socket.nonblocking = Self.flags(fd: fd, tid: tid) & O_NONBLOCK != 0
    return socket
  }

  /// What open(2) and fcntl(2) know by these names (proc_pid_fdinfo(5)); 0 where it is not said.
  private static func flags(fd: Int32, tid: Int32) -> Int32 {
    let key = Array("flags:\t".utf8)
    guard var rest = ProcFile.read("/proc/\(tid)/fdinfo/\(fd)")?[...] else { return 0 }
    while !rest.isEmpty {
      if rest.starts(with: key) {
        let digits = rest.dropFirst(key.count).prefix { $0 != UInt8(ascii: "\n") }
        return digits.reduce(0) { $0 &* 8 &+ Int32($1 & 7) }
      }
      rest = rest.drop { $0 != UInt8(ascii: "\n") }.dropFirst()
    }
    return 0
  }

  private mutating func find(fd: Int32, inode: UInt64, tid: Int32) -> SocketSnapshot? {
    let name = Self.protocolName(fd: fd, tid: tid)
    if name?.starts(with: Array("UNIX".utf8)) != false, let socket = lookup.findUnix(inode) {
      return socket
    }
    for table in Self.tables where name.map(table.mayList) ?? true {
      if let socket = table.find(inode, tid: tid) { return socket }
    }
    return nil
  }

  /// What the kernel calls the socket's protocol; nil where it does not say.
  private static func protocolName(fd: Int32, tid: Int32) -> [UInt8]? {
    var name = [CChar](repeating: 0, count: 64)
    let count = unsafe tracee_socket_protocol("/proc/\(tid)/fd/\(fd)", &name, name.count)
    guard count > 1 else { return nil }
    return name.prefix(Int(count) - 1).map { UInt8(bitPattern: $0) }
  }

  /// A list of sockets (proc_pid_net(5)).
  private struct Table {
    var name: String
    /// What the names of the protocols begin with whose sockets it may have.
    var protocolName: String
    var family: UInt16
    var type: Int32
    var protocolNumber: Int32
    var inodeField: Int

    func mayList(_ name: [UInt8]) -> Bool { name.starts(with: protocolName.utf8) }

    func find(_ inode: UInt64, tid: Int32) -> SocketSnapshot? {
      ProcFile.read("/proc/\(tid)/net/\(name)").flatMap { find(inode, in: $0) }
    }

    func find(_ inode: UInt64, in bytes: [UInt8]) -> SocketSnapshot? {
      guard let line = bytes.line(withField: inodeField, Array(String(inode).utf8)) else {
        return nil
      }
      let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 7)
      let fields = parts.map { String(decoding: $0, as: UTF8.self)[...] }
      guard fields.count > 6 else { return nil }
      var socket = SocketSnapshot(
        family: family, type: type, protocolNumber: protocolNumber, inode: inode,
        nonblocking: false, local: SocketAddressBytes(), peer: nil)
      read(fields, into: &socket)
      if Int32(family) == AF_UNIX {
        let isWhole = bytes[line.endIndex...].dropFirst().isUnixLineOrEnd
        socket.local = ProcSockets.unixName(parts.count > 7 ? parts[7] : [], isWhole: isWhole)
      }
      return socket
    }

    private func read(_ fields: [Substring], into socket: inout SocketSnapshot) {
      switch family {
      case 2, 10:
        socket.local = ProcSockets.address(fields[1], family: family) ?? socket.local
        let peer = ProcSockets.address(fields[2], family: family)
        // Without a port it is not connected: a host may be left from before (inet6_getname).
        if let peer, peer.storage[2] != 0 || peer.storage[3] != 0 { socket.peer = peer }
      case 1:
        // Num: RefCount Protocol Flags Type St Inode Path
        socket.type = Int32(fields[4], radix: 16) ?? 0
        // SS_CONNECTED, which datagram sockets are since Linux 5.15: to whom is not listed.
        let isListed =
          socket.type != Int32(SOCK_DGRAM.rawValue)
          || KernelRelease(ProcFile.kernelRelease).map { $0 >= KernelRelease(5, 15) } ?? false
        if fields[5] == "03" || !isListed { socket.peer = SocketAddressBytes() }
      default:
        // sk Eth Pid Groups …: the protocol of a netlink socket.
        socket.protocolNumber = Int32(fields[1]) ?? 0
      }
    }
  }

  /// An AF_UNIX socket in the text of /proc/net/unix.
  static func unixSocket(_ inode: UInt64, in list: [UInt8]) -> SocketSnapshot? {
    unixTable.find(inode, in: list)
  }

  private static let unixTable = Table(
    name: "unix", protocolName: "UNIX", family: 1, type: 0, protocolNumber: 0, inodeField: 6)

  // IPV6_ADDRFORM makes an IPv6 socket one of IPv4, which keeps the name of its protocol.
  private static let tables = [
    Table(
      name: "udp", protocolName: "UDP", family: 2, type: 2, protocolNumber: 17, inodeField: 9),
    Table(
      name: "udp6", protocolName: "UDPv6", family: 10, type: 2, protocolNumber: 17,
      inodeField: 9),
    Table(
      name: "udplite", protocolName: "UDP-Lite", family: 2, type: 2, protocolNumber: 136,
      inodeField: 9),
    Table(
      name: "udplite6", protocolName: "UDPLITEv6", family: 10, type: 2, protocolNumber: 136,
      inodeField: 9),
    Table(
      name: "tcp", protocolName: "TCP", family: 2, type: 1, protocolNumber: 6, inodeField: 9),
    Table(
      name: "tcp6", protocolName: "TCPv6", family: 10, type: 1, protocolNumber: 6, inodeField: 9),
    unixTable,
    Table(
      name: "netlink", protocolName: "NETLINK", family: 16, type: 3, protocolNumber: 0,
      inodeField: 9),
  ]

  /// The name of an AF_UNIX socket as it is listed; empty where it need not be that: an `@` in
  /// front stands for the NUL of an abstract name or for itself, and a newline ends what is seen.
  private static func unixName(_ listed: ArraySlice<UInt8>, isWhole: Bool) -> SocketAddressBytes {
    guard isWhole, listed.first != UInt8(ascii: "@") else { return SocketAddressBytes() }
    return SocketAddressBytes([UInt8(AF_UNIX), 0] + listed + (listed.isEmpty ? [] : [0]))
  }

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
    guard words.count == (family == 2 ? 4 : 16) else { return nil }
    return SocketAddressBytes(
      internet: family, port: [UInt8(port >> 8), UInt8(port & 0xff)], host: words)
  }
}

extension [UInt8] {
  /// The first line of a table that has `value` in one of its columns, which spaces part.
  fileprivate func line(withField number: Int, _ value: [UInt8]) -> ArraySlice<UInt8>? {
    var rest = self[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let line = rest[..<end]
      if line.hasField(number, value) { return line }
      rest = rest[(end + 1)...]
    }
    return nil
  }
}

extension ArraySlice<UInt8> {
  /// True for nothing, and for what begins like a line of /proc/net/unix: `ffff8881:`, six numbers.
  fileprivate var isUnixLineOrEnd: Bool {
    if isEmpty { return true }
    let line = prefix { $0 != UInt8(ascii: "\n") }
    let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 7)
    return fields.count >= 7 && fields[0].last == UInt8(ascii: ":")
      && fields[1..<7].allSatisfy { $0.allSatisfy { $0.isHexDigit } }
  }

  fileprivate func hasField(_ number: Int, _ value: [UInt8]) -> Bool {
    let space = UInt8(ascii: " ")
    var field = -1
    var isInField = false
    for index in indices {
      if self[index] == space {
        isInField = false
      } else if !isInField {
        isInField = true
        field += 1
        if field == number {
          let rest = self[index...]
          return rest.starts(with: value)
            && (rest.count == value.count || rest[index + value.count] == space)
        }
      }
    }
    return false
  }
}

extension UInt8 {
  fileprivate var isHexDigit: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
