/// The threads that were resumed lately: whoever stopped unannounced is likely one of them.
struct RecentThreads {
  private struct Resumed {
    var tid: Int32
    /// CLOCK_MONOTONIC, nanoseconds.
    var time: UInt64
    /// How often it was asked for in vain since.
    var refusals = 0
  }

  private var threads: [Resumed] = []
  private var next = 0

  private static let capacity = 32
  /// Nanoseconds after which a thread that has not stopped is left to the scan: one that sleeps is
  /// not to be asked for again and again.
  private static let maximumAge: UInt64 = 10_000_000
  /// So often it is asked for beside another one that has stopped.
  private static let maximumRefusals = 4

  /// Notes a thread, in the place of the oldest where there is no other.
  mutating func note(_ tid: Int32, resumed time: UInt64) {
    let resumed = Resumed(tid: tid, time: time)
    if let place = threads.firstIndex(where: { $0.tid == tid }) {
      threads[place] = resumed
    } else if threads.count < Self.capacity {
      threads.append(resumed)
    } else {
      threads[next] = resumed
      next = (next + 1) % Self.capacity
    }
  }

  /// True for one of them that is likely to stop.
  func contains(_ tid: Int32, now: UInt64) -> Bool {
    threads.contains { $0.tid == tid && now &- $0.time < Self.maximumAge }
  }

  /// Those that have stopped by now.
  func stopped(now: UInt64, into found: inout [PolledStatus]) {
    for thread in threads where now &- thread.time < Self.maximumAge {
      if let status = PolledStatus.of(thread.tid) { found.append(status) }
    }
  }

  /// Polls the other recent threads once, `tid` having stopped; one that was polled in vain several
  /// times since it was resumed is skipped.
  mutating func stopped(beside tid: Int32, now: UInt64, into found: inout [PolledStatus]) {
    for place in threads.indices {
      let thread = threads[place]
      guard thread.tid != tid, thread.refusals < Self.maximumRefusals,
        now &- thread.time < Self.maximumAge
      else { continue }
      if let status = PolledStatus.of(thread.tid) {
        found.append(status)
      } else {
        threads[place].refusals += 1
      }
    }
  }

  /// Takes the stops at calls of those that have stopped by now, beside `tid`, which has.
  func take(beside tid: Int32, now: UInt64, into found: inout [PolledStatus]) {
    for thread in threads where thread.tid != tid && now &- thread.time < Self.maximumAge {
      if let status = PolledStatus.of(thread.tid), status.take() { found.append(status) }
    }
  }
}
