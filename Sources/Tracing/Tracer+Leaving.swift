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

  /// A signal was sent to us; it is the command's, where there is one.
  mutating func signalArrived(_ sent: SignalRelay.Sent) {
    let now = Clock.monotonic()
    guard !relay.isEcho(sent, now: now) || sent.sender == nil else { return }
    if sent.signal.isStop { return stopRequested(sent) }
    if sent.signal.isMessage {
      if commandPid != nil, outcome.exit == nil, !commandHas(sent) { relay.keep(sent, now: now) }
      return
    }
    guard commandPid != nil else {
      outcome.leftBy = outcome.leftBy ?? sent.signal
      phase = .leaving
      return endRecording()
    }
    if outcome.exit == nil, commandHas(sent) { return }
    requestsToEnd += 1
    if requestsToEnd == 1, outcome.exit == nil {
      relay.keep(sent, now: now)
    } else if table.canBeLetGo {
      outcome.leftBy = sent.signal
      detachAll()
    } else {
      warn(
        "cannot let go of \(table.processes.count) processes: without the tracer their seccomp"
          + " filter makes each sendmmsg fail with ENOSYS: waiting for their end (SIGKILL to"
          + " mmsgtrace ends them)")
    }
  }

  /// True where the command has a signal that we have: from a terminal, whose keys go to the whole
  /// group, or from itself. Only the end of a terminal is told to the session's leader alone.
  private func commandHas(_ sent: SignalRelay.Sent) -> Bool {
    guard let sender = sent.sender else {
      return sent.signal != .hangup || getsid(0) != getpid()
    }
    return table[process: sender] != nil
  }

  private mutating func stopRequested(_ sent: SignalRelay.Sent) {
    guard commandPid != nil, outcome.exit == nil else {
      return warn("\(sent.signal.name): not stopping, as the traced processes would stop with it")
    }
    jobControl.isWanted = true
    if !commandHas(sent) { relay.keep(sent, now: Clock.monotonic()) }
  }

  /// A signal is about to be delivered to a traced thread.
  mutating func signalDelivered(
    _ stop: borrowing Stop, _ thread: TracedThread, _ signal: Signal
  ) throws(TraceeError) {
    if let call = thread.interrupted.last {
      call.enterHandler(ofCaught: PendingSignals.ofThread(stop.tid).isCaught(signal))
    }
    guard thread.process.pid == commandPid else { return }
    let sent = SignalRelay.Sent(signal: signal, sender: try stop.signalSender())
    relay.isDelivered(sent, now: Clock.monotonic())
    // Stopped by someone else, it is continued by someone else, who does not know of us.
    if signal == .stop, let sender = sent.sender, table[process: sender] == nil {
      jobControl.isWanted = false
    }
  }

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
    guard phase == .leaving else { return }
    deadline = Clock.monotonic() &+ Self.calming
    // Interrupts that are on their way are to be hidden still.
    lastDeadline = Clock.monotonic() &+ Self.patience
    reportDetached()
  }

  private func reportDetached() {
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
    guard phase != .detaching else { return }
    phase = .detaching
    reportDetached()
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

  /// SIGUSR1, SIGUSR2, SIGALRM: nothing to us, and for the command to understand.
  var isMessage: Bool { [SIGUSR1, SIGUSR2, SIGALRM].contains(rawValue) }
}
