import Glibc

/// Which processes have which sockets open, as /proc tells it (proc_pid_fd(5)).
///
/// Each descriptor costs a system call, so that what a process has is read again only once it has
/// run: a process that has not run has opened and closed nothing. Those that we may not look into
/// (SocketHolders+Hidden.swift) have none that the traced programs have made themselves.
struct SocketHolders {
  /// What one process has.
  struct Holding {
    var sockets: Set<UInt64> = []
    /// An io_uring, whose kernel threads work for the process.
    var hasRing = false
    /// A ring would not say which files are registered with it.
    var isOpaque = false
    /// We may not know what it has, though how much.
    var isHidden = false
    /// CPU time of the process before it was looked at; nil where it would not be told.
    var clock: UInt64?
    /// How many rings traced programs had made by then.
    var ringCount: UInt64 = 0
    /// How many descriptors it has.
    var count = 0
    /// It was about to end, and may have closed some that it had.
    var isEnding = false
    /// When it was looked at by itself (CLOCK_MONOTONIC).
    var time: UInt64 = 0
  }

  private(set) var holdings: [Int32: Holding] = [:]
  /// Sockets that a process has had and has no more.
  private var dropped: [UInt64: [Drop]] = [:]
  /// What was dropped before is forgotten (CLOCK_MONOTONIC).
  private var forgottenBefore: UInt64 = 0
  private var isWhole = false
  /// Who could not be looked into by the last look.
  private var hidden = Hidden()
  /// What the command had been given; nil where no one knows what the traced processes have of
  /// others.
  var inheritance: Inheritance?
  /// When the last look began.
  private(set) var lookedAt: UInt64 = 0
  /// How many looks left nobody out, and of when what all had is known by them (CLOCK_MONOTONIC).
  private(set) var looksAtAll: UInt64 = 0
  private(set) var allKnownAt: UInt64 = 0
  /// The traced processes, by number, and those of them that have ended.
  var traced: [Int32: UInt64] = [:]
  private var gone: [Ended] = []

  /// A traced process that was gone at one look and not at another.
  private struct Ended {
    var pid: Int32
    var number: UInt64
    var seen: UInt64
    var missed: UInt64
  }

  /// Of whom, and when that was found last (CLOCK_MONOTONIC).
  private struct Drop {
    var pid: Int32
    var time: UInt64
  }

  /// What a look has found that is to be taken over.
  struct Findings {
    var living: Set<Int32> = []
    var changed: [Int32: Holding] = [:]
    var isWhole = true
    var hidden = Hidden()
    /// False where the asker was left out.
    var isOfAll = true
  }

  /// So many descriptors of all processes are kept in mind.
  private static let maximumKnown = 1 << 21
  /// So many that have dropped one socket are told apart.
  private static let maximumDrops = 8
  /// What was dropped is remembered so long, nanoseconds.
  private static let memory: UInt64 = 60_000_000_000

  /// Looks at all processes but ours, and but `asker` where it has made no ring since: what it has
  /// itself does not matter.
  func look(asker: Int32?, ringCount: UInt64) -> Findings {
    var found = Findings(isOfAll: asker == nil)
    let own = getpid()
    guard let names = Folder.names(in: "/proc") else {
      found.isWhole = false
      return found
    }
    found.hidden = Hidden(among: names)
    var left = Self.maximumKnown
    for pid in names.lazy.compactMap({ Int32($0) }) where pid != own {
      found.living.insert(pid)
      if let known = holdings[pid] {
        left -= known.count
        if let clock = known.clock, clock == ProcessClock.read(pid) { continue }
        if pid == asker, known.ringCount == ringCount, !known.hasRing { continue }
      }
      guard let holding = Self.holding(of: pid, ringCount: ringCount, limit: Self.maximumKnown)
      else {
        found.hidden.add(pid, inheritance)
        continue
      }
      left -= holding.count
      guard left >= 0 else {
        found.isWhole = false
        return found
      }
      found.changed[pid] = holding
    }
    return found
  }

  /// Takes over what a look has found that began at `begin` and ended at `time`.
  mutating func take(_ found: Findings, at begin: UInt64, until time: UInt64) {
    isWhole = found.isWhole
    hidden = found.hidden
    if found.isOfAll {
      looksAtAll += 1
      // Who ran between two looks is known to have run by the next tick.
      if found.isWhole { allKnownAt = holdings.isEmpty ? begin : begin &- ProcessClock.tick }
    }
    if found.isWhole {
      for (pid, holding) in holdings
      where !found.living.contains(pid) && holding.time < begin {
        for inode in holding.sockets { drop(inode, of: pid, at: time) }
        if !holding.isEnding { end(pid, holding, at: time) }
        holdings[pid] = nil
      }
    }
    // Who was looked at by itself meanwhile has what was seen then.
    for (pid, holding) in found.changed where holdings[pid].map({ $0.time < begin }) ?? true {
      add(pid, holding, at: time)
    }
    lookedAt = begin
    guard time > Self.memory else { return }
    let limit = time - Self.memory
    if forgottenBefore &+ Self.memory / 4 < limit {
      dropped = dropped.filter { $0.value.contains { $0.time >= limit } }
      gone.removeAll { $0.missed < limit }
      forgottenBefore = limit
    }
  }

  private mutating func end(_ pid: Int32, _ holding: Holding, at time: UInt64) {
    guard let number = traced[pid] else { return }
    gone.append(Ended(pid: pid, number: number, seen: max(holding.time, lookedAt), missed: time))
  }

  /// True where a process was looked at while it lived.
  func knows(_ pid: Int32) -> Bool { holdings[pid].map { !$0.isEnding } ?? false }

  /// Takes over what one process has; `time` is when that had been read.
  mutating func add(_ pid: Int32, _ holding: Holding, at time: UInt64) {
    if let old = holdings[pid] {
      for inode in old.sockets where !holding.sockets.contains(inode) {
        drop(inode, of: pid, at: time)
      }
      if holding.isEnding, !old.isEnding { end(pid, old, at: time) }
    }
    holdings[pid] = holding
  }

  private mutating func drop(_ inode: UInt64, of pid: Int32, at time: UInt64) {
    var drops = dropped[inode] ?? []
    drops.removeAll { $0.pid == pid }
    if drops.count >= Self.maximumDrops {
      // Of so many it does not matter whose they were.
      drops = [Drop(pid: 0, time: time)]
    } else {
      drops.append(Drop(pid: pid, time: time))
    }
    dropped[inode] = drops
  }

  /// Whether others than a process have a socket, or have had it since `begin`; nil where that is
  /// not known. Of processes that have come after `end`, no one asks, nor of `others`, which had
  /// ended before.
  func areSeveral(
    of inode: UInt64, besides pid: Int32, number: UInt64, since begin: UInt64, until end: UInt64,
    without others: [Int32] = []
  ) -> Bool? {
    guard isWhole, begin >= forgottenBefore else { return nil }
    let drops = dropped[inode] ?? []
    if drops.contains(where: { $0.time >= begin && $0.pid != pid && !others.contains($0.pid) }) {
      return true
    }
    var isOpaque = false
    for (other, holding) in holdings where other != pid {
      if holding.sockets.contains(inode), !ProcFile.hasBegun(other, after: end) { return true }
      if holding.isOpaque { isOpaque = true }
    }
    // A child may have been given it since it was looked at, and have ended.
    let isMissed = gone.contains {
      $0.number > number && $0.seen < end && $0.missed >= begin && !others.contains($0.pid)
    }
    return isOpaque || isMissed || hidden.mayHave(inode, inheritance) ? nil : false
  }

  /// A process that is not traced and has a socket, or has had it since `begin`, of those that had
  /// come by `end`; nil where none is known. One that has ended may have been traced.
  func outsider(of inode: UInt64, since begin: UInt64, until end: UInt64) -> Int32? {
    // Where there were many, nobody knows who these were.
    let drop = dropped[inode]?.first { $0.time >= begin && $0.pid != 0 && traced[$0.pid] == nil }
    if let drop { return drop.pid }
    return holdings.first {
      $0.value.sockets.contains(inode) && traced[$0.key] == nil
        && !ProcFile.hasBegun($0.key, after: end) && !ProcFile.isTracedByUs($0.key)
    }?.key
  }
}
