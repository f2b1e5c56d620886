import Decoding
package import Records

/// Follows the threads of a launched command and reports the `sendmmsg` calls they make.
///
/// All of it runs on one thread, since ptrace(2) belongs to a thread. It waits, copies what a call
/// is about, and lets the thread run on; it formats nothing and writes nothing.
package struct Tracer: ~Copyable {
  /// What is to be recorded, and how.
  package struct Settings: Sendable {
    /// Bytes of each message that are kept.
    package var payloadLimit: UInt64
    /// Record child processes too.
    package var followsChildren: Bool

    package init(payloadLimit: UInt64, followsChildren: Bool) {
      self.payloadLimit = payloadLimit
      self.followsChildren = followsChildren
    }
  }

  /// How a trace ended.
  package struct Outcome: Sendable {
    /// Why the command did not start.
    package var failure: LaunchError?
    /// How the command ended; nil where it did not start.
    package var exit: ExitStatus?
  }

  let settings: Settings
  let reports: ReportQueue
  let child: LaunchedChild
  var waits: WaitQueue
  var table = ThreadTable()
  var capture: Capture
  var sockets = SocketInspector()
  /// How the threads are made to stop.
  var stops: TraceStart.StopMethod
  /// True once the command's own program runs in the child.
  var commandRuns = false
  var outcome = Outcome()
  var sequence: UInt64 = 0
  /// Calls that ended in the stop at hand, reported when the thread runs again.
  var finished: [CallSnapshot] = []
  /// Programs already looked at for a leak checker.
  var examined: Set<String> = []
  private var warningsLeft = 20

  /// A tracer of `child`, whose launch asked for a filter or did not.
  package init(
    settings: Settings, child: consuming LaunchedChild, stops: TraceStart.StopMethod,
    mailbox: SignalMailbox, reports: ReportQueue
  ) {
    self.settings = settings
    self.reports = reports
    self.stops = stops
    waits = WaitQueue(mailbox: mailbox)
    capture = Capture(payloadLimit: settings.payloadLimit)
    _ = table.add(tid: child.pid, pid: child.pid)
    self.child = child
  }

  /// How a stop is spent.
  enum Disposition {
    case resume(delivering: Signal? = nil)
    case listen
    case detach
  }

  /// Traces until nothing is left to trace.
  package mutating func run() -> Outcome {
    while true {
      switch waits.next(threads: table.tids) {
      case .stopped(let stop): handle(stop)
      case .ended(let tid, let status): threadEnded(tid, status)
      case .signal(let signal, let fromKernel): signalArrived(signal, fromKernel: fromKernel)
      case .noTracees: return outcome
      }
      while let snapshot = finished.popLast() { reports.push(.call(snapshot)) }
    }
  }

  private mutating func handle(_ stop: consuming Stop) {
    let tid = stop.tid
    do {
      switch try disposition(of: stop) {
      case .resume(let signal): try stop.resume(mode(of: tid), delivering: signal)
      case .listen: try stop.listen()
      case .detach: try stop.detach()
      }
      waits.expect(tid)
    } catch {
      warn("\(error.operation.rawValue) of thread \(error.tid): \(error.errno.name)")
    }
  }

  /// Decides how a stop is spent; what there is to see of it has been seen when this returns.
  private mutating func disposition(of stop: borrowing Stop) throws(TraceeError) -> Disposition {
    if table[thread: stop.tid] == nil, adopt(stop.tid, parent: nil) == .leaveAlone {
      return .detach
    }
    switch stop.event {
    case .seccomp, .syscall: try callStopped(stop)
    case .created: if let tid = try stop.eventMessage() { _ = adopt(tid, parent: stop.tid) }
    case .exec: try programReplaced(stop)
    case .signal(let signal): return .resume(delivering: signal)
    case .groupStop: return .listen
    case .interrupt, .vforkDone, .exit: break
    case .unknown(let status): warn("thread \(stop.tid): unknown wait status \(status)")
    }
    return .resume()
  }

  /// How far a thread is to run: to a filtered call, unless something else has to be seen first.
  private func mode(of tid: Int32) -> Stop.Mode {
    guard stops == .seccomp, let thread = table[thread: tid] else { return .untilSyscall }
    return thread.call == nil && thread.interrupted.isEmpty ? .untilEvent : .untilSyscall
  }

  /// Tells the user something, a bounded number of times.
  mutating func warn(_ text: String) {
    guard warningsLeft > 0 else { return }
    warningsLeft -= 1
    reports.push(.warning(text))
  }
}
