import Decoding
import Glibc
import Records

// The end of recording, and letting threads go.
//
// What is attached is left by ending the tracer's thread: the kernel then detaches every thread
// where it is, and no running call is interrupted. But a thread that is detached in the stop at
// the entry of a call enters it with a signal seeming to wait, and gets EINTR. So first every
// thread that stops is let run without further stops, for a moment.
//
// That is not to be where a launched command is left: without a filter it would be killed by our
// thread's end (EXITKILL); nor where one is kept and what was attached to is left. Then the threads
// are interrupted and let go one by one, at other stops than entries.
extension Tracer {
  /// When there is next something to do although nothing happens.
  var nextDeadline: UInt64? {
    guard let due = relay.due else { return deadline }
    return min(due, deadline ?? .max)
  }

  mutating func deadlineCame() {
    let now = Clock.monotonic()
    for signal in relay.take(now: now) {
      if let commandPid, outcome.exit == nil { _ = kill(commandPid, signal.rawValue) }
    }
    guard let deadline, now >= deadline else { return }
    guard phase == .leaving else { return endRecording() }
    if table.isAttaching, now < lastDeadline {
      self.deadline = lastDeadline
    } else {
      // A thread that sleeps in a call is not disturbed by being let go as it is, nor is one that
      // cannot be interrupted (vfork, disk).
      table.disturbNoMore()
    }
  }

  /// The limit of time or calls is reached, or we were told to leave.
  mutating func endRecording() {
    finishCalls()
    if phase == .tracing { phase = commandPid == nil ? .leaving : .waiting }
    deadline = nil
    guard phase == .leaving else { return letGo { $0.isAttached } }
    deadline = Clock.monotonic() &+ Self.calming
    // Interrupts that are on their way are to be hidden still.
    lastDeadline = Clock.monotonic() &+ Self.patience
    reportDetached { _ in true }
  }

  private func reportDetached(_ isMeant: (TracedProcess) -> Bool) {
    for process in table.processes.values
    where isMeant(process) && (process.isRoot || settings.followsChildren) {
      report(.detached, pid: process.pid, tid: process.pid) {
        $0.threads = process.threadCount
      }
    }
  }

  /// Nanoseconds in which threads may come to their last stop.
  private static let calming: UInt64 = 30_000_000
  /// Nanoseconds in which they may answer an interrupt.
  private static let patience: UInt64 = 300_000_000

  /// Lets every thread go at its next stop.
  mutating func detachAll() {
    guard phase != .detaching else { return }
    phase = .detaching
    letGo { _ in true }
  }

  /// Brings the threads of some processes to a stop, at which they are let go.
  private func letGo(_ isMeant: (TracedProcess) -> Bool) {
    reportDetached(isMeant)
    for thread in table.threads.values where isMeant(thread.process) { interrupt(thread) }
  }

  /// True where a thread's next stop is its last.
  func isLetGo(_ thread: TracedThread) -> Bool {
    phase == .detaching || phase == .waiting && thread.process.isAttached
  }

  /// Lets go of a thread; the calls it is in are not seen to end.
  mutating func detach(
    _ stop: borrowing Stop, _ thread: TracedThread, delivering signal: Signal? = nil
  ) throws(TraceeError) -> Disposition {
    // A signal that is not ignored ends calls, traced or not.
    let isIgnored = signal.map { PendingSignals.ofThread(stop.tid).ignores($0) } ?? true
    if isIgnored { _ = try hideInterrupt(stop, thread) }
    finished += thread.takeCalls()
    return .detach(delivering: signal)
  }
}
