import Analysis
import ArgumentParser
import Glibc
import Output
import Tracing

/// Holds a program, or a saved trace, to a policy.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Hold a command, or saved traces, to a policy.",
    usage: """
      mmsgtrace check --policy FILE [options] -- COMMAND [ARG ...]
      mmsgtrace check --policy FILE [options] -p PID[,PID ...]
      mmsgtrace check --policy FILE [options] FILE.jsonl ...
      mmsgtrace check --explain FILE
      """,
    discussion: """
      Exit status: 0 passed, 1 a rule of severity error is broken, else the command's own; \
      64 bad usage or policy, 65 a trace that cannot be read. The last line says which. See \
      mmsgtrace-policy(5).
      """)

  @Option(help: ArgumentHelp("The policy, in YAML.", valueName: "file"))
  var policy: ArgumentText?

  @Option(help: ArgumentHelp("Say what a policy asks for, in sentences.", valueName: "file"))
  var explain: ArgumentText?

  @Option(help: ArgumentHelp("Write a JUnit XML report.", valueName: "file"))
  var junit: ArgumentText?

  @Option(help: ArgumentHelp("Write a SARIF 2.1.0 report.", valueName: "file"))
  var sarif: ArgumentText?

  @Flag(help: "Add annotations for GitHub Actions.")
  var github = false

  @Option(
    help: ArgumentHelp("Exit status for a broken rule (default: 1).", valueName: "number"),
    transform: ExitStatusNumber.parse)
  var violationStatus: ExitStatusNumber?

  @Option(
    name: [.customShort("o", allowingJoined: true), .long],
    help: ArgumentHelp("Write the trace of the command there, too.", valueName: "file"))
  var output: [ArgumentText] = []

  @OptionGroup var rotation: RotationOptions

  @OptionGroup var tracing: TracingOptions

  @Flag(help: "Do not look at sendmsg, sendto and write for a rule about losses.")
  var noWatchRetries = false

  /// Saved traces and, behind --, a command: the library takes but one list of words.
  @Argument(
    help: ArgumentHelp(
      "Saved traces; - is stdin. Behind --: the command and its arguments.", valueName: "file"))
  var words: [ArgumentText] = []

  func run() throws {
    if let explain {
      guard policy == nil, files.isEmpty, command.isEmpty else {
        throw ValidationError("--explain takes nothing else")
      }
      return try Standard.print(try PolicyFile.load(explain.text).explanation)
    }
    guard let policy else { throw ValidationError("no --policy to check with") }
    if !files.isEmpty { try refuseTracingOptions() }
    if let program = files.first(where: { SavedTrace(path: $0.text).isProgram }) {
      throw ValidationError("\(program.text) is a program, and no trace: put -- before a command")
    }
    try refuseToOverwrite()
    guard !tracing.watchRetries || !noWatchRetries else {
      throw ValidationError("--watch-retries and --no-watch-retries are opposites")
    }
    var session = try files.isEmpty ? configuration : nil
    Standard.reserve()
    var reports: [ReportFile] = []
    if let junit { reports.append(try ReportFile(junit.text) { $0.appendJUnit(to: &$1) }) }
    if let sarif { reports.append(try ReportFile(sarif.text) { $0.appendSARIF(to: &$1) }) }
    for report in reports { report.removeOld() }
    let loaded = try PolicyFile.load(policy.text)
    let check = PolicyCheck(
      name: policy.text, policy: loaded, reports: reports, annotates: github,
      violationStatus: violationStatus?.number ?? 1)
    if loaded.asksAboutRetries, !noWatchRetries { session?.settings.watchesRetries = true }
    if let session {
      try Session(session, check: check).run()
    } else {
      try check.run(on: SavedTraces(files.map(\.text))).take()
    }
  }

  private var command: [ByteString] {
    Array(OwnProcess.arguments.drop { $0 != Array("--".utf8) }.dropFirst())
  }

  private var files: [ArgumentText] { words.dropLast(command.count) }

  /// What is to be traced: written only where that is asked for.
  private var configuration: Configuration {
    get throws {
      guard !command.isEmpty || !tracing.pid.isEmpty else {
        throw ValidationError("nothing to check: give FILE.jsonl, --pid or -- COMMAND")
      }
      guard command.first?.isEmpty != true else { throw ValidationError("COMMAND '' is empty") }
      var settings = OutputSettings.none
      settings.destinations = output.map { path in
        OutputSettings.Destination(
          path: path.text, format: .expected(at: path.text, else: .json))
      }
      settings.rotation = try rotation.rotation(of: output.map(\.text))
      return try Configuration(tracing, command: command, output: settings)
    }
  }

  /// What is read must not be written at once, and nothing twice: by whatever name.
  private func refuseToOverwrite() throws {
    if [junit, sarif].contains(where: { $0?.text == "-" }) {
      throw ValidationError("a report goes to a file, and - is none: give /dev/stdout for stdout")
    }
    var taken: [(name: String, file: FileIdentity)] = []
    for path in [policy].compactMap({ $0?.text }) + files.map(\.text) {
      let file = path == "-" ? FileIdentity(descriptor: STDIN_FILENO) : FileIdentity(path)
      if let file { taken.append((path, file)) }
    }
    let written = output.map(\.text).filter { $0 != "-" } + [junit, sarif].compactMap { $0?.text }
    for path in written {
      guard let file = FileIdentity(path) else { continue }
      if let other = taken.first(where: { $0.file == file }) {
        throw ValidationError("\(path): it is the same file as \(other.name), and would replace it")
      }
      taken.append((path, file))
    }
  }

  /// What is about tracing makes no sense with what was traced long ago.
  private func refuseTracingOptions() throws {
    guard command.isEmpty else {
      throw ValidationError("check takes either FILE.jsonl or -- COMMAND, not both")
    }
    _ = try rotation.rotation(of: output.map(\.text))
    if !output.isEmpty {
      throw ValidationError("--output goes with a command: to convert a trace there is show")
    }
    if let option = tracing.anyGiven ?? (noWatchRetries ? "--no-watch-retries" : nil) {
      throw ValidationError("\(option) is for tracing, and FILE.jsonl is a trace already")
    }
  }
}

/// An exit status that a shell can tell from a signal: 0–125.
struct ExitStatusNumber: ExplainedValue {
  var number: Int32

  init?(argument: String) {
    guard let number = Int32(argument), (0...125).contains(number) else { return nil }
    self.number = number
  }

  static func requirement(unmetBy text: String) -> String {
    "it is a whole number from 0 to 125"
  }
}
