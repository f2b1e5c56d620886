import Glibc

/// A connection to sock_diag(7), which tells of the sockets of the network namespace that it is
/// made in: of one whose addresses or whose inode are known the kernel finds by its hashes, where a
/// list in /proc goes through all there are.
struct SocketDiagLink {
  enum Answer {
    case found(SocketDiagAnswer)
    /// There is none (ENOENT), or nobody who knows (a kernel without the protocol's diag module).
    case none
    case unanswered
  }

  private let link: NetlinkLink

  /// Nil where there is no such connection to be had.
  init?() {
    // NETLINK_SOCK_DIAG
    guard let link = NetlinkLink(protocolNumber: 4) else { return nil }
    self.link = link
  }

  /// Asks for one socket.
  func ask(_ request: [UInt8]) -> Answer {
    guard link.ask(Self.byFamily, request), let reply = link.receive().first else {
      return .unanswered
    }
    if reply.type == Self.byFamily { return .found(SocketDiagAnswer(reply.body)) }
    guard reply.type == NetlinkLink.Message.error,
      reply.body.uint32(at: 0) == UInt32(bitPattern: -ENOENT)
    else { return .unanswered }
    return .none
  }

  /// Asks for all that a request fits; the first of them that `isWanted`.
  func first(_ request: [UInt8], where isWanted: (SocketDiagAnswer) -> Bool) -> SocketDiagAnswer? {
    guard link.ask(Self.byFamily, request, isDump: true) else { return nil }
    var found: SocketDiagAnswer?
    _ = link.readDump { message in
      let answer = SocketDiagAnswer(message.body)
      if isWanted(answer) { found = answer }
      return found == nil
    }
    return found
  }

  /// SOCK_DIAG_BY_FAMILY
  private static let byFamily: UInt16 = 20

  /// The request for a socket of an internet protocol, both addresses being whole ones of one family.
  ///
  /// Of UDP it is the one that takes what `first` sends to `second` (`udp_dump_one`), of TCP the one of
  /// `first` that is connected to `second` (`inet_diag_find_one_icsk`); nil where either has no host.
  static func request(
    protocolNumber: UInt8, _ first: [UInt8], _ second: [UInt8], interface: UInt8
  ) -> [UInt8]? {
    guard !second.host.isEmpty, first.host.count == second.host.count else { return nil }
    var identity: [UInt8] = []
    identity.reserveCapacity(40)
    identity += first[2..<4]
    identity += second[2..<4]
    for host in [first.host, second.host] {
      identity += host
      for _ in host.count..<16 { identity.append(0) }
    }
    identity += [interface, 0, 0, 0]
    return internetRequest(second[0], protocolNumber, identity)
  }

  /// The request for all sockets of an internet protocol that have a port.
  static func request(family: UInt8, protocolNumber: UInt8, port: ArraySlice<UInt8>) -> [UInt8] {
    internetRequest(family, protocolNumber, port + [UInt8](repeating: 0, count: 38))
  }

  /// ```
  /// struct inet_diag_req_v2: family 0:1  protocol 1:1  ext 2:1  states 4:4  id 8:48
  ///   sport 0:2  dport 2:2  src 4:16  dst 20:16  if 36:4  cookie 40:8
  /// ```
  private static func internetRequest(
    _ family: UInt8, _ protocolNumber: UInt8, _ identity: [UInt8]
  ) -> [UInt8] {
    // 1 << (INET_DIAG_SKMEMINFO - 1)
    [family, protocolNumber, 0x40, 0] + anyState + identity + noCookie
  }

  /// The request for an AF_UNIX socket, with its name, its peer and its memory.
  ///
  /// ```
  /// struct unix_diag_req: family 0:1  states 4:4  ino 8:4  show 12:4  cookie 16:8
  /// ```
  static func unixRequest(_ inode: UInt32) -> [UInt8] {
    // UDIAG_SHOW_NAME, UDIAG_SHOW_PEER, UDIAG_SHOW_MEMINFO
    [UInt8(AF_UNIX), 0, 0, 0] + anyState + inode.bytes + [0x25, 0, 0, 0] + noCookie
  }

  /// The request for all AF_PACKET sockets, with their flags and memory.
  ///
  /// ```
  /// struct packet_diag_req: family 0:1  protocol 1:1  ino 4:4  show 8:4  cookie 12:8
  /// ```
  // PACKET_SHOW_INFO, PACKET_SHOW_MEMINFO
  static let packetRequest: [UInt8] =
    [UInt8(AF_PACKET), 0, 0, 0, 0, 0, 0, 0, 0x11, 0, 0, 0] + noCookie

  /// The request for all netlink sockets of a protocol, with their memory.
  ///
  /// ```
  /// struct netlink_diag_req: family 0:1  protocol 1:1  ino 4:4  show 8:4  cookie 12:8
  /// ```
  static func netlinkRequest(protocolNumber: UInt8) -> [UInt8] {
    // NDIAG_SHOW_MEMINFO
    [UInt8(AF_NETLINK), protocolNumber, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0] + noCookie
  }

  private static let anyState: [UInt8] = [0xff, 0xff, 0xff, 0xff]
  private static let noCookie = [UInt8](repeating: 0xff, count: 8)
}
