import Glibc

/// A connection to sock_diag(7), which tells of the sockets of the network namespace that it is
/// made in: of one whose addresses or whose inode are known the kernel finds by its hashes, where a
/// list in /proc goes through all there are.
struct SocketDiagLink {
  enum Answer {
    /// What follows the header: `struct inet_diag_msg` or `struct unix_diag_msg`, and attributes.
    case found(ArraySlice<UInt8>)
    /// There is none (ENOENT), or nobody who knows (a kernel without the protocol's diag module).
    case none
    case unanswered
  }

  private let descriptor: Descriptor

  /// Nil where there is no such connection to be had.
  init?() {
    let fd = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 4)
    guard fd >= 0 else { return nil }
    descriptor = Descriptor(fd)
  }

  /// Asks for one socket.
  ///
  /// ```
  /// struct nlmsghdr: len 0:4  type 4:2  flags 6:2  seq 8:4  pid 12:4
  /// ```
  func ask(_ request: [UInt8]) -> Answer {
    // SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST
    let message =
      [UInt8(16 + request.count), 0, 0, 0, 20, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0] + request
    guard unsafe send(descriptor.number, message, message.count, 0) == message.count else {
      return .unanswered
    }
    var reply = [UInt8](repeating: 0, count: 1024)
    // The kernel has answered before send(2) returns.
    let count = unsafe recv(descriptor.number, &reply, reply.count, Int32(MSG_DONTWAIT))
    guard count >= 20 else { return .unanswered }
    switch reply[4] {
    case 20: return .found(reply[16..<count])
    // NLMSG_ERROR
    case 2 where reply.int32(at: 16) == -ENOENT: return .none
    default: return .unanswered
    }
  }

  /// The request for a socket of an internet protocol, both addresses being whole ones of one family.
  ///
  /// Of UDP it is the one that takes what `first` sends to `second` (`udp_dump_one`), of TCP the one of
  /// `first` that is connected to `second` (`inet_diag_find_one_icsk`); nil where either has no host.
  ///
  /// ```
  /// struct inet_diag_req_v2: family 0:1  protocol 1:1  states 4:4  id 8:48
  ///   sport 0:2  dport 2:2  src 4:16  dst 20:16  if 36:4  cookie 40:8
  /// ```
  static func request(
    protocolNumber: UInt8, _ first: [UInt8], _ second: [UInt8], interface: UInt8
  ) -> [UInt8]? {
    guard !second.host.isEmpty, first.host.count == second.host.count else { return nil }
    func padded(_ host: ArraySlice<UInt8>) -> [UInt8] {
      host + [UInt8](repeating: 0, count: 16 - host.count)
    }
    return [second[0], protocolNumber, 0, 0, 0xff, 0xff, 0xff, 0xff]
      + first[2..<4] + second[2..<4] + padded(first.host) + padded(second.host)
      + [interface, 0, 0, 0] + [UInt8](repeating: 0xff, count: 8)
  }

  /// The request for an AF_UNIX socket, with its name and its peer.
  ///
  /// ```
  /// struct unix_diag_req: family 0:1  states 4:4  ino 8:4  show 12:4  cookie 16:8
  /// ```
  static func unixRequest(_ inode: UInt32) -> [UInt8] {
    let number = (0..<4).map { UInt8(truncatingIfNeeded: inode >> ($0 * 8)) }
    // UDIAG_SHOW_NAME, UDIAG_SHOW_PEER
    return [UInt8(AF_UNIX), 0, 0, 0, 0xff, 0xff, 0xff, 0xff] + number + [5, 0, 0, 0]
      + [UInt8](repeating: 0xff, count: 8)
  }
}
