import Records

/// Whom sockets were connected to, for what is tried on one that has lost its peer: a stream that
/// was reset (`tcp_reset`), a datagram socket of AF_UNIX whose receiver is gone
/// (`unix_dgram_sendmsg`). That is meant for the same receiver, as is what goes out on a new socket
/// in its stead.
struct LastPeers {
  private var peers: [UInt64: SocketAddress] = [:]
  /// More sockets are begun with anew.
  private static let most = 4096

  /// The peer that the call's socket had before; nil where it has one that is known, or never had.
  /// Of a socket that a program took apart from its peer nothing goes out without a name, either.
  mutating func lost(by call: SendCall) -> SocketAddress? {
    guard let socket = call.socket else { return nil }
    guard let peer = socket.peer else { return peers.isEmpty ? nil : peers[socket.inode] }
    if let last = peers[socket.inode], last != peer {
      // Nobody told, and it may well be the same; a connection has one peer all its life.
      if peer.isUnknownUnix || last.isUnknownUnix && socket.type != .datagram { return last }
    }
    if peers[socket.inode] != peer {
      if peers.count >= Self.most { peers.removeAll(keepingCapacity: true) }
      peers[socket.inode] = peer
    }
    return nil
  }
}
