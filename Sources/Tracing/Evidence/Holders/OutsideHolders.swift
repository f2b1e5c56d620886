import Glibc

/// Which processes that are not traced have sockets open: what these send on them nobody sees.
///
/// A look at all processes takes long, so that one serves for all sockets for a while, and all of
/// them for a share of the time only. For the scribe alone.
@safe package final class OutsideHolders: @unchecked Sendable {
  /// Of each socket those that had it, by inode.
  private var holders: [UInt64: [Int32]] = [:]
  /// When that was looked at (CLOCK_MONOTONIC); 0 before the first look.
  private var lookedAt: UInt64 = 0
  private var begun: UInt64 = 0
  /// Nanoseconds of CPU time that looks have taken.
  private var spent: UInt64 = 0

  /// What looks may take at first, and their share of all time later.
  private static let allowance: UInt64 = 200_000_000
  private static let share: UInt64 = 50
  /// Descriptors of all processes that one look may cost.
  private static let maximumLooks = 1 << 17

  package init() {}

  /// One that has a socket and is none of these, by a look that is so many nanoseconds old at most,
  /// where it is time for one; nil where none is known.
  package func holder(of inode: UInt64, besides traced: Set<Int32>, ago age: UInt64) -> Int32? {
    if lookedAt == 0 || Clock.monotonic() &- lookedAt >= age { look(besides: traced) }
    return holders[inode]?.first { !traced.contains($0) && !ProcFile.isTracedByUs($0) }
  }

  private func look(besides traced: Set<Int32>) {
    let (now, own) = (Clock.monotonic(), getpid())
    if begun == 0 { begun = now }
    guard spent < Self.allowance + (now &- begun) / Self.share,
      let names = Folder.names(in: "/proc")
    else { return }
    let start = Clock.ownThread()
    (holders, lookedAt) = ([:], now)
    var left = Self.maximumLooks
    for pid in names.lazy.compactMap({ Int32($0) }) where pid != own && !traced.contains(pid) {
      guard left > 0,
        let holding = SocketHolders.holding(of: pid, ringCount: 0, limit: left)
      else { continue }
      left -= holding.count
      for inode in holding.sockets { holders[inode, default: []].append(pid) }
    }
    spent += Clock.ownThread() &- start
  }
}
