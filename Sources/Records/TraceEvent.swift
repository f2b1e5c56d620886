/// What an output is given, in the order in which it is to appear.
package enum TraceEvent: Sendable {
  case start(TraceStart)
  case call(SendCall, Verdict)
  case followUp(FollowUp)
  case process(ProcessEvent)
  case end(TraceEnd)
}

/// The first record of a trace.
package struct TraceStart: Sendable {
  /// The schema number of the records that follow.
  package static let schema = 1

  package enum StopMethod: String, Sendable, CaseIterable {
    /// A seccomp filter stops at `sendmmsg` alone.
    case seccomp
    /// Every system call stops.
    case syscall
  }

  package var version: String
  /// CLOCK_REALTIME, nanoseconds.
  package var time: UInt64
  /// The command that was launched; nil where none was.
  package var command: [String]?
  package var pids: [Int32]
  /// The kernel's release, as uname(2) says it.
  package var kernel: String
  package var stops: StopMethod
  /// The system calls that are recorded.
  package var sees: [String]
  /// What passes by unseen.
  package var blindTo: [String]
  /// The ports from which the kernel chooses where a socket asks for none (ip_local_port_range, see
  /// ip(7)), in the network namespace of the tracer, or of the process that it attached to first;
  /// nil where they could not be read.
  package var localPorts: ClosedRange<UInt16>?
  /// The name that the file before had when this one went on with its trace; nil in the first.
  package var previous: String?

  package init(
    version: String, time: UInt64, command: [String]?, pids: [Int32], kernel: String,
    stops: StopMethod, sees: [String], blindTo: [String], localPorts: ClosedRange<UInt16>? = nil,
    previous: String? = nil
  ) {
    self.version = version
    self.time = time
    self.command = command
    self.pids = pids
    self.kernel = kernel
    self.stops = stops
    self.sees = sees
    self.blindTo = blindTo
    self.localPorts = localPorts
    self.previous = previous
  }

  /// True where sends by other system calls were not looked at.
  package var isOnlySendmmsg: Bool { sees.allSatisfy { $0 == "sendmmsg" } }
}

/// A process or thread that came, changed or went.
package struct ProcessEvent: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case started
    case attached
    case detached
    case forked
    case exec
    case exited
    case killed
    case refused
  }

  /// CLOCK_REALTIME, nanoseconds.
  package var time: UInt64
  package var kind: Kind
  package var pid: Int32
  package var tid: Int32
  /// The process's number in its own PID namespace, where that is another one.
  package var innerPid: Int32?
  /// The process that forked it.
  package var parent: Int32?
  package var comm: String?
  package var abi: ABI?
  /// How many threads were attached.
  package var threads: Int?
  /// Exit status, 0…255.
  package var code: Int32?
  package var signal: Signal?
  package var why: String?

  package init(
    time: UInt64, kind: Kind, pid: Int32, tid: Int32, innerPid: Int32? = nil,
    parent: Int32? = nil, comm: String? = nil, abi: ABI? = nil, threads: Int? = nil,
    code: Int32? = nil, signal: Signal? = nil, why: String? = nil
  ) {
    self.time = time
    self.kind = kind
    self.pid = pid
    self.tid = tid
    self.innerPid = innerPid
    self.parent = parent
    self.comm = comm
    self.abi = abi
    self.threads = threads
    self.code = code
    self.signal = signal
    self.why = why
  }
}

/// The last record of a trace.
package struct TraceEnd: Sendable {
  /// CLOCK_REALTIME, nanoseconds.
  package var time: UInt64
  package var calls: UInt64
  package var messagesAsked: UInt64
  package var messagesSent: UInt64
  package var bytesSent: UInt64
  /// How many calls ended in each outcome, in the order of `Verdict.Outcome.allCases`; outcomes
  /// that did not occur are left out.
  package var outcomes: [(outcome: Verdict.Outcome, calls: UInt64)]
  /// Records that an output could not write.
  package var lost: UInt64
  /// Records that a filter left out.
  package var leftOut: UInt64
  /// How often the tracer had to wait for the outputs.
  package var queueWaits: UInt64
  /// How the launched command ended; nil where none was launched.
  package var exit: ExitStatus?
  package var losses: Losses

  package init(
    time: UInt64, calls: UInt64, messagesAsked: UInt64, messagesSent: UInt64, bytesSent: UInt64,
    outcomes: [(outcome: Verdict.Outcome, calls: UInt64)], lost: UInt64, leftOut: UInt64,
    queueWaits: UInt64, exit: ExitStatus?, losses: Losses = Losses()
  ) {
    self.time = time
    self.calls = calls
    self.messagesAsked = messagesAsked
    self.messagesSent = messagesSent
    self.bytesSent = bytesSent
    self.outcomes = outcomes
    self.lost = lost
    self.leftOut = leftOut
    self.queueWaits = queueWaits
    self.exit = exit
    self.losses = losses
  }
}

/// How a process ended.
package enum ExitStatus: Hashable, Sendable {
  /// 0…255.
  case exited(Int32)
  case killed(Signal)
}
