import Decoding
import Glibc
import Records

/// A call with a timeout, which counts from its beginning, however often it is made again.
struct TimedWait {
  var site: CallSite
  /// When it was first entered, as far as that was seen (CLOCK_MONOTONIC).
  var begin: UInt64
  /// When we are to end it, as it has begun anew; nil where the kernel does.
  var end: UInt64?
}

// Calls that wait and that any wake-up ends with EINTR, be there a handler or not.
//
// Untraced, a signal that the program ignores wakes nobody (kernel.md §0.5). So a call that was ended
// by one goes on: it is made again, for as long as it takes. Its timeout would begin anew each time;
// so we know when it began, and when its time is over it returns what it would have returned then.
//
//     entry ─► ignored signal, −4 ─► entry ─► ignored signal, −4 ─► entry ─► our interrupt, −4
//     │◄────────────────────── its timeout ───────────────────────────────►│ made the timeout's result
extension Tracer {
  /// A call is entered, perhaps again.
  func waitEntered(_ thread: TracedThread, _ site: CallSite) {
    if let wait = thread.wait, wait.site == site { return }
    thread.wait = nil
    guard thread.process.stops == .syscall,
      let limit = SystemCallTable.waitLimit(
        architecture: site.architecture, number: site.number,
        argument: { site.arguments[$0] }),
      limit != .forever
    else { return }
    thread.wait = TimedWait(site: site, begin: Clock.monotonic())
  }

  /// A call was left with EINTR, at a stop of its own: true where it goes on, since nothing that is
  /// the program's business has ended it. What woke it may be gone: another thread took the signal,
  /// be it the first that the process ignores, of which nothing has been seen yet.
  mutating func hideWake(
    _ stop: borrowing Stop, _ thread: TracedThread
  ) throws(TraceeError) -> Bool {
    let status = ThreadStatus(stop.tid)
    let signals = PendingSignals(status)
    if let status, anyComesUntraced(signals.ignoredOnes, stop, thread, status) { return false }
    if signals.ignoredOnes != 0 { noteIgnoredSignal(of: thread.process) }
    let process = thread.process
    let isOurDoing =
      process.getsIgnoredSignals || thread.awaitsInterrupt || !process.isStopping
    guard isOurDoing, !signals.canInterrupt, let call = try stop.returningCall() else {
      return false
    }
    return try goOnWaiting(call, stop, thread)
  }

  /// Has a call go on waiting that was left with EINTR, or ends it where its time is over. False
  /// where that cannot be known, and it fails.
  mutating func goOnWaiting(
    _ call: ReturningCall, _ stop: borrowing Stop, _ thread: TracedThread
  ) throws(TraceeError) -> Bool {
    let site = call.site
    guard call.result == Self.eintr,
      let limit = SystemCallTable.waitLimit(
        architecture: site.architecture, number: site.number, argument: { site.arguments[$0] })
    else { return false }
    if limit != .forever {
      guard let duration = nanoseconds(limit, stop, thread) else { return false }
      let now = Clock.monotonic()
      let begin = thread.wait.flatMap { $0.site == site ? $0.begin : nil } ?? now
      let (end, isEndless) = begin.addingReportingOverflow(duration)
      if !isEndless, now >= end {
        thread.wait = nil
        try stop.setResult(SystemCallTable.resultOfTimeout(limit, number: site.number))
        return true
      }
      thread.wait = TimedWait(site: site, begin: begin, end: isEndless ? nil : end)
      if !isEndless { nextWaitEnd = min(nextWaitEnd, end) }
    }
    try stop.repeatCall()
    thread.repeating = call
    expectRestart(of: call, thread)
    return true
  }

  /// Interrupts the threads whose waiting is over and that the kernel would have wait longer.
  mutating func endWaits(now: UInt64) {
    guard now >= nextWaitEnd else { return }
    nextWaitEnd = .max
    for thread in table.threads.values {
      guard let end = thread.wait?.end else { continue }
      if end <= now {
        thread.wait?.end = nil
        interrupt(thread)
      } else {
        nextWaitEnd = min(nextWaitEnd, end)
      }
    }
  }

  /// Nil where it cannot be found out.
  private func nanoseconds(
    _ limit: WaitLimit, _ stop: borrowing Stop, _ thread: TracedThread
  ) -> UInt64? {
    switch limit {
    case .forever: return nil
    case .milliseconds(let count): return count &* 1_000_000
    case .timespec(let address, let size):
      guard let bytes = stop.memory.bytes(at: RemoteAddress(address), count: 2 * size) else {
        return nil
      }
      let (seconds, rest) = (bytes.word(at: 0, size: size), bytes.word(at: size, size: size))
      let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
      return overflow ? .max : whole.addingReportingOverflow(rest).partialValue
    case .socket(let fd, let direction): return timeout(direction, fd, thread)
    case .socketcall(let address, let direction):
      return stop.memory.bytes(at: RemoteAddress(address), count: 4).flatMap {
        timeout(direction, Int32(truncatingIfNeeded: $0.word(at: 0, size: 4)), thread)
      }
    }
  }

  private func timeout(
    _ direction: WaitLimit.Direction, _ fd: Int32, _ thread: TracedThread
  ) -> UInt64? {
    let option = direction == .sending ? SO_SNDTIMEO : SO_RCVTIMEO
    return sockets.timeout(option, fd: fd, of: thread).flatMap { $0 == 0 ? nil : $0 }
  }
}

extension [UInt8] {
  /// A little-endian word of `size` bytes.
  fileprivate func word(at offset: Int, size: Int) -> UInt64 {
    self[offset..<offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
