import Analysis
import Glibc
import Output
import Records
import Tracing

/// All outputs of a trace: each record that is asked for goes to every one of them.
///
/// Records come from a running trace or from a saved one: from here on there is no difference.
struct Outputs: ~Copyable {
  private var files: [OutputFile] = []
  private var filter: RecordFilter
  /// What all records are held to, also those that no output shows.
  private var evaluator: PolicyEvaluator?
  /// True where process events are shown on stderr.
  let showProcesses: Bool

  /// Opens them, so that a failure shows before anything is launched.
  init(_ settings: OutputSettings, heldTo policy: Policy? = nil) throws(Failure) {
    evaluator = policy.map { PolicyEvaluator($0) }
    filter = settings.filter
    showProcesses = settings.showsProcesses
    for destination in settings.destinations {
      let fd =
        destination.path == nil
        ? STDERR_FILENO : destination.path == "-" ? STDOUT_FILENO : nil as Int32?
      if destination.format.isBinary, let fd, isatty(fd) == 1 {
        discard()
        throw Failure(
          text: "\(destination.format.rawValue): it is nothing to read on a terminal: give -o FILE",
          status: Failure.Status.usage)
      }
      let format: any RecordFormat =
        switch destination.format {
        case .json: JSONLinesFormat()
        case .pcapng: PcapngFormat(includesUnsent: settings.unsent)
        case .summary: SummaryFormat(Terminal.fit(settings.summary, fd: fd))
        case .text: TextFormat(Terminal.fit(settings.text, settings.color, fd: fd))
        }
      do {
        files.append(
          try OutputFile(
            path: destination.path, format: format, isStaged: settings.stagesFiles,
            rotation: settings.rotation))
      } catch {
        discard()
        throw error
      }
    }
  }

  /// When something has to be written (CLOCK_MONOTONIC); nil for nothing.
  var deadline: UInt64? {
    var first: UInt64?
    for file in files {
      if let deadline = file.deadline { first = min(first ?? deadline, deadline) }
    }
    return first
  }

  /// Records that some output could not take.
  var lost: UInt64 { files.reduce(0) { $0 + $1.lost } }

  /// False where none takes any more.
  var isOpen: Bool { evaluator != nil || files.contains { $0.isOpen } }

  /// True where a person may be looking at one, while records come.
  var areWatched: Bool { files.contains { $0.isWatched } }

  /// True where one is the file that `status` describes.
  func includes(_ status: stat) -> Bool { files.contains { $0.isFile(status) } }

  func begin() { for file in files { file.begin() } }
  func discard() { for file in files { file.discard() } }
  func tellFailures() { for file in files { file.tellFailure() } }
  func flush() { for file in files { file.flush() } }
  func reopen() { for file in files { file.reopen() } }

  /// No more records come.
  func finish() {
    let now = Clock.monotonic()
    for file in files { file.finish(now: now) }
  }

  /// How the records fared by the policy, where there is one; no more come.
  mutating func takePolicyResult() -> PolicyResult? { evaluator.take()?.finish() }

  mutating func enter(_ trace: SavedTrace) { evaluator?.enter(trace: trace.name) }

  mutating func append(_ event: TraceEvent) {
    evaluator?.add(event)
    guard filter.keeps(event) else { return }
    if case .end(var end) = event {
      end.leftOut &+= filter.takeLeftOut()
      deliver(.end(end))
    } else {
      deliver(event)
    }
  }

  private func deliver(_ event: TraceEvent) {
    let now = Clock.monotonic()
    for file in files { file.append(event, now: now) }
  }

  func flushIfDue() {
    let now = Clock.monotonic()
    for file in files { file.flushIfDue(now: now) }
  }
}
