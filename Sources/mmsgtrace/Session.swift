import Analysis
import Decoding
import Glibc
import Output
import Records
import Tracing

/// One run: opens the outputs, starts the tracer, writes what it sees, and ends as it should.
struct Session {
  private let configuration: Configuration
  private let check: PolicyCheck?

  /// Bytes that may wait between the tracer and the scribe.
  private static let queueBudget = 32 << 20

  init(_ configuration: Configuration, check: PolicyCheck? = nil) {
    self.configuration = configuration
    self.check = check
  }

  /// Does not return: our end is the command's, where one is launched.
  func run() throws(Failure) -> Never {
    Standard.reserve()
    guard ProcFile.isOurs else {
      throw Failure(
        text: "/proc: it is of another PID namespace, and would tell of strangers: mount it"
          + " (unshare --mount-proc)",
        status: Failure.Status.ours)
    }
    let outputs = try Outputs(configuration.output, heldTo: check?.policy)
    let mailbox: SignalMailbox
    let request: LaunchRequest?
    do {
      mailbox = try SignalMailbox()
      request = try launchRequest()
    } catch {
      outputs.discard()
      throw Failure(error, command: commandName)
    }
    let reports = ReportQueue(budget: Self.queueBudget)
    let (settings, processes) = (configuration.settings, configuration.processes)
    let instance = configuration.asksKernel ? Self.traceInstance() : nil
    let tracer: TracerThread
    do {
      tracer = try TracerThread {
        let outcome = Self.trace(settings, request, processes, mailbox, reports, instance)
        reports.push(.ended(time: Clock.realtime(), exit: outcome.exit))
        return outcome
      }
    } catch {
      outputs.discard()
      Self.remove(instance)
      throw error
    }
    let header = TraceHeader(
      command: request?.command.map { String(decoding: $0, as: UTF8.self) },
      disablesLeakChecker: configuration.disablesLeakChecker,
      watchesRetries: configuration.settings.watchesRetries,
      localPorts: LocalPorts.range(of: request == nil ? processes.first : nil))
    let decoder = Decoder(
      notesSkippedLSM: configuration.output.text.verbose, users: { UserNames.ofThisSystem() })
    let summary = Scribe(
      header: header, reports: reports, decoder: decoder,
      followUps: FollowUpTracker(configuration.followUps), outputs: outputs
    ).run()
    let outcome = tracer.join()
    // Only now: it takes long, and the tracer's thread has let go of every process.
    Self.remove(instance)
    if let failure = outcome.failure { throw Failure(failure, command: commandName) }
    finish(outcome, summary)
  }

  /// The tracer's life, on its own thread.
  private static func trace(
    _ settings: Tracer.Settings, _ request: LaunchRequest?, _ processes: [Int32],
    _ mailbox: SignalMailbox, _ reports: ReportQueue, _ instance: TraceInstance?
  ) -> Tracer.Outcome {
    do {
      var tracer = try Tracer(
        settings: settings, launch: request, attachTo: processes, mailbox: mailbox,
        reports: reports, traceInstance: instance)
      DescriptorLimit.raise()
      return tracer.run()
    } catch {
      var outcome = Tracer.Outcome()
      outcome.failure = error
      return outcome
    }
  }

  /// Nil, and a word to the user, where there can be none.
  private static func traceInstance() -> TraceInstance? {
    do {
      return try TraceInstance()
    } catch {
      Diagnostics.say("--kernel-evidence: \(error.reason): going on without it")
      return nil
    }
  }

  private static func remove(_ instance: TraceInstance?) {
    do {
      try instance?.remove()
    } catch {
      Diagnostics.say("--kernel-evidence: \(error.reason): the trace instance stays behind")
    }
  }

  private var commandName: String {
    configuration.command.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private func launchRequest() throws(LaunchError) -> LaunchRequest? {
    guard let name = configuration.command.first else { return nil }
    return LaunchRequest(
      path: try CommandPath.resolve(name, searchPath: searchPath),
      command: configuration.command, environment: configuration.environment,
      user: configuration.user, filter: try makeFilter(),
      filterIsOptional: configuration.seccomp == .auto)
  }

  private var searchPath: ByteString? {
    let key = Array("PATH=".utf8)
    return configuration.environment.first { $0.starts(with: key) }.map {
      Array($0.dropFirst(key.count))
    }
  }

  /// The filter; nil for stops at every system call.
  private func makeFilter() throws(LaunchError) -> SeccompFilter? {
    guard configuration.seccomp != .off else { return nil }
    let settings = configuration.settings
    do {
      return try SeccompFilter(
        watchesRetries: settings.watchesRetries, watchesAffinity: settings.colocates)
    } catch  where configuration.seccomp == .auto {
      return nil
    }
  }

  /// Says what is left to say, and ends as the command ended.
  private func finish(_ outcome: Tracer.Outcome, _ summary: Scribe.Summary) -> Never {
    if summary.calls == 0, configuration.output.text.quiet == 0, !outcome.attachedNone {
      let children =
        outcome.passedOverChildren ? "children were not recorded (--no-follow); " : ""
      Diagnostics.say(
        "no sendmmsg call was seen: \(children)sendmsg, sendto, write and io_uring are not looked at, and"
          + " 64-bit musl's sendmmsg is a loop of sendmsg")
    }
    var end = RunEnd(outcome, lost: summary.lost)
    if let check { end = check.finish(summary.policy, to: STDERR_FILENO, end) }
    end.take()
  }
}

extension RunEnd {
  init(_ outcome: Tracer.Outcome, lost: UInt64) {
    // Which output lost records, and why, or which processes refused, has been said.
    if lost > 0 {
      self = .failure(Failure.Status.ours, why: "records were lost")
    } else if outcome.attachedNone {
      self = .failure(Failure.Status.ours, why: "no process was traced")
    } else {
      self =
        switch outcome.exit {
        case .exited(let code): .status(code, why: "the command's own")
        case .killed(let signal): .killed(signal)
        case nil: .status(outcome.leftBy.map { 128 + $0.rawValue } ?? 0, why: "told to end")
        }
    }
  }
}

extension Failure {
  /// The message and the exit status for a command that did not start.
  init(_ error: LaunchError, command: String) {
    let reason = Diagnostics.text(ofErrno: error.errno.rawValue)
    switch error.step {
    case .find, .execute:
      let notFound = error.errno == .noEntry
      // What PATH has was there when it was found.
      let isThere = unsafe !command.contains("/") || access(command, F_OK) == 0
      let lacksInterpreter = notFound && isThere && error.step == .execute
      let meant = MMsgTrace.subcommand(meantBy: command).map { ": did you mean \($0)?" } ?? ""
      self.init(
        text: lacksInterpreter
          ? "\(command): its interpreter is not there: \(reason)"
          : "\(command): \(reason)\(notFound ? meant : "")",
        status: notFound ? Failure.Status.notFound : Failure.Status.notExecutable)
    case .user:
      let why = error.errno == .notPermitted ? ": only root can do that" : ""
      self.init(text: "--user: \(reason)\(why)", status: Failure.Status.ours)
    case .filter: self.init(text: "seccomp filter: \(reason)", status: Failure.Status.ours)
    case .fork: self.init(text: "fork: \(reason)", status: Failure.Status.ours)
    case .signals: self.init(text: "signals: \(reason)", status: Failure.Status.ours)
    case .seize:
      let why =
        error.tracer.map { "\($0) traces it already, as it does mmsgtrace itself" }
        ?? "\(reason) (PTRACE_SEIZE)"
      self.init(text: "\(command): cannot be traced: \(why)", status: Failure.Status.ours)
    case .child:
      self.init(text: "\(command): ended before it began", status: Failure.Status.ours)
    }
  }
}
