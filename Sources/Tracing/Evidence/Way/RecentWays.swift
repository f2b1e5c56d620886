import Records

/// What was found a moment ago of the ways that sockets send.
///
/// It serves messages alone that go where one of the same call went before them, and that found a
/// queue without room: of the way nothing but its MTU matters to them. Programs that fill their
/// queues fall short all the time, and their ways hardly ever change.
struct RecentWays {
  private struct Key: Hashable {
    var inode: UInt64
    var address: [UInt8]?
  }

  private var known: [Key: (time: UInt64, way: RouteState)] = [:]
  /// Nanoseconds that an answer holds.
  private static let maximumAge: UInt64 = 1_000_000_000
  private static let maximumKnown = 256

  /// Nil where none was found, or not lately.
  func way(of inode: UInt64, to address: [UInt8]?) -> RouteState? {
    guard let found = known[Key(inode: inode, address: address)],
      Clock.monotonic() &- found.time < Self.maximumAge
    else { return nil }
    return found.way
  }

  mutating func remember(_ way: RouteState, of inode: UInt64, to address: [UInt8]?) {
    if known.count >= Self.maximumKnown { known.removeAll(keepingCapacity: true) }
    known[Key(inode: inode, address: address)] = (Clock.monotonic(), way)
  }
}
