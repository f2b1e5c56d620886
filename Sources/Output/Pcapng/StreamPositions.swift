import Records

/// How far each TCP connection has come: the sequence number of its next byte.
///
/// The first byte that was seen has number 1, as if the connection had begun just before it.
struct StreamPositions: Sendable {
  /// A socket may be connected anew, and its inode be used again.
  private struct Connection: Hashable {
    var inode: UInt64
    var local: SocketAddress?
    var peer: SocketAddress?
  }

  private var positions: [Connection: UInt32] = [:]
  /// In the order in which they came, to be forgotten in.
  private var order: [Connection] = []
  private var oldest = 0

  static let maximum = 4096

  func next(on socket: SocketDescription) -> UInt32 { positions[Self.connection(socket)] ?? 1 }

  mutating func advance(_ socket: SocketDescription, by bytes: UInt64) {
    let connection = Self.connection(socket)
    if let position = positions[connection] {
      positions[connection] = position &+ UInt32(truncatingIfNeeded: bytes)
      return
    }
    remember(connection)
    positions[connection] = 1 &+ UInt32(truncatingIfNeeded: bytes)
  }

  private mutating func remember(_ connection: Connection) {
    guard order.count >= Self.maximum else { return order.append(connection) }
    positions[order[oldest]] = nil
    order[oldest] = connection
    oldest = (oldest + 1) % Self.maximum
  }

  private static func connection(_ socket: SocketDescription) -> Connection {
    Connection(inode: socket.inode, local: socket.local, peer: socket.peer)
  }
}
