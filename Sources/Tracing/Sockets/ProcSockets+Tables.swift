import Decoding
import Glibc
import Records

extension ProcSockets {
  /// A list of sockets (proc_pid_net(5)).
  struct Table {
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

    /// Of an internet socket.
    func listed(_ inode: UInt64, in bytes: [UInt8]) -> Listed? {
      guard let line = bytes.line(withField: inodeField, Array(String(inode).utf8)) else {
        return nil
      }
      let fields = String(decoding: line, as: UTF8.self).split(separator: " ")
      guard fields.count > 4 else { return nil }
      // tx_queue:rx_queue
      return Listed(
        state: UInt8(fields[3], radix: 16),
        sendMemory: UInt32(fields[4].prefix { $0 != ":" }, radix: 16))
    }

    private func read(_ fields: [Substring], into socket: inout SocketSnapshot) {
      switch family {
      case 2, 10:
        socket.local = ProcSockets.address(fields[1], family: family) ?? socket.local
        let peer = ProcSockets.address(fields[2], family: family)
        // Without a port it is not connected: a host may be left from before (inet6_getname).
        if let peer, peer.storage[2] != 0 || peer.storage[3] != 0 { socket.peer = peer }
        // The port of a raw socket is its protocol.
        if type == Int32(SOCK_RAW.rawValue) {
          socket.protocolNumber = Int32(socket.local.bytes.port)
        }
      case 1:
        // Num: RefCount Protocol Flags Type St Inode Path
        socket.type = Int32(fields[4], radix: 16) ?? 0
        // SS_CONNECTED, which datagram sockets are since Linux 5.15: to whom is not listed.
        let isListed =
          socket.type != Int32(SOCK_DGRAM.rawValue)
          || KernelRelease(ProcFile.kernelRelease).map { $0 >= KernelRelease(5, 15) } ?? false
        if fields[5] == "03" || !isListed { socket.peer = SocketAddressBytes() }
      case 17:
        // sk RefCnt Type Proto Iface …
        socket.type = Int32(fields[2]) ?? 0
        let number = UInt16(fields[3], radix: 16) ?? 0
        let interface = UInt32(fields[4]) ?? 0
        // struct sockaddr_ll: family 0:2  protocol 2:2  ifindex 4:4
        socket.local = SocketAddressBytes(
          [UInt8(AF_PACKET), 0, UInt8(number >> 8), UInt8(number & 0xff)] + interface.bytes)
      default:
        // sk Eth Pid Groups …: the protocol of a netlink socket.
        socket.protocolNumber = Int32(fields[1]) ?? 0
      }
    }
  }

  static let unixTable = Table(
    name: "unix", protocolName: "UNIX", family: 1, type: 0, protocolNumber: 0, inodeField: 6)

  // IPV6_ADDRFORM makes an IPv6 socket one of IPv4, which keeps the name of its protocol.
  static let tables = [
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
    Table(
      name: "raw", protocolName: "RAW", family: 2, type: 3, protocolNumber: 0, inodeField: 9),
    Table(
      name: "raw6", protocolName: "RAWv6", family: 10, type: 3, protocolNumber: 0, inodeField: 9),
    Table(
      name: "icmp", protocolName: "PING", family: 2, type: 2, protocolNumber: 1, inodeField: 9),
    Table(
      name: "icmp6", protocolName: "PINGv6", family: 10, type: 2, protocolNumber: 58,
      inodeField: 9),
    unixTable,
    Table(
      name: "packet", protocolName: "PACKET", family: 17, type: 0, protocolNumber: 0,
      inodeField: 8),
    Table(
      name: "netlink", protocolName: "NETLINK", family: 16, type: 3, protocolNumber: 0,
      inodeField: 9),
  ]
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
