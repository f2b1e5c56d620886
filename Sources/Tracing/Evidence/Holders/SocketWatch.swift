// Both have the C library's times, and either may count as their module.
import CTracee
import Glibc

/// Looks at who has which sockets, on a thread of its own, when the scribe has a question.
///
/// A look that begins after a call has ended tells who has its socket then; what those have dropped
/// that had it at an earlier look is remembered. Who had it before the call is looked at before it
/// (EvidenceCollector+Acquaintance.swift).
@safe package final class SocketWatch: @unchecked Sendable {
  // Everything below is guarded by `mutex`; `holders` is changed by the looking thread alone where
  // it is not of one process only.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let asked: UnsafeMutablePointer<pthread_cond_t>
  private let answered: UnsafeMutablePointer<pthread_cond_t>
  private var holders = SocketHolders()
  /// What the last look has said of sockets, and of whose.
  private var lastAnswers: [UInt64: (pid: Int32, isShared: Bool?)] = [:]
  private var request: Request?
  private var isRunning = false
  private var begun: UInt64 = 0
  /// Nanoseconds of CPU time that looks have taken, and that the scribe has waited for them.
  private var looking: UInt64 = 0
  private var waiting: UInt64 = 0

  /// What is to be looked at.
  private struct Request {
    /// Not before (CLOCK_MONOTONIC).
    var time: UInt64
    /// The one process that asks; nil where there are several.
    var asker: Int32?
    var ringCount: UInt64
  }

  /// What looks may take at first, and their share of all time later; the same of waits.
  private static let lookAllowance: UInt64 = 1_000_000_000
  private static let lookShare: UInt64 = 20
  private static let waitAllowance: UInt64 = 2_000_000_000
  private static let waitShare: UInt64 = 2
  /// Nanoseconds that one answer is waited for.
  private static let patience: UInt64 = 1_000_000_000
  /// How many descriptors the tracer looks at itself, while a program waits.
  private static let maximumAtOnce = 128
  /// What one process costs besides, in descriptors.
  private static let costOfProcess = 8

  package init() {
    unsafe mutex = .allocate(capacity: 1)
    unsafe asked = .allocate(capacity: 1)
    unsafe answered = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(asked, &attributes)
    unsafe pthread_cond_init(answered, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(answered)
    unsafe pthread_cond_destroy(asked)
    unsafe pthread_mutex_destroy(mutex)
    unsafe answered.deallocate()
    unsafe asked.deallocate()
    unsafe mutex.deallocate()
  }

  private func locked<Value>(_ body: () -> Value) -> Value {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return body()
  }
}

// For the tracer.
extension SocketWatch {
  /// Whether others had a socket at the last look; nil where there was none.
  func lastAnswer(_ inode: UInt64, besides pid: Int32) -> Bool? {
    locked {
      if let known = lastAnswers[inode], known.pid == pid { return known.isShared }
      let isShared = holders.areSeveral(
        of: inode, besides: pid, number: .max, since: holders.lookedAt, until: .max)
      lastAnswers[inode] = (pid, isShared)
      return isShared
    }
  }

  /// Looks at processes at once; returns those that would be too many, or may not be looked at, and
  /// those that were about to end.
  func look(at pids: Set<Int32>, ringCount: UInt64) -> (unseen: [Int32], ending: [Int32]) {
    var left = Self.maximumAtOnce
    var result: (unseen: [Int32], ending: [Int32]) = ([], [])
    for pid in pids {
      switch left > 0 ? look(pid, ringCount, &left) : nil {
      case nil: result.unseen.append(pid)
      case true?: result.ending.append(pid)
      case false?: continue
      }
    }
    return result
  }

  /// How many looks at all processes there have been, and of when what they had open is known
  /// (CLOCK_MONOTONIC).
  var lookAtAll: (count: UInt64, time: UInt64) {
    locked { (holders.looksAtAll, holders.allKnownAt) }
  }

  /// Whether a process has an io_uring; nil where that would take long to find.
  func hasRing(_ pid: Int32, ringCount: UInt64) -> Bool? {
    var left = Self.maximumAtOnce
    let isKnown = locked { holders.holdings[pid].map { $0.ringCount == ringCount } ?? false }
    guard isKnown || look(pid, ringCount, &left) == false else { return nil }
    return locked { holders.holdings[pid]?.hasRing }
  }

  /// Whether it was about to end; nil where it was not looked at.
  private func look(_ pid: Int32, _ ringCount: UInt64, _ left: inout Int) -> Bool? {
    let now = Clock.monotonic()
    let found = SocketHolders.holding(of: pid, ringCount: ringCount, limit: left)
    left -= Self.costOfProcess + (found?.count ?? left)
    guard var holding = found else { return nil }
    holding.time = now
    // What it has dropped it may have dropped until now.
    locked { holders.add(pid, holding, at: Clock.monotonic()) }
    return holding.isEnding
  }

  /// The traced processes, by number: what they are given matters where they end soon after.
  func note(traced: [Int32: UInt64]) { locked { holders.traced = traced } }

  /// What the command had been given, where nothing else is traced than it and what comes of it.
  func note(_ inheritance: SocketHolders.Inheritance) {
    locked { holders.inheritance = inheritance }
  }

  /// Begins a look at all processes without anyone waiting for it, by which it is known what they
  /// have now.
  func prepare() {
    locked {
      let time = holders.holdings.isEmpty ? 0 : Clock.monotonic() &+ ProcessClock.tick
      ask(for: Request(time: time, asker: nil, ringCount: 0))
    }
  }
}

// For the scribe.
extension SocketWatch {
  /// Waits for a look that began after the end of a call, though not for long.
  func answer(_ question: SocketQuestion) -> Bool? {
    locked {
      let time = question.end &+ ProcessClock.tick
      if holders.lookedAt < time { wait(for: question, time) }
      guard holders.lookedAt >= time, question.unknown.allSatisfy(holders.knows)
      else { return nil }
      if question.hasRing ?? holders.holdings[question.pid]?.hasRing ?? true { return true }
      return holders.areSeveral(
        of: question.inode, besides: question.pid, number: question.number,
        since: question.begin, until: question.end, without: question.gone)
    }
  }

  /// A process that is not traced and has had the socket during a call, as far as is known by now.
  func outsider(_ question: SocketQuestion) -> Int32? {
    locked { holders.outsider(of: question.inode, since: question.begin, until: question.end) }
  }

  private func wait(for question: SocketQuestion, _ time: UInt64) {
    let now = Clock.monotonic()
    if begun == 0 { begun = now }
    let allowed = Self.waitAllowance &+ (now &- begun) / Self.waitShare
    guard waiting < allowed else { return }
    let end = now &+ min(Self.patience, allowed &- waiting)
    // Where looks take long, the next one is not to begin before that.
    guard earliest(now) < end else { return }
    var limit = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
    while holders.lookedAt < time {
      ask(for: Request(time: time, asker: question.pid, ringCount: question.ringCount))
      guard isRunning, unsafe pthread_cond_timedwait(answered, mutex, &limit) == 0 else { break }
    }
    waiting &+= Clock.monotonic() &- now
  }

  private func ask(for new: Request) {
    if let old = request {
      request = Request(
        time: max(old.time, new.time), asker: old.asker == new.asker ? new.asker : nil,
        ringCount: max(old.ringCount, new.ringCount))
    } else {
      request = new
    }
    if !isRunning { isRunning = HelperThread.start { self.run() } }
    unsafe pthread_cond_signal(asked)
  }
}

// The thread.
extension SocketWatch {
  private func run() -> Never {
    // Behind the program and those who trace it.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
    unsafe pthread_mutex_lock(mutex)
    while true {
      guard let next = request else {
        unsafe pthread_cond_wait(asked, mutex)
        continue
      }
      let now = Clock.monotonic()
      let due = max(next.time, earliest(now))
      if now < due {
        var limit = timespec(tv_sec: Int(due / 1_000_000_000), tv_nsec: Int(due % 1_000_000_000))
        unsafe pthread_cond_timedwait(asked, mutex, &limit)
        continue
      }
      request = nil
      // A copy, which shares what it holds until something is changed.
      let known = holders
      unsafe pthread_mutex_unlock(mutex)
      let found = known.look(asker: next.asker, ringCount: next.ringCount)
      unsafe pthread_mutex_lock(mutex)
      holders.take(found, at: now, until: Clock.monotonic())
      lastAnswers.removeAll(keepingCapacity: true)
      looking = Clock.ownThread()
      unsafe pthread_cond_broadcast(answered)
    }
  }

  /// When the next look may begin.
  private func earliest(_ now: UInt64) -> UInt64 {
    if begun == 0 { begun = now }
    let over = looking &- min(looking, Self.lookAllowance)
    return begun &+ over &* Self.lookShare
  }

  private static let niceness: Int32 = 5
}
