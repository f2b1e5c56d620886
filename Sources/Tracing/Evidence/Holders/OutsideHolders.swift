import Glibc
package import Records

/// Which processes that are not traced have sockets open: what these send on them nobody sees.
///
/// A first look at all processes takes long; from then on those alone are looked at that have run
/// since. For the scribe alone.
@safe package final class OutsideHolders: @unchecked Sendable {
  /// A socket, and since when it matters who had it (CLOCK_MONOTONIC).
  package struct Question {
    let inode: UInt64
    let since: UInt64

    package init(inode: UInt64, since: UInt64) { (self.inode, self.since) = (inode, since) }
  }

  private struct Drop {
    var pid: Int32
    /// When that was found (CLOCK_MONOTONIC).
    var time: UInt64
  }

  private var holdings: [Int32: SocketHolders.Holding] = [:]
  /// Of each socket those that had it at the last look, by inode.
  private var holders: [UInt64: Set<Int32>] = [:]
  /// Who had a socket at a look, and had it no more at a later one.
  private var dropped: [UInt64: Drop] = [:]
  /// When the last look began (CLOCK_MONOTONIC); 0 before the first.
  private var lookedAt: UInt64 = 0
  /// False where that was not at all processes.
  private var isWhole = false
  /// True once there were some that we may not look into.
  private var hasHidden = !ProcFile.isOfInitialPidNamespace
  private var budget = LookBudget()
  /// What the command can have been given, and others that were there before it have as well: it has
  /// made all other sockets of its own, and nobody has these who cannot be looked into.
  private let inherited: Set<UInt64>

  /// What the looks may take when calls fall short, and those before a last word.
  private static let usual = LookBudget.Limit(allowance: 200_000_000, share: 20)
  private static let last = LookBudget.Limit(allowance: 1_000_000_000, share: 10)
  /// Nanoseconds for which one look serves where the next one would cost too much.
  private static let longestGap: UInt64 = 100_000_000
  /// Descriptors that one look may read.
  private static let maximumLooks = 1 << 17
  /// Who dropped a socket is remembered so long, nanoseconds: longer than a tail is waited for.
  private static let memory: UInt64 = 90_000_000_000
  private static let mostDrops = 4096

  package init() {
    inherited =
      SocketHolders.holding(of: getpid(), ringCount: 0, limit: Self.maximumLooks)?.sockets ?? []
  }

  /// Who has each of the sockets and is not traced, or has had it since; by a look that is made now
  /// where it `isLast`. Nil where nobody has.
  package func outsiders(
    _ questions: [Question], isTraced: (Int32) -> Bool, isLast: Bool
  ) -> [Outsider?] {
    let now = Clock.monotonic()
    if budget.allows(isLast ? Self.last : Self.usual) {
      budget.spend { look(isTraced, at: now) }
    }
    let isKnown = isWhole && lookedAt &+ (isLast ? 0 : Self.longestGap) >= now
    return questions.map { question in
      if let pid = holder(of: question, isTraced) { return .holder(pid) }
      return isKnown && !(hasHidden && inherited.contains(question.inode)) ? nil : .unknown
    }
  }

  private func holder(of question: Question, _ isTraced: (Int32) -> Bool) -> Int32? {
    let holder = holders[question.inode]?.first { !isTraced($0) && !ProcFile.isTracedByUs($0) }
    if let holder { return holder }
    guard let drop = dropped[question.inode], drop.time >= question.since, !isTraced(drop.pid)
    else { return nil }
    return drop.pid
  }

  private func look(_ isTraced: (Int32) -> Bool, at now: UInt64) {
    (lookedAt, isWhole) = (now, false)
    guard let names = Folder.names(in: "/proc") else { return }
    // There is always a first process: /proc shows us none but our own (`hidepid`).
    if !names.contains("1") { hasHidden = true }
    let own = getpid()
    var (living, left) = (Set<Int32>(), Self.maximumLooks)
    isWhole = true
    for pid in names.lazy.compactMap({ Int32($0) }) where pid != own && !isTraced(pid) {
      living.insert(pid)
      if let clock = holdings[pid]?.clock, clock == ProcessClock.read(pid) { continue }
      if left > 0,
        let holding = SocketHolders.holding(of: pid, ringCount: 0, limit: left)
      {
        left -= holding.count
        if holding.isHidden { hasHidden = true }
        replace(holdings[pid], by: holding, of: pid, at: now)
      } else {
        noteUnread(pid)
      }
    }
    for (pid, holding) in holdings where !living.contains(pid) {
      replace(holding, by: nil, of: pid, at: now)
    }
    guard dropped.count > Self.mostDrops else { return }
    dropped = dropped.filter { $0.value.time &+ Self.memory > now }
  }

  /// A process could not be looked into, or has more than may be read.
  private func noteUnread(_ pid: Int32) {
    if ProcFile.linkBytes("/proc/\(pid)/exe") != nil {
      isWhole = false
    } else if errno == EACCES, !hasHidden, !ProcFile.isKernelThread(pid) {
      hasHidden = true
    }
  }

  private func replace(
    _ old: SocketHolders.Holding?, by new: SocketHolders.Holding?, of pid: Int32, at now: UInt64
  ) {
    let (before, after) = (old?.sockets ?? [], new?.sockets ?? [])
    for inode in before.subtracting(after) {
      holders[inode]?.remove(pid)
      if holders[inode]?.isEmpty == true { holders[inode] = nil }
      dropped[inode] = Drop(pid: pid, time: now)
    }
    for inode in after.subtracting(before) { holders[inode, default: []].insert(pid) }
    holdings[pid] = new
  }
}
