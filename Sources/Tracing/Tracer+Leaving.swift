import Decoding
import Glibc
import Records

// Beginning, ending, and the signals that ask for it.
//
// What is attached is left by ending the tracer's thread: the kernel then detaches every thread
// where it is, and no running call is interrupted. But a thread that is detached in the stop at
// the entry of a call enters it with a signal seeming to wait, and gets EINTR. So first every
// thread that stops is let run without further stops, for a moment.
//
// A launched command without a filter would be killed by our thread's end (EXITKILL): its threads
// are interrupted and let go one by one, at other stops than entries.
extension Tracer {
  /// Attaches to what is to be attached to, and says that the trace begins.
  mutating func begin() {
    // A thread stands for its process.
    var processes: [Int32] = []
    for pid in processesToAttach.map({ ProcFile.process(ofThread: $0) ?? $0 })
    where !processes.contains(pid) { processes.append(pid) }
    let results = processes.map { (pid: $0, result: attach(to: $0)) }
    var pids = commandPid.map { [$0] } ?? []
    for case (let pid, .attached) in results { pids.append(pid) }
    outcome.attachedNone = !processesToAttach.isEmpty && pids.isEmpty
    if !pids.isEmpty {
      let stops = commandPid.flatMap { table[process: $0]?.stops } ?? .syscall
      reports.push(.started(time: Clock.realtime(), pids: pids, stops: stops))
    }
    for (pid, result) in results {
      switch result {
      case .attached(let threads):
        report(.attached, pid: pid, tid: pid) {
          $0.comm = ProcFile.comm(ofThread: pid)
          $0.threads = threads.count
        }
      case .refused(let refusal):
        warn("\(pid): \(refusal.sentence)")
        guard !pids.isEmpty else { continue }
        report(.refused, pid: pid, tid: pid) { $0.why = refusal.sentence }
      }
    }
    if let duration = settings.maximumDuration {
      deadline = Clock.monotonic().addingReportingOverflow(duration).partialValue
    }
  }

  private mutating func attach(to pid: Int32) -> Attachment.Result {
    let result = Attachment.seize(pid)
    if case .attached(let threads) = result {
      table.addRoot(pid, threads: threads, stops: .syscall)
      for tid in threads { table[thread: tid]?.isInterrupted = true }
      table[process: pid]?.executable = ProcFile.executable(ofProcess: pid)
    }
    return result
  }

  /// A thread's first stop, the end of a group-stop, or the answer to an interrupt of ours.
  mutating func interrupted(
    _ stop: borrowing Stop, _ thread: TracedThread
  ) throws(TraceeError) {
    if thread.process.pid == commandPid { jobControl.commandIsStopped = false }
    guard thread.isInterrupted else { return }
    thread.isInterrupted = false
    guard let call = try stop.returningCall() else { return }
    if call.result > 0 {
      recordCutCall(call, stop, thread)
    } else {
      try hideInterrupt(stop)
    }
  }

  /// Where our interrupt made a call return EINTR, which only a signal may: makes the thread make
  /// the call again. A relative timeout then begins anew.
  private func hideInterrupt(_ stop: borrowing Stop) throws(TraceeError) {
    guard let call = try stop.returningCall(), call.result == Int64(-EINTR),
      SystemCallTable.canBeRepeated(
        architecture: call.site.architecture, number: call.site.number),
      !PendingSignals.ofThread(stop.tid).canInterrupt
    else { return }
    try stop.repeatCall()
  }

  /// A signal was sent to us: from a terminal the command has it too, from a process it has not.
  mutating func signalArrived(_ signal: Signal, fromKernel: Bool) {
    if signal.isStop { return stopRequested(by: signal, fromKernel: fromKernel) }
    guard let commandPid else {
      outcome.leftBy = outcome.leftBy ?? signal
      phase = .leaving
      return endRecording()
    }
    if fromKernel, outcome.exit == nil { return }
    requestsToEnd += 1
    if requestsToEnd == 1, outcome.exit == nil {
      _ = kill(commandPid, signal.rawValue)
    } else if table.canBeLetGo {
      outcome.leftBy = signal
      detachAll()
    } else {
      warn(
        "cannot let go of \(table.processes.count) processes: without the tracer their seccomp"
          + " filter makes each sendmmsg fail with ENOSYS: waiting for their end (SIGKILL to"
          + " mmsgtrace ends them)")
    }
  }

  private mutating func stopRequested(by signal: Signal, fromKernel: Bool) {
    guard let commandPid, outcome.exit == nil else {
      return warn("\(signal.name): not stopping, as the traced processes would stop with it")
    }
    jobControl.isWanted = true
    if !fromKernel { _ = kill(commandPid, signal.rawValue) }
  }

  mutating func deadlineCame() {
    guard phase == .leaving else { return endRecording() }
    if table.isAttaching, Clock.monotonic() < lastDeadline {
      deadline = lastDeadline
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
    guard phase == .leaving else { return }
    deadline = Clock.monotonic() &+ Self.calming
    // Interrupts that are on their way are to be hidden still.
    lastDeadline = Clock.monotonic() &+ Self.patience
    for process in table.processes.values where process.isRoot || settings.followsChildren {
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
    phase = .detaching
    for thread in table.threads.values { interrupt(thread) }
  }

  func interrupt(_ thread: TracedThread) {
    Attachment.interrupt(thread.tid)
    thread.isInterrupted = true
  }

  /// Lets go of a thread; the calls it is in are not seen to end.
  mutating func detach(
    _ stop: borrowing Stop, _ thread: TracedThread, delivering signal: Signal? = nil
  ) throws(TraceeError) -> Disposition {
    try hideInterrupt(stop)
    finished += thread.takeCalls()
    return .detach(delivering: signal)
  }
}

extension Signal {
  /// SIGTSTP, SIGTTIN, SIGTTOU.
  var isStop: Bool { (SIGTSTP...SIGTTOU).contains(rawValue) }
}
