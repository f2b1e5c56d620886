import Decoding
import Glibc

/// Asks what no option of a socket tells, by a dump of sock_diag(7), in the network namespace that
/// we are in: of UDP and AF_UNIX, if the kernel was built so.
enum SocketDump {
  /// Whether it was shut down for sending, since poll(2) does not tell of one direction alone; nil
  /// where the kernel does not say.
  static func isShutForSending(_ socket: SocketSnapshot) -> Bool? {
    // UNIX_DIAG_SHUTDOWN, INET_DIAG_SHUTDOWN: SEND_SHUTDOWN of a byte.
    value(of: Int32(socket.family) == AF_UNIX ? 6 : 8, socket)?.first.map { $0 & 2 != 0 }
  }

  /// The number of the cgroup that it was made in, whose BPF programs look at what it sends; nil
  /// where the kernel does not say.
  static func cgroup(_ socket: SocketSnapshot) -> UInt64? {
    guard Int32(socket.family) != AF_UNIX else { return nil }
    // INET_DIAG_CGROUP_ID
    guard let bytes = value(of: 21, socket), let low = bytes.uint32(at: 0),
      let high = bytes.uint32(at: 4)
    else { return nil }
    return UInt64(high) << 32 | UInt64(low)
  }

  /// Whether the peer of an AF_UNIX socket was shut down for receiving; nil where the kernel does
  /// not say, as of a peer in another network namespace.
  static func peerIsShutForReceiving(ofUnix inode: UInt64) -> Bool? {
    // UNIX_DIAG_PEER, and UNIX_DIAG_SHUTDOWN: RCV_SHUTDOWN.
    guard let peer = unixValue(of: 2, inode)?.uint32(at: 0) else { return nil }
    return unixValue(of: 6, UInt64(peer))?.first.map { $0 & 1 != 0 }
  }

  private static func value(of attribute: UInt16, _ socket: SocketSnapshot) -> ArraySlice<UInt8>? {
    switch Int32(socket.family) {
    case AF_UNIX: return unixValue(of: attribute, socket.inode)
    case AF_INET, AF_INET6:
      guard let request = internetRequest(socket) else { return nil }
      let layout = Layout(inode: 68, size: 72, isDump: true)
      return ask(request, layout, attribute, UInt32(truncatingIfNeeded: socket.inode))
    default: return nil
    }
  }

  private static func unixValue(of attribute: UInt16, _ inode: UInt64) -> ArraySlice<UInt8>? {
    let inode = UInt32(truncatingIfNeeded: inode)
    return ask(unixRequest(inode), Layout(inode: 4, size: 16, isDump: false), attribute, inode)
  }

  /// Where an answer has the inode, and how long it is before its attributes; whether it is one of
  /// many.
  private struct Layout {
    var inode: Int
    var size: Int
    var isDump: Bool
  }

  /// ```
  /// struct unix_diag_req: family 0:1  states 4:4  ino 8:4  show 12:4  cookie 16:8
  /// ```
  private static func unixRequest(_ inode: UInt32) -> [UInt8] {
    // UDIAG_SHOW_PEER
    [UInt8(AF_UNIX), 0, 0, 0] + anyState + inode.bytes + [4, 0, 0, 0] + noCookie
  }

  /// ```
  /// struct inet_diag_req_v2: family 0:1  protocol 1:1  states 4:4
  ///   id 8:48 (sport 0:2  …  cookie 40:8)
  /// ```
  private static func internetRequest(_ socket: SocketSnapshot) -> [UInt8]? {
    let local = socket.local.bytes
    guard socket.type == Int32(SOCK_DGRAM.rawValue), local.count >= 4,
      let number = UInt8(exactly: socket.protocolNumber)
    else { return nil }
    return [UInt8(truncatingIfNeeded: socket.family), number, 0, 0] + anyState
      + local[2..<4] + [UInt8](repeating: 0, count: 38) + noCookie
  }

  private static let anyState: [UInt8] = [0xff, 0xff, 0xff, 0xff]
  private static let noCookie = [UInt8](repeating: 0xff, count: 8)

  /// ```
  /// struct nlmsghdr: len 0:4  type 4:2  flags 6:2  seq 8:4  pid 12:4
  /// ```
  private static func ask(
    _ request: [UInt8], _ layout: Layout, _ attribute: UInt16, _ inode: UInt32
  ) -> ArraySlice<UInt8>? {
    let fd = Glibc.socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 4)
    guard fd >= 0 else { return nil }
    let link = Descriptor(fd)
    // SOCK_DIAG_BY_FAMILY; NLM_F_REQUEST, and NLM_F_DUMP.
    let header =
      UInt32(16 + request.count).bytes + [20, 0, 1, layout.isDump ? 3 : 0] + [
        1, 0, 0, 0, 0, 0, 0, 0,
      ]
    let message = header + request
    let sent = unsafe message.withUnsafeBytes {
      unsafe send(link.number, $0.baseAddress, $0.count, 0)
    }
    guard sent == message.count else { return nil }
    for _ in 0..<maximumReads {
      let answer = receive(link)
      guard !answer.isEmpty else { return nil }
      var rest = answer[...]
      while let length = rest.uint32(at: 0).map({ Int($0) }), length >= 16, length <= rest.count {
        let type = UInt16(rest[rest.startIndex + 4]) | UInt16(rest[rest.startIndex + 5]) << 8
        // NLMSG_ERROR, NLMSG_DONE
        if type == 2 || type == 3 { return nil }
        let body = rest.prefix(length).dropFirst(16)
        if body.uint32(at: layout.inode) == inode {
          return body.dropFirst(layout.size).attribute(attribute)
        }
        rest = rest.dropFirst((length + 3) & ~3)
      }
      if !layout.isDump { return nil }
    }
    return nil
  }

  /// So many parts of a dump are read.
  private static let maximumReads = 64

  /// Empty where there is nothing: the kernel answers at once.
  private static func receive(_ link: Descriptor) -> [UInt8] {
    let size = 1 << 15
    return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      let flags = Int32(MSG_DONTWAIT)
      let got = unsafe recv(link.number, buffer.baseAddress, size, flags)
      count = max(got, 0)
    }
  }
}

extension UInt32 {
  /// Little-endian.
  fileprivate var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }
}

extension ArraySlice<UInt8> {
  /// The value of a netlink attribute (`struct nlattr`) among these; nil where there is none.
  func attribute(_ wanted: UInt16) -> ArraySlice<UInt8>? {
    var rest = self
    while let word = rest.uint32(at: 0) {
      let (length, type) = (Int(word & 0xffff), UInt16(word >> 16))
      guard length >= 4, length <= rest.count else { return nil }
      if type == wanted { return rest.prefix(length).dropFirst(4) }
      rest = rest.dropFirst((length + 3) & ~3)
    }
    return nil
  }

  /// Four bytes, little-endian; nil where there are fewer.
  func uint32(at offset: Int) -> UInt32? {
    guard count >= offset + 4 else { return nil }
    return (0..<4).reduce(0) { $0 | UInt32(self[startIndex + offset + $1]) << UInt32($1 * 8) }
  }
}
