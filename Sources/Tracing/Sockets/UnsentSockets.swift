/// The sockets on which calls of a process fell short, by descriptor, to learn in time that one was
/// closed: when the same descriptor stands for another.
struct UnsentSockets {
  private struct Left {
    var inode: UInt64
    var isClosed = false
    var looks = 0
  }

  private var sockets: [Int32: Left] = [:]
  private static let most = 64
  /// A program may have it by another descriptor, and go on with both.
  private static let mostLooks = 4

  /// A call on the descriptor fell short.
  mutating func note(_ inode: UInt64, on fd: Int32) {
    if sockets.count >= Self.most, sockets[fd] == nil { sockets.removeAll() }
    if sockets[fd]?.inode != inode { sockets[fd] = Left(inode: inode) }
  }

  /// The inode of the socket that the descriptor was when a call on it fell short, where it is
  /// another now and nobody has that one any more; `isClosed` looks for it, and says nil where that
  /// is not known.
  mutating func closed(
    on fd: Int32, now inode: UInt64, _ isClosed: (UInt64) -> Bool?
  ) -> UInt64? {
    guard !sockets.isEmpty, var left = sockets[fd], left.inode != inode else { return nil }
    if !left.isClosed {
      guard left.looks < Self.mostLooks else { return nil }
      left.looks += 1
      left.isClosed = isClosed(left.inode) == true
      sockets[fd] = left
    }
    return left.isClosed ? left.inode : nil
  }
}
