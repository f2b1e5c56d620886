import CTracee
import Glibc

/// Which processes have which sockets open, as /proc tells it (proc_pid_fd(5)).
///
/// Each descriptor costs a system call, so that what a process has is read again only once it has
/// run: a process that has not run has opened and closed nothing. Processes of others that we may not
/// look into are taken to leave our sockets alone.
struct SocketHolders {
  /// What one process has.
  struct Holding {
    var sockets: Set<UInt64> = []
    /// An io_uring, whose kernel threads work for the process.
    var hasRing = false
    /// A ring would not say which files are registered with it.
    var isOpaque = false
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
  private var dropped: [UInt64: Drop] = [:]
  /// What was dropped before is forgotten (CLOCK_MONOTONIC).
  private var forgottenBefore: UInt64 = 0
  private var isWhole = false
  /// When the last look began.
  private(set) var lookedAt: UInt64 = 0
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

  /// When that was found last (CLOCK_MONOTONIC), and of whom; and when of anyone else.
  private struct Drop {
    var time: UInt64
    var pid: Int32
    var othersTime: UInt64 = 0
  }

  /// What a look has found that is to be taken over.
  struct Findings {
    var living: Set<Int32> = []
    var changed: [Int32: Holding] = [:]
    var isWhole = true
  }

  /// So many descriptors of all processes are kept in mind.
  private static let maximumKnown = 1 << 21
  /// What was dropped is remembered so long, nanoseconds.
  private static let memory: UInt64 = 60_000_000_000

  /// Looks at all processes but ours, and but `asker` where it has made no ring since: what it has
  /// itself does not matter.
  func look(asker: Int32?, ringCount: UInt64) -> Findings {
    var found = Findings()
    let own = getpid()
    guard let names = OpenSockets.names(in: "/proc") else {
      found.isWhole = false
      return found
    }
    var left = Self.maximumKnown
    for pid in names.lazy.compactMap({ Int32($0) }) where pid != own {
      found.living.insert(pid)
      if let known = holdings[pid] {
        left -= known.count
        if let clock = known.clock, clock == ProcessClock.read(pid) { continue }
        if pid == asker, known.ringCount == ringCount, !known.hasRing { continue }
      }
      guard let holding = Self.holding(of: pid, ringCount: ringCount, limit: Self.maximumKnown)
      else { continue }
      left -= holding.count
      guard left >= 0 else {
        found.isWhole = false
        return found
      }
      found.changed[pid] = holding
    }
    return found
  }

  /// Takes over what a look has found that began at `time`.
  mutating func take(_ found: Findings, at time: UInt64) {
    isWhole = found.isWhole
    if found.isWhole {
      for (pid, holding) in holdings where !found.living.contains(pid) {
        for inode in holding.sockets { drop(inode, of: pid, at: time) }
        if !holding.isEnding { end(pid, holding, at: time) }
        holdings[pid] = nil
      }
    }
    for (pid, holding) in found.changed { add(pid, holding, at: time) }
    lookedAt = time
    guard time > Self.memory else { return }
    let limit = time - Self.memory
    if forgottenBefore &+ Self.memory / 4 < limit {
      dropped = dropped.filter { $0.value.time >= limit }
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

  /// Takes over what one process has.
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
    var found = Drop(time: time, pid: pid)
    if let known = dropped[inode] {
      found.othersTime = known.pid == pid ? known.othersTime : known.time
    }
    dropped[inode] = found
  }

  /// Whether others than a process have a socket, or have had it since `begin`; nil where that is not
  /// known. Of processes that have come after `end`, no one asks, nor of `others`, which had ended
  /// before.
  func areSeveral(
    of inode: UInt64, besides pid: Int32, number: UInt64, since begin: UInt64, until end: UInt64,
    without others: [Int32] = []
  ) -> Bool? {
    guard isWhole, begin >= forgottenBefore else { return nil }
    if let drop = dropped[inode] {
      let isOfNone = drop.pid == pid || others.contains(drop.pid)
      if (isOfNone ? drop.othersTime : drop.time) >= begin { return true }
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
    return isOpaque || isMissed ? nil : false
  }

  /// What a process has open; nil where we may not look, it is gone, or it has more than `limit`.
  static func holding(of pid: Int32, ringCount: UInt64, limit: Int) -> Holding? {
    var holding = Holding()
    holding.clock = ProcessClock.read(pid)
    holding.ringCount = ringCount
    guard read("/proc/\(pid)", into: &holding, limit) else { return nil }
    // Gone before the descriptors are (`do_exit`), and the kernel's own threads have none.
    guard ProcFile.executable(ofProcess: pid) == nil else { return holding }
    // The first thread may have ended before the others.
    let threads = ProcFile.threads(ofProcess: pid)
    for thread in threads where threads.count > 1 && holding.count == 0 {
      _ = read("/proc/\(pid)/task/\(thread)", into: &holding, limit)
    }
    holding.isEnding = threads.count < 2 || holding.count == 0
    return holding
  }

  private static func read(
    _ process: String, into holding: inout Holding, _ limit: Int
  ) -> Bool {
    guard let folder = unsafe opendir("\(process)/fd") else { return false }
    defer { _ = unsafe closedir(folder) }
    let place = unsafe dirfd(folder)
    return unsafe withUnsafeTemporaryAllocation(byteCount: linkSize, alignment: 1) { buffer in
      guard let base = buffer.baseAddress else { return false }
      while let entry = unsafe readdir(folder) {
        let length = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
            unsafe readlinkat(place, $0, base.assumingMemoryBound(to: CChar.self), buffer.count)
          }
        }
        // Not a link: the folder itself, and the one above.
        guard length > 0 else { continue }
        holding.count += 1
        guard holding.count <= limit else { return false }
        let link = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<length])
        if let inode = unsafe socketInode(link) {
          holding.sockets.insert(inode)
        } else if unsafe link.elementsEqual(ringName) {
          holding.hasRing = true
          let number = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
          }
          readRing("\(process)/fdinfo/\(number)", into: &holding)
        }
      }
      return true
    }
  }

  /// The files that are registered with an io_uring are open without a descriptor.
  private static func readRing(_ path: String, into holding: inout Holding) {
    guard let text = ProcFile.text(path), text.contains("UserFiles:") else {
      holding.isOpaque = true
      return
    }
    // `    0: socket:[4711]`
    for line in text.split(separator: "\n") {
      guard let name = line.split(separator: " ").last, name.hasPrefix("socket:["),
        let inode = UInt64(name.dropFirst(8).dropLast())
      else { continue }
      holding.sockets.insert(inode)
    }
  }

  /// Room for the names of sockets and rings; others are cut off.
  private static let linkSize = 64
  private static let socketName = Array("socket:[".utf8)
  private static let ringName = Array("anon_inode:[io_uring]".utf8)

  /// Of `socket:[4711]`.
  private static func socketInode(_ link: UnsafeRawBufferPointer) -> UInt64? {
    guard unsafe link.starts(with: socketName), unsafe link.last == UInt8(ascii: "]") else {
      return nil
    }
    let digits = unsafe link[socketName.count..<(link.count - 1)]
    return unsafe UInt64(String(decoding: digits, as: UTF8.self))
  }
}
