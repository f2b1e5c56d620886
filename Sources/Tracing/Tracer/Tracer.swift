import Glibc
import Records

/// Follows the threads of a launched command, or of processes that run already, and reports the
/// `sendmmsg` calls they make.
///
/// All of it runs on one thread, since ptrace(2) belongs to a thread; when that thread ends, the
/// kernel lets go of whatever is still attached. It waits, copies what a call is about, and lets
/// the tracee run on; it formats nothing and writes nothing.
package struct Tracer: ~Copyable {
  let settings: Settings
  let reports: ReportQueue
  var waits: WaitQueue
  var table = ThreadTable()
  var capture: Capture
  var sockets = SocketInspector()
  let kernelEvidence: KernelEvidence?
  var evidence = EvidenceCollector()
  var outcome = Outcome()
  var phase = Phase.tracing

  /// The launched command.
  var child: LaunchedChild?
  let commandPid: Int32?
  /// True once the command's own program runs in the child.
  var commandRuns = false
  /// Processes that are to be attached to when the command runs, or at once.
  let processesToAttach: [Int32]

  /// True once a traced process has made a userfaultfd(2): from then on no page is waited for in
  /// any of them, since children inherit what it does, and others share their parent's memory.
  var pagesMayBeKeptBack = false
  /// How many io_urings traced processes have made, or tried to.
  var ringCount: UInt64 = 0

  /// How many calls were entered, and how many of them ended.
  var sequence: UInt64 = 0
  var endedCalls: UInt64 = 0
  /// How many calls are under way or about to be reported.
  var heldCalls: UInt64 { sequence &- endedCalls }
  /// Bytes that the calls hold which have not ended.
  var heldBytes = 0
  /// Calls that ended in the stop at hand, reported when the thread runs again.
  var finished: [RecordedCall] = []
  /// Threads that have been seen to in their stops, and are still in them.
  var seenTo: [TracedThread] = []
  /// Threads about which more is to be asked once they run.
  var threadsToAskAbout: [TracedThread] = []
  /// When recording ends, or when to go (CLOCK_MONOTONIC); nil for never.
  var deadline: UInt64?
  /// Until when other sends may take unsent messages up; 0 for not at all.
  var retriesExpectedUntil: UInt64 = 0
  /// Until when threads stop at their calls even though we are to leave.
  var listeningEnd: UInt64 = 0
  /// When to go even if interrupts are on their way.
  var lastDeadline: UInt64 = 0
  /// When the first wait is over that we are to end; .max for never.
  var nextWaitEnd = UInt64.max
  /// When threads are let go although their process's first one has not been; .max for never.
  var patienceEnd = UInt64.max

  /// The command and we on one CPU; nil where that is not so.
  var colocation: Colocation?
  var jobControl = JobControl()
  var relay = SignalRelay()
  /// Signals that told us to end.
  var requestsToEnd = 0
  /// The last word on why we stay in spite of that.
  var reasonToStay = ""
  private var warningsLeft = 20

  /// When to say whom we wait for behind the command's end; .max for never.
  var wordOnSurvivorsDue = UInt64.max

  /// What the tracer is about.
  enum Phase {
    case tracing
    /// Recording is over, and the command runs on to its end; what was attached to is let go.
    case waiting
    /// Letting every thread go, stop by stop.
    case detaching
    /// Going as soon as no thread can be caught in a stop by it.
    case leaving
  }

  /// Launches `request`, if there is one. Its launch and the waiting belong to this thread.
  package init(
    settings: Settings, launch request: LaunchRequest?, attachTo processes: [Int32],
    mailbox: SignalMailbox, reports: ReportQueue, traceInstance: TraceInstance? = nil
  ) throws(LaunchError) {
    self.settings = settings
    self.reports = reports
    waits = WaitQueue(mailbox: mailbox)
    capture = Capture(payloadLimit: settings.payloadLimit)
    processesToAttach = processes
    kernelEvidence = Self.listen(
      by: traceInstance, launches: request != nil, processes: processes, reports)
    if let request {
      let child = try LaunchedChild(request)
      commandPid = child.pid
      table.addRoot(child.pid, threads: [child.pid], stops: request.stops)
      self.child = consume child
    } else {
      commandPid = nil
      child = nil
    }
  }

  /// Traces until nothing is left to trace, or until it is time to leave.
  package mutating func run() -> Outcome {
    if commandPid == nil {
      beginTrace()
      if outcome.attachedNone { return outcome }
    }
    while !isDone() {
      waits.hasOtherWork = reports.isBeingWorkedOff
      switch waits.next(threads: table.tids, deadline: nextDeadline) {
      case .stopped(let stop): handle(stop)
      case .ended(let tid, let status): threadEnded(tid, status)
      case .signal(let sent): signalArrived(sent)
      case .deadline: deadlineCame()
      case .noTracees: return outcome
      }
      resumeTogether()
      reportFinished()
      stopIfDue()
    }
    finishCalls()
    return outcome
  }

  private mutating func handle(_ stop: consuming Stop) {
    stop.readsOnlyWhatIsThere = pagesMayBeKeptBack
    do {
      guard let stopped = table[thread: stop.tid] ?? adopt(stop.tid, madeBy: nil) else {
        return try stop.detach()
      }
      let disposition = decide(stop, stopped)
      // An exec has put another one in its place.
      let thread = table[thread: stop.tid] ?? stopped
      switch disposition {
      case .resume(let signal):
        thread.stop = consume stop
        thread.signalToDeliver = signal
        seenTo.append(thread)
      case .interruptAgain:
        try stop.resume(.untilSyscall)
        interrupt(thread)
        waits.expect(thread.tid, inCall: thread.call != nil)
      case .listen: try stop.listen()
      case .detach(let signal):
        if thread.tid == colocation?.tid { endColocation() }
        table.remove(thread)
        evidence.loseSight()
        try stop.detach(delivering: signal)
        firstThreadIsGone(thread)
      }
    } catch {
      warn(error)
    }
  }

  /// How a stop is spent.
  enum Disposition {
    case resume(delivering: Signal? = nil)
    /// Interrupt the call that the thread is entering.
    case interruptAgain
    case listen
    case detach(delivering: Signal? = nil)
  }

  /// The same as `disposition`; a thread about which something could not be asked runs on, with its
  /// signal.
  private mutating func decide(_ stop: borrowing Stop, _ thread: TracedThread) -> Disposition {
    do {
      return try disposition(of: stop, thread)
    } catch {
      warn(error)
      return switch stop.event {
      case .signal(let signal): .resume(delivering: signal)
      case .groupStop: .listen
      default: .resume()
      }
    }
  }

  /// Decides how a stop is spent; what there is to see of it has been seen when this returns.
  private mutating func disposition(
    of stop: borrowing Stop, _ thread: TracedThread
  ) throws(TraceeError) -> Disposition {
    // A stop of any kind answers an interrupt (ptrace_stop in kernel/signal.c).
    defer { thread.awaitsInterrupt = false }
    var signal: Signal?
    switch stop.event {
    case .seccomp, .syscall:
      let isEntry = try callStopped(stop, thread)
      if isLetGo(thread), isEntry { return .interruptAgain }
    case .created:
      // Where it is to be left alone, its own first stop lets it go.
      if let tid = try stop.eventMessage(), table[thread: tid] == nil {
        _ = adopt(tid, madeBy: thread)
      }
      noteChild(try stop.eventMessage(), of: thread)
    case .exec: try programReplaced(stop, thread)
    case .signal(let delivered):
      signal = delivered
      try signalDelivered(stop, thread, delivered)
    case .interrupt: try eventStopped(stop, thread)
    case .groupStop:
      thread.process.isStopped = true
      return isLetGo(thread) ? try letGo(of: stop, thread) : .listen
    case .unknown(let status): warn("thread \(stop.tid): unknown wait status \(status)")
    }
    return isLetGo(thread)
      ? try letGo(of: stop, thread, delivering: signal) : .resume(delivering: signal)
  }

  mutating func warn(_ error: TraceeError) {
    warn("\(error.request.rawValue) of thread \(error.tid): \(error.errno.name)")
  }

  /// Tells the user something, a bounded number of times.
  mutating func warn(_ text: String) {
    guard warningsLeft > 0 else { return }
    warningsLeft -= 1
    reports.push(.warning(text))
  }
}
