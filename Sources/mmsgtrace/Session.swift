import Glibc
import Output
import Records
import Tracing

/// One run: opens the outputs, launches the command, traces it, and ends as it ended.
struct Session {
  private let configuration: Configuration

  /// Bytes that may wait between the tracer and the scribe.
  private static let queueBudget = 32 << 20

  init(_ configuration: Configuration) { self.configuration = configuration }

  /// Does not return: our end is the command's.
  func run() throws(Failure) -> Never {
    Standard.reserve()
    let outputs = try Outputs(configuration)
    let name = String(decoding: configuration.command[0], as: UTF8.self)
    let mailbox: SignalMailbox
    let child: LaunchedChild
    let stops: TraceStart.StopMethod
    do {
      let path = try CommandPath.resolve(configuration.command[0], searchPath: searchPath)
      mailbox = try SignalMailbox()
      let filter = try makeFilter()
      stops = filter == nil ? .syscall : .seccomp
      child = try LaunchedChild(
        LaunchRequest(
          path: path, command: configuration.command, environment: configuration.environment,
          user: configuration.user, filter: filter,
          filterIsOptional: configuration.seccomp == .auto))
    } catch {
      outputs.discard()
      throw Failure(error, command: name)
    }
    DescriptorLimit.raise()

    let reports = ReportQueue(budget: Self.queueBudget)
    let header = TraceHeader(
      command: configuration.command.map { String(decoding: $0, as: UTF8.self) })
    let scribe = try WorkerThread(
      Scribe(header: header, reports: reports, outputs: outputs))
    var tracer = Tracer(
      settings: configuration.settings, child: child, stops: stops, mailbox: mailbox,
      reports: reports)
    let outcome = tracer.run()
    reports.push(.ended(time: Clock.realtime(), exit: outcome.exit))
    let summary = scribe.join()

    if let failure = outcome.failure { throw Failure(failure, command: name) }
    finish(outcome, summary)
  }

  private var searchPath: ByteString? {
    let key = Array("PATH=".utf8)
    return configuration.environment.first { $0.starts(with: key) }.map {
      Array($0.dropFirst(key.count))
    }
  }

  /// The filter; nil for stops at every system call.
  private func makeFilter() throws(LaunchError) -> SeccompFilter? {
    switch configuration.seccomp {
    case .off: return nil
    case .on: return try SeccompFilter()
    case .auto: return try? SeccompFilter()
    }
  }

  /// Says what is left to say, and ends as the command ended.
  private func finish(_ outcome: Tracer.Outcome, _ summary: Scribe.Summary) -> Never {
    if summary.calls == 0, configuration.text.quiet == 0 {
      Diagnostics.say(
        "no sendmmsg call was seen: sendmsg, sendto, write and io_uring are not looked at, and"
          + " 64-bit musl's sendmmsg is a loop of sendmsg")
    }
    if summary.lost > 0 {
      let places = summary.losers.joined(separator: ", ")
      Diagnostics.say("\(places): \(summary.lost) records were lost")
      exit(Failure.Status.ours)
    }
    switch outcome.exit {
    case .exited(let code): exit(code)
    case .killed(let signal): OwnEnd.die(of: signal)
    case nil: exit(Failure.Status.ours)
    }
  }
}

extension Failure {
  /// The message and the exit status for a command that did not start.
  init(_ error: LaunchError, command: String) {
    let reason = Diagnostics.text(ofErrno: error.errno.rawValue)
    switch error.step {
    case .execute:
      let notFound = error.errno == .noEntry
      self.init(
        text: "\(command): \(reason)",
        status: notFound ? Failure.Status.notFound : Failure.Status.notExecutable)
    case .user: self.init(text: "--user: \(reason)", status: Failure.Status.ours)
    case .filter: self.init(text: "seccomp filter: \(reason)", status: Failure.Status.ours)
    case .fork: self.init(text: "fork: \(reason)", status: Failure.Status.ours)
    case .signals: self.init(text: "signals: \(reason)", status: Failure.Status.ours)
    case .seize:
      self.init(
        text: "\(command): cannot be traced: \(reason) (PTRACE_SEIZE)",
        status: Failure.Status.ours)
    case .child:
      self.init(text: "\(command): ended before it began", status: Failure.Status.ours)
    }
  }
}
