/// The threads that were resumed lately: whoever stopped unannounced is likely one of them.
struct RecentThreads {
  private var threads: [(tid: Int32, resumed: UInt64)] = []
  private var next = 0

  private static let capacity = 32
  /// Nanoseconds after which a thread that has not stopped is left to the scan: one that sleeps is
  /// not to be asked for again and again.
  private static let maximumAge: UInt64 = 10_000_000

  /// Notes a thread, in the place of the oldest where there is no other.
  mutating func note(_ tid: Int32, resumed: UInt64) {
    if let place = threads.firstIndex(where: { $0.tid == tid }) {
      threads[place].resumed = resumed
    } else if threads.count < Self.capacity {
      threads.append((tid, resumed))
    } else {
      threads[next] = (tid, resumed)
      next = (next + 1) % Self.capacity
    }
  }

  /// Those that have stopped by now.
  func stopped(now: UInt64, into found: inout [PolledStatus]) {
    for thread in threads where now &- thread.resumed < Self.maximumAge {
      if let status = PolledStatus.of(thread.tid) { found.append(status) }
    }
  }
}
