// CTracee and Glibc both have the C library's times, and either may count as their module.
import CTracee
import Decoding
import Glibc
import Records

/// The way from the tracer's thread to the scribe's: nothing is lost, and the bytes on it are
/// bounded. When it is full the tracer waits.
@safe package final class ReportQueue: @unchecked Sendable {
  private let budget: Int
  // Everything below is guarded by `mutex`.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let filled: UnsafeMutablePointer<pthread_cond_t>
  private let drained: UnsafeMutablePointer<pthread_cond_t>
  private var reports: [TraceReport] = []
  private var bytes = 0
  private var waits: UInt64 = 0
  private var spares: [RecordedCall] = []
  private var spareBytes = 0
  private var scribe = Scribe.works
  private var priority = ScribePriority()
  /// False where it is in nobody's way.
  private var mayGiveWay = true
  /// True while the tracer waits for it, and behind the last report.
  private var isAwaited = false
  // Of the calls that wait.
  private var calls = 0
  private var messages = 0

  /// What the other thread does: waking it costs the tracer time, and a CPU that the tracee needs.
  private enum Scribe {
    case works
    /// Nothing to do: the next report wakes it.
    case isIdle
    /// Lets reports gather: a full measure of them wakes it.
    case gathers
  }

  /// Bytes that are worth waking the scribe for before its time.
  private static let measure = 1 << 20
  /// Nanoseconds in which reports gather.
  private static let gathering: UInt64 = 20_000_000

  /// The scribe is behind where more than one part in so many of the budget is taken.
  private static let backlog = 4

  /// Calls that are kept for reuse: as many as gather between two turns of the scribe, and what
  /// they held.
  private static let maximumSpares = 4096
  private static let maximumSpareBytes = 16 << 20

  /// A queue that holds `budget` bytes, or one report where that is larger.
  package init(budget: Int) {
    self.budget = budget
    unsafe mutex = .allocate(capacity: 1)
    unsafe filled = .allocate(capacity: 1)
    unsafe drained = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(filled, &attributes)
    unsafe pthread_cond_init(drained, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(drained)
    unsafe pthread_cond_destroy(filled)
    unsafe pthread_mutex_destroy(mutex)
    unsafe drained.deallocate()
    unsafe filled.deallocate()
    unsafe mutex.deallocate()
  }

  /// Adds a report; waits while the queue is full.
  package func push(_ report: consuming TraceReport) {
    let (cost, isUrgent) = (report.footprint, report.isUrgent)
    unsafe pthread_mutex_lock(mutex)
    let isLast = report.isLast
    if isLast { isAwaited = true }
    hurry(ifBehind: isLast || bytes + cost > budget / Self.backlog)
    if bytes > 0, bytes + cost > budget {
      waits += 1
      unsafe pthread_cond_signal(filled)
      waitUntil { bytes + cost <= budget }
    }
    bytes += cost
    if case .call(let call) = report {
      calls += 1
      messages += call.read { $0.arguments?.entryCount ?? 0 }
    }
    reports.append(report)
    let wake: Bool
    switch scribe {
    case .works: wake = false
    case .isIdle: wake = true
    case .gathers: wake = bytes >= min(Self.measure, budget / 2) || isUrgent
    }
    unsafe pthread_mutex_unlock(mutex)
    if wake { unsafe pthread_cond_signal(filled) }
  }

  /// A call to fill, with the storage of an old one where there is one.
  package func spare() -> RecordedCall {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    guard let call = spares.popLast() else { return RecordedCall() }
    spareBytes -= call.storage
    return call
  }

  /// Swaps all waiting reports into `batch`, which must be empty.
  ///
  /// Waits until there are some, and then for more to gather for 20 ms, unless there are many or
  /// one that is urgent; or until CLOCK_MONOTONIC is at `deadline`, whichever comes first.
  package func take(into batch: inout [TraceReport], deadline: UInt64?) {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    scribe = .isIdle
    while reports.isEmpty, waitForReports(until: deadline) {}
    if !reports.isEmpty, bytes < min(Self.measure, budget / 2),
      !reports.contains(where: \.isUrgent)
    {
      scribe = .gathers
      let end = min(Clock.monotonic() &+ Self.gathering, deadline ?? .max)
      _ = waitForReports(until: end)
    }
    scribe = .works
    swap(&batch, &reports)
    priority.begin(
      calls: mayGiveWay && !isAwaited ? calls : 0, messages: messages, now: Clock.monotonic())
    calls = 0
    messages = 0
  }

  /// False where tracer and program have a CPU to themselves: then the scribe is in nobody's way.
  /// It holds from what it takes next.
  func letScribeGiveWay(_ mayGiveWay: Bool) {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    self.mayGiveWay = mayGiveWay
  }

  /// Waits until enough has been dealt with, or all; the mutex is held.
  private func waitUntil(_ isEnough: () -> Bool) {
    let wasAwaited = isAwaited
    isAwaited = true
    while bytes > 0, !isEnough() { unsafe pthread_cond_wait(drained, mutex) }
    isAwaited = wasAwaited
  }

  /// Gives the scribe the priority of everyone again once it is behind, or its time is over.
  private func hurry(ifBehind isBehind: Bool) {
    guard let end = priority.end, case .works = scribe else { return }
    let now = Clock.monotonic()
    if isBehind || now >= end { priority.fallBehind(now: now) }
  }

  /// When the scribe is to be looked after again; nil for never.
  package var lookAfter: UInt64? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    if case .works = scribe { return priority.end }
    return nil
  }

  /// Does so.
  package func lookAfterScribe() {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    hurry(ifBehind: false)
  }

  /// False when the time is over.
  private func waitForReports(until deadline: UInt64?) -> Bool {
    guard let deadline else { return unsafe pthread_cond_wait(filled, mutex) == 0 }
    var time = timespec(
      tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
    return unsafe pthread_cond_timedwait(filled, mutex, &time) == 0
  }

  /// Says that a report has been dealt with: its bytes are free again.
  package func finish(_ report: consuming TraceReport) {
    let cost = report.footprint
    var spare: RecordedCall?
    if case .call(let call) = report {
      // Emptied here, off the tracer's path.
      call.reset()
      spare = call
    }
    unsafe pthread_mutex_lock(mutex)
    bytes -= cost
    if let spare, spares.count < Self.maximumSpares,
      spareBytes + spare.storage <= Self.maximumSpareBytes
    {
      spareBytes += spare.storage
      spares.append(spare)
    }
    unsafe pthread_mutex_unlock(mutex)
    unsafe pthread_cond_signal(drained)
  }

  /// Waits until every report has been dealt with.
  package func waitUntilEmpty() {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    hurry(ifBehind: true)
    waitUntil { false }
  }

  /// True while the scribe is at work, which takes a CPU.
  package var isBeingWorkedOff: Bool {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    if case .works = scribe { return true }
    return false
  }

  /// How often the tracer had to wait.
  package var waitCount: UInt64 {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return waits
  }
}
