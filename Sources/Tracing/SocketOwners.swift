import Glibc

/// Who has a socket besides the thread that sends on it, and so may change it during a call.
///
/// Which processes have a file open is told by /proc alone, one descriptor after the other
/// (proc_pid_fd(5)): all of them are looked at together, once in a while, and not for long.
/// Processes of others that we may not look into are taken to leave it alone.
struct SocketOwners {
  /// By the inode of a socket, a process that has it.
  private var owners: [UInt64: Int32] = [:]
  /// Inodes of sockets that more than one process has.
  private var common: Set<UInt64> = []
  /// The processes that were looked at.
  private var known: Set<Int32> = []
  /// Those that have an io_uring, which works for them between two messages.
  private var withRings: Set<Int32> = []
  private var isWhole = false
  private var lookedAt: UInt64?
  private var begunCount: UInt64 = 0
  private var spent: UInt64 = 0
  private let begun = Clock.monotonic()

  /// What the tracer knows of those who may have a socket.
  struct Company {
    /// The processes that have ended during the call; nil where the call's own had other threads when
    /// it began, or that was not seen.
    var ended: ArraySlice<TracedProcess>?
    /// Changes with every process that comes: it may have what its parent has.
    var begunCount: UInt64
    var processes: [Int32: TracedProcess]
  }

  /// Whether others than the one thread of `process` have a socket as well, or may have had it during
  /// the call; nil where that is not known.
  mutating func areSeveral(
    of inode: UInt64, besides process: TracedProcess, _ company: Company
  ) -> Bool? {
    guard let ended = company.ended, Self.isOneThread(process.pid) else { return true }
    let now = Clock.monotonic()
    let isFresh = lookedAt.map { now &- $0 < Self.maximumAge } ?? false
    if !isFresh || begunCount != company.begunCount {
      guard spent <= Self.allowance + (now &- begun) / Self.share else { return nil }
      if !isFresh { lookAtAll() }
      lookAtNew(company.processes.values)
      begunCount = company.begunCount
      spent &+= Clock.monotonic() &- now
    }
    guard isWhole else { return nil }
    if withRings.contains(process.pid) { return true }
    if common.contains(inode) || owners[inode].map({ $0 != process.pid }) ?? false { return true }
    // A younger process may be a child that has had the socket, and is gone or about to be.
    func isMissed(_ other: TracedProcess) -> Bool {
      other.number > process.number && !known.contains(other.pid)
    }
    for other in ended where isMissed(other) { return nil }
    for other in company.processes.values where isMissed(other) { return nil }
    return false
  }

  /// Nanoseconds that an answer holds, that looking may take at first, and the share of all time
  /// that it may take later.
  private static let maximumAge: UInt64 = 1_000_000_000
  private static let allowance: UInt64 = 50_000_000
  private static let share: UInt64 = 50
  /// So many descriptors are looked at; each costs a system call.
  private static let maximumLooks = 1 << 13

  private mutating func lookAtAll() {
    owners.removeAll(keepingCapacity: true)
    common.removeAll(keepingCapacity: true)
    known.removeAll(keepingCapacity: true)
    withRings.removeAll(keepingCapacity: true)
    var left = Self.maximumLooks
    let own = getpid()
    let names = OpenSockets.names(in: "/proc")
    for pid in (names ?? []).lazy.compactMap({ Int32($0) }) where pid != own {
      look(pid, &left)
    }
    isWhole = names != nil && left >= 0
    lookedAt = Clock.monotonic()
  }

  private mutating func lookAtNew(_ traced: Dictionary<Int32, TracedProcess>.Values) {
    var left = Self.maximumLooks
    for process in traced where !known.contains(process.pid) { look(process.pid, &left) }
    if left < 0 { isWhole = false }
  }

  private mutating func look(_ pid: Int32, _ left: inout Int) {
    let folder = "/proc/\(pid)/fd"
    // One that is about to end has none any more, and tells nothing.
    guard left >= 0, let numbers = OpenSockets.names(in: folder), !numbers.isEmpty else { return }
    known.insert(pid)
    left -= numbers.count
    guard left >= 0 else { return }
    for number in numbers {
      guard let link = ProcFile.link("\(folder)/\(number)") else { continue }
      if link == "anon_inode:[io_uring]" { withRings.insert(pid) }
      guard link.hasPrefix("socket:["), let inode = UInt64(link.dropFirst(8).dropLast())
      else { continue }
      if owners[inode].map({ $0 != pid }) ?? false { common.insert(inode) }
      owners[inode] = pid
    }
  }

  /// True where a process has one thread, and none of the kernel's that works for it (io_uring).
  static func isOneThread(_ pid: Int32) -> Bool {
    var status = stat()
    // A link for each thread, and the two of every folder.
    return unsafe stat("/proc/\(pid)/task", &status) == 0 && status.st_nlink == 3
  }
}
