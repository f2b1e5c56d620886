import Decoding
import Glibc
import Records

// The end of recording, and letting threads go.
//
// What is attached is left by ending the tracer's thread: the kernel then detaches every thread
// where it is, and no running call is interrupted. But a thread that is detached in the stop at
// the entry of a call enters it with a signal seeming to wait, and gets EINTR. So first every
// thread that stops is let run without further stops, for a moment; and in that moment it shows
// whether signals come that the program ignores.
//
// That is not to be where a launched command is left: without a filter it would be killed by our
// thread's end (EXITKILL); nor where one is kept and what was attached to is left; nor where a
// process is sent signals that it ignores (Tracer+Departure.swift).
extension Tracer {
  /// True when there is nothing to wait for although threads may live on.
  mutating func isDone() -> Bool {
    switch phase {
    case .tracing, .waiting: false
    case .detaching: table.isEmpty
    // A thread that has stopped has still to be brought past the entry of its call.
    case .leaving:
      table.isEmpty || deadline == nil && table.isUndisturbed && !waits.findStops(of: table.tids)
    }
  }

  /// When there is next something to do although nothing happens.
  var nextDeadline: UInt64? {
    let next = min(
      relay.due ?? .max, deadline ?? .max, nextWaitEnd, patienceEnd, jobControl.continueDue,
      reports.lookAfter ?? .max, wordOnSurvivorsDue)
    return next == .max ? nil : next
  }

  mutating func deadlineCame() {
    let now = Clock.monotonic()
    for signal in relay.take(now: now) {
      if let commandPid, outcome.exit == nil { _ = kill(commandPid, signal.rawValue) }
    }
    endWaits(now: now)
    endPatience(now: now)
    continueIfDue(now: now)
    nameSurvivors(now: now)
    reports.lookAfterScribe()
    guard let deadline, now >= deadline else { return }
    guard phase == .leaving else { return endRecording() }
    if table.isAttaching, now < lastDeadline {
      self.deadline = lastDeadline
    } else {
      // A thread that sleeps in a call is not disturbed by being let go as it is, nor is one that
      // cannot be interrupted (vfork, disk).
      self.deadline = nil
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
    expectAnswers()
    reportDetached { _ in true }
    for process in table.processes.values where process.getsIgnoredSignals { depart(process) }
  }

  /// Interrupts are on their way, the answers to which are to be hidden still.
  mutating func expectAnswers() {
    lastDeadline = Clock.monotonic() &+ Self.patience
    deadline = deadline ?? lastDeadline
  }

  private func reportDetached(_ isMeant: (TracedProcess) -> Bool) {
    for process in table.processes.values
    where isMeant(process) && process.departure == .none
      && (process.isRoot || settings.followsChildren)
    {
      report(.detached, pid: process.pid, tid: process.pid) {
        $0.threads = process.threadCount
      }
    }
  }

  /// Nanoseconds, from our coming on, in which it shows whether ignored signals come. A thread that
  /// wakes for one which another thread takes then stops nowhere but at the exit of its call.
  static let listening: UInt64 = 10_000_000
  /// Nanoseconds in which threads may come to their last stop.
  private static let calming: UInt64 = 30_000_000
  /// Nanoseconds in which they may answer an interrupt.
  private static let patience: UInt64 = 300_000_000

  /// Lets every thread go at its next stop.
  mutating func detachAll() {
    guard phase != .detaching else { return }
    phase = .detaching
    deadline = nil
    letGo { _ in true }
  }

  /// Lets the threads of some processes go.
  private mutating func letGo(_ isMeant: (TracedProcess) -> Bool) {
    reportDetached(isMeant)
    for process in table.processes.values where isMeant(process) { depart(process) }
  }
}
