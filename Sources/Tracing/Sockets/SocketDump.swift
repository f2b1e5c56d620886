import Decoding
import Glibc

/// Asks what no option of a socket tells, by sock_diag(7), in the network namespace that we are in:
/// of those protocols of which it was built to tell.
enum SocketDump {
  /// Whether it was shut down for sending, since poll(2) does not tell of one direction alone; nil
  /// where the kernel does not say.
  static func isShutForSending(_ socket: SocketSnapshot) -> Bool? {
    // SEND_SHUTDOWN
    answer(about: socket)?.shutdown.map { $0 & 2 != 0 }
  }

  /// The number of the cgroup that it was made in, whose BPF programs look at what it sends; nil
  /// where the kernel does not say.
  static func cgroup(_ socket: SocketSnapshot) -> UInt64? {
    Int32(socket.family) == AF_UNIX ? nil : answer(about: socket)?.cgroup
  }

  /// Whether the peer of an AF_UNIX socket was shut down for receiving; nil where the kernel does
  /// not say, as of a peer in another network namespace.
  static func peerIsShutForReceiving(ofUnix inode: UInt64) -> Bool? {
    guard let peer = unixSocket(UInt32(truncatingIfNeeded: inode))?.peer else { return nil }
    // RCV_SHUTDOWN
    return unixSocket(peer)?.shutdown.map { $0 & 1 != 0 }
  }

  /// What the kernel says of a socket; nil where it does not find it.
  static func answer(about socket: SocketSnapshot) -> SocketDiagAnswer? {
    let inode = UInt32(truncatingIfNeeded: socket.inode)
    switch Int32(socket.family) {
    case AF_UNIX: return unixSocket(inode)
    case AF_INET, AF_INET6:
      let local = socket.local.bytes
      guard socket.type == Int32(SOCK_DGRAM.rawValue), local.count >= 4,
        let number = UInt8(exactly: socket.protocolNumber)
      else { return nil }
      let request = SocketDiagLink.request(
        family: UInt8(truncatingIfNeeded: socket.family), protocolNumber: number,
        port: local[2..<4])
      return first(request, inode)
    case AF_PACKET: return first(SocketDiagLink.packetRequest, inode)
    case AF_NETLINK:
      return UInt8(exactly: socket.protocolNumber).flatMap {
        first(SocketDiagLink.netlinkRequest(protocolNumber: $0), inode)
      }
    default: return nil
    }
  }

  private static func first(_ request: [UInt8], _ inode: UInt32) -> SocketDiagAnswer? {
    SocketDiagLink()?.first(request) { $0.inode == inode }
  }

  private static func unixSocket(_ inode: UInt32) -> SocketDiagAnswer? {
    guard case .found(let answer) = SocketDiagLink()?.ask(SocketDiagLink.unixRequest(inode)),
      answer.inode == inode
    else { return nil }
    return answer
  }
}
