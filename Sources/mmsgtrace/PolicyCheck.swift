import Analysis
import Glibc
import Output
import Records

/// A check that was asked for: the policy, and where its outcome goes.
struct PolicyCheck {
  /// The policy's file, for messages.
  var name: String
  var policy: Policy
  var reports: [ReportFile]
  /// Write annotations for GitHub Actions.
  var annotates: Bool
  /// Our exit status where a rule is broken.
  var violationStatus: Int32

  /// Checks saved traces, and returns how we have to end. The report goes to stdout.
  ///
  /// It is not to return `Never`: the optimizer of Swift 6.3.1 then seems to end the evaluator's
  /// life before the first record (seen as a crash in release builds).
  func run(on traces: SavedTraces) throws(Failure) -> RunEnd {
    _ = signal(SIGPIPE, SIG_IGN)
    var outputs = try Outputs(.none, heldTo: policy)
    if !traces.isThere, let first = traces.all.first {
      throw Failure(
        text: "\(first.name): \(Diagnostics.text(ofErrno: ENOENT))",
        status: Failure.Status.unreadable)
    }
    let isReadable = traces.read(into: &outputs)
    let result = outputs.takePolicyResult()
    let gap = isReadable ? result?.gap : "not all of the trace could be read"
    let own =
      gap.map { RunEnd.failure(Failure.Status.unreadable, why: $0) } ?? .status(0, why: nil)
    return finish(result, to: STDOUT_FILENO, own)
  }

  /// Writes the reports and says how it ended; returns how we have to end.
  ///
  /// A broken rule goes before everything else: it stays broken, whatever happened besides. Then
  /// comes the command's own failure, and only then that not all was seen.
  func finish(_ result: PolicyResult?, to fd: Int32, _ own: RunEnd) -> RunEnd {
    guard var result else { return own }
    let gap = own.gap ?? result.gap
    if gap != nil {
      for index in result.rules.indices { result.rules[index].leaveOpenWhatNeedsAll() }
    }
    var report = PolicyReport(
      policy: name, result: result, version: MMsgTrace.version, gap: gap)
    report.width = Terminal.size(fd).columns
    var text = ByteBuffer()
    report.appendText(to: &text)
    if annotates { report.appendGitHub(to: &text) }
    let isSaid = Self.say(text, to: fd)
    // All of them, also behind one that failed.
    let areWritten = reports.map { $0.write(report) }.allSatisfy { $0 } && isSaid
    var end = own
    if result.broken > 0 {
      end = .status(violationStatus, why: own.aside)
    } else if !areWritten {
      end = .failure(Failure.Status.ours, why: "a report could not be written")
    } else if case .status(0, _) = own, let gap {
      end = .failure(Failure.Status.unreadable, why: gap)
    } else if case .status(0, _) = own, let openness = result.openness {
      end = .failure(
        Failure.Status.unreadable,
        why: openness + (result.unproven > 0 ? ": trace with --watch-retries" : ""))
    }
    Diagnostics.say("\(name): \(report.summary): \(end.text)")
    return end
  }

  /// Writes the report for people; false, and a word to the user, where that fails.
  private static func say(_ text: ByteBuffer, to fd: Int32) -> Bool {
    // A reader that has seen enough is no failure.
    guard let errno = WholeWrite.write(text.bytes.span, to: fd).errno, errno != EPIPE else {
      return true
    }
    let name = fd == STDOUT_FILENO ? "stdout" : "stderr"
    Diagnostics.say("\(name): \(Diagnostics.text(ofErrno: errno))")
    return false
  }
}

/// How a run ends us.
enum RunEnd {
  /// With an exit status; `why` says where it comes from, if that is not plain.
  case status(Int32, why: String?)
  /// With one that says that we did not see, or do, all that we should.
  case failure(Int32, why: String)
  /// As the command was ended.
  case killed(Signal)

  /// `exit status 3 (the command's own)`
  var text: String {
    switch self {
    case .status(let status, let why): "exit status \(status)" + (why.map { " (\($0))" } ?? "")
    case .failure(let status, let why): "exit status \(status) (\(why))"
    case .killed(let signal): "ended by \(signal.name), as the command was"
    }
  }

  /// Why not everything was seen; nil where it was.
  var gap: String? {
    if case .failure(_, let why) = self { why } else { nil }
  }

  /// What is to be said of it where it is not what ends us.
  var aside: String? {
    switch self {
    case .status(0, _): nil
    case .status(let status, let why): why.map { "otherwise \(status): \($0)" }
    case .failure(let status, let why): "otherwise \(status): \(why)"
    case .killed(let signal): "the command was ended by \(signal.name)"
    }
  }

  func take() -> Never {
    switch self {
    case .status(let status, _), .failure(let status, _): exit(status)
    case .killed(let signal): OwnEnd.die(of: signal)
    }
  }
}
