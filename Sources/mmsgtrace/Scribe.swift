import Analysis
import Decoding
import Glibc
import Output
import Records
import Tracing

/// The second thread: decodes, judges and writes what the tracer reports.
struct Scribe: ~Copyable {
  private let header: TraceHeader
  private let reports: ReportQueue
  private var outputs: Outputs
  private var decoder: Decoder
  private var returned = ReturnedErrors()
  private var totals = TraceTotals()
  private var followUps: FollowUpTracker
  private var began = false
  /// Programs already looked at for a leak checker.
  private var examined: Set<String> = []
  private var refusalsLeft = 20

  init(
    header: TraceHeader, reports: ReportQueue, decoder: Decoder, followUps: FollowUpTracker,
    outputs: consuming Outputs
  ) {
    self.header = header
    self.decoder = decoder
    self.followUps = followUps
    self.reports = reports
    self.outputs = outputs
  }

  /// Works until the trace has ended.
  consuming func run() -> Summary {
    var batch: [TraceReport] = []
    var ended = false
    while !ended {
      reports.take(into: &batch, deadline: deadline)
      // Taken out one by one: the storage of a report that nothing else refers to is used again.
      batch.reverse()
      while let report = batch.popLast() {
        if case .ended = report { ended = true }
        handle(report)
        reports.finish(report)
      }
      if !ended, followUps.isWaiting { tell(followUps.idle(now: Clock.monotonic())) }
      outputs.flushIfDue()
    }
    if began { outputs.finish() } else { outputs.discard() }
    outputs.tellFailures()
    return Summary(
      calls: totals.calls, lost: outputs.lost, policy: outputs.takePolicyResult())
  }

  /// What is left to say when everything is written.
  struct Summary: Sendable {
    var calls: UInt64
    var lost: UInt64
    /// How the policy fared, where there is one.
    var policy: PolicyResult?
  }

  /// When something is to be done without a report (CLOCK_MONOTONIC); nil for nothing.
  private var deadline: UInt64? {
    guard followUps.isWaiting else { return outputs.deadline }
    return min(outputs.deadline ?? .max, Clock.monotonic() &+ Self.lookInterval)
  }

  /// Nanoseconds between two looks at what is waited for.
  private static let lookInterval: UInt64 = 1_000_000_000

  private mutating func tell(_ found: [FollowUp]) {
    for followUp in found { outputs.append(.followUp(followUp)) }
  }

  private mutating func handle(_ report: TraceReport) {
    switch report {
    case .started(let time, let pids, let stops):
      began = true
      outputs.begin()
      outputs.append(.start(header.start(time: time, pids: pids, stops: stops)))
    case .call(let recorded):
      recorded.settle()
      var call = recorded.read { decoder.decode($0) }
      var verdict = Verdict.of(call)
      returned.rank(&verdict, of: call)
      call.dropNotes(disprovedBy: verdict)
      totals.add(verdict)
      outputs.append(.call(call, verdict))
      tell(followUps.add(call, verdict, recorded.read { decoder.leftover(of: $0) }))
    case .otherSend(let send): tell(followUps.add(OtherSend(send)))
    case .process(let event):
      outputs.append(.process(event))
      if event.kind == .refused { tellRefusal(event) }
      tell(followUps.add(event))
    case .warning(let text):
      // In order with a trace that goes to the same terminal.
      outputs.flush()
      Diagnostics.say(text)
    case .suspectLeakChecker(let executable, let code): explainLeakChecker(executable, code)
    case .flush: outputs.flush()
    case .reopen: outputs.reopen()
    case .ended(let time, let exit):
      guard began else { return }
      // Failures to write show only now for what still waits.
      outputs.flush()
      tell(followUps.finish())
      outputs.append(
        .end(
          TraceEnd(
            time: time, calls: totals.calls, messagesAsked: totals.messagesAsked,
            messagesSent: totals.messagesSent, bytesSent: totals.bytesSent,
            outcomes: totals.outcomeCounts, lost: outputs.lost, leftOut: 0,
            queueWaits: reports.waitCount, exit: exit, losses: followUps.losses(totals))))
    }
  }
}

extension Scribe {
  /// What refused is said once where the trace shows it to the same reader: the first of many.
  private mutating func tellRefusal(_ event: ProcessEvent) {
    guard !outputs.showProcesses, refusalsLeft > 0, let why = event.why else { return }
    refusalsLeft -= 1
    outputs.flush()
    Diagnostics.say(
      event.tid == event.pid ? "\(event.pid): \(why)" : "thread \(event.tid): \(why)")
  }

  /// Once for each of the first programs that may have failed because we traced them.
  private mutating func explainLeakChecker(_ executable: String, _ code: Int32) {
    guard !header.disablesLeakChecker, examined.count < Self.maximumExamined,
      examined.insert(executable).inserted, LeakSanitizer.isLinked(into: executable)
    else { return }
    outputs.flush()
    Diagnostics.say(
      "\(executable): exited with \(code) and is built with LeakSanitizer, which fails under any"
        + " tracer: if it said so, run it with LSAN_OPTIONS=detect_leaks=0")
  }

  private static let maximumExamined = 16
}

/// What `trace_start` says beyond what the tracer knows.
struct TraceHeader: Sendable {
  /// Nil where none is launched.
  var command: [String]?
  /// True where the command is told not to look for leaks.
  var disablesLeakChecker: Bool
  /// True where sends by other system calls are looked at.
  var watchesRetries: Bool
  /// From which the kernel chooses; nil where that is not known.
  var localPorts: ClosedRange<UInt16>?

  func start(time: UInt64, pids: [Int32], stops: TraceStart.StopMethod) -> TraceStart {
    var blindTo =
      watchesRetries
      ? ["sendmsg, sendto, write and writev that take up nothing"]
      : ["sendmsg", "sendto", "write", "writev"]
    blindTo += ["pwritev2", "sendfile", "splice", "io_uring"]
    let sees = watchesRetries ? Self.retries.map { "\($0) that takes up unsent messages" } : []
    if stops == .seccomp { blindTo.append("calls refused by the program's own seccomp filter") }
    blindTo.append("CLONE_UNTRACED children")
    return TraceStart(
      version: MMsgTrace.version, time: time, command: command, pids: pids,
      kernel: Self.kernelRelease, stops: stops, sees: ["sendmmsg"] + sees, blindTo: blindTo,
      localPorts: localPorts)
  }

  private static let retries = ["sendmsg", "sendto", "write", "writev"]

  private static var kernelRelease: String {
    var name = utsname()
    guard unsafe uname(&name) == 0 else { return "" }
    return unsafe withUnsafeBytes(of: &name.release) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
