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
  /// The numbers of the network namespaces that they were found in.
  private var networks: [UInt64: UInt64] = [:]
  private var lookup = SocketLookup()
  /// The mount that all sockets lie in; nil until one was seen.
  private var mount: UInt64?
  private static let maximumKnown = 1024

  /// The socket's inode; nil where the descriptor is none.
  static func inode(fd: Int32, tid: Int32) -> UInt64? {
    guard let link = ProcFile.link("/proc/\(tid)/fd/\(fd)"), link.hasPrefix("socket:[") else {
      return nil
    }
    return UInt64(link.dropFirst(8).dropLast())
  }

  /// The same of a descriptor that `info` is of: once a socket was seen, by its mount.
  mutating func inode(_ info: DescriptorInfo?, fd: Int32, tid: Int32) -> UInt64? {
    if let info, info.isPath { return nil }
    if let inode = info?.inode, let mount, info?.mount == mount { return inode }
    guard let inode = Self.inode(fd: fd, tid: tid) else { return nil }
    if info?.inode == inode { mount = info?.mount }
    return inode
  }

  /// Nil where it is not to be found: a socket of an internet family is listed once it is bound.
  mutating func describe(
    fd: Int32, inode: UInt64, _ info: DescriptorInfo?, tid: Int32
  ) -> SocketSnapshot? {
    let again = known[inode].flatMap { lookup.find($0) }
    guard var socket = again ?? find(fd: fd, inode: inode, tid: tid) else {
      known[inode] = nil
      networks[inode] = nil
      return nil
    }
    if Int32(socket.family) != AF_UNIX {
      if known.count >= Self.maximumKnown {
        known.removeAll(keepingCapacity: true)
        networks.removeAll(keepingCapacity: true)
      }
      known[inode] = socket
      if again == nil { networks[inode] = NetworkNamespaces.number(of: tid) }
    }
    socket.nonblocking = (info?.flags ?? 0) & O_NONBLOCK != 0
    return socket
  }

  /// The number of the network namespace that a socket was found in; nil where that is not known.
  func network(of inode: UInt64) -> UInt64? { networks[inode] }

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

  /// An AF_UNIX socket in the text of /proc/net/unix.
  static func unixSocket(_ inode: UInt64, in list: [UInt8]) -> SocketSnapshot? {
    unixTable.find(inode, in: list)
  }

  /// What a list of sockets says of the state of one.
  struct Listed {
    /// A state of TCP, which other protocols have as well; nil where it is not listed.
    var state: UInt8?
    /// Bytes that count against the send buffer.
    var sendMemory: UInt32?
  }

  /// Of an internet socket: `.some(nil)` where it is not listed, nil where that cannot be read.
  static func listed(_ socket: SocketSnapshot, tid: Int32) -> Listed?? {
    for table in tables
    where table.family == socket.family && table.type == socket.type
      && [0, socket.protocolNumber].contains(table.protocolNumber)
    {
      guard let bytes = ProcFile.read("/proc/\(tid)/net/\(table.name)") else { return nil }
      return .some(table.listed(socket.inode, in: bytes))
    }
    return nil
  }

  /// The name of an AF_UNIX socket as it is listed; empty where it need not be that: an `@` in
  /// front stands for the NUL of an abstract name or for itself, and a newline ends what is seen.
  static func unixName(_ listed: ArraySlice<UInt8>, isWhole: Bool) -> SocketAddressBytes {
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
      words += word.bytes
      rest = rest.dropFirst(8)
    }
    guard words.count == (family == 2 ? 4 : 16) else { return nil }
    return SocketAddressBytes(
      internet: family, port: [UInt8(port >> 8), UInt8(port & 0xff)], host: words[...])
  }
}
