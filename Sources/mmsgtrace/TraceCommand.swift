import ArgumentParser
import Output
import Tracing

/// Launches a command and traces it.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Launch a command and trace its sendmmsg calls (the default).",
    usage: "mmsgtrace [trace] [options] [--] COMMAND [ARG ...]",
    discussion: """
      The first word that is no option starts the command. The trace goes to stderr. \
      Exit status: the command's own; 64 bad usage, 125 our own failure, 126 not \
      executable, 127 not found. See mmsgtrace(1).
      """)

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Write there instead (- is stdout); .txt, .jsonl or .json tells the format.",
      valueName: "file"))
  var output: [ArgumentText] = []

  @Option(
    help: ArgumentHelp("Format of an output with no telling ending.", valueName: "format"))
  var format: OutputFormat?

  @Option(
    name: [.customShort("s"), .customLong("payload")],
    help: ArgumentHelp(
      "Payload kept per message: a number, all or none (default: 32).", valueName: "bytes"))
  var payload: PayloadLimit?

  @Flag(name: [.customShort("x"), .customLong("hex")], help: "Show payload as a hex dump.")
  var hex = false

  @Flag(name: .customLong("no-follow"), help: "Let children run unrecorded.")
  var noFollow = false

  @Flag(name: .customShort("f"), help: "Accepted: following children is the default.")
  var follow = false

  @Flag(name: .customShort("t"), help: "Show the time of day; -tt with microseconds.")
  var time: Int

  @Flag(name: .customShort("r"), help: "Show the time since the last call.")
  var relative = false

  @Option(
    name: [.short, .long], help: ArgumentHelp("Run the command as that user.", valueName: "name"))
  var user: String?

  @Option(
    name: [.customShort("E"), .customLong("env")],
    help: ArgumentHelp(
      "Set a variable for the command; without =value unset it.", valueName: "var=value"))
  var env: [ArgumentText] = []

  @Option(
    help: ArgumentHelp(
      "Stop at calls by a filter; on fails where it cannot, off stops at every system call.",
      valueName: "use"))
  var seccomp: SeccompUse = .auto

  @Flag(name: [.short, .long], help: "Leave out process events; -qq notes as well.")
  var quiet: Int

  @Flag(name: [.short, .long], help: "Show more: one line per iovec.")
  var verbose = false

  @Option(help: ArgumentHelp("Use colour.", valueName: "when"))
  var color: ColorUse = .auto

  @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.")
  var command: [String] = []

  func run() throws {
    // The parser leaves every word from the first that it does not know to the command.
    switch command.first {
    case "-h", "--help": throw CleanExit.helpRequest(self)
    case "--version": throw CleanExit.message(MMsgTrace.configuration.version)
    default: break
    }
    let configuration = try Configuration(self, arguments: OwnProcess.arguments)
    try Session(configuration).run()
  }
}

/// When a filter makes the stops.
enum SeccompUse: String, ExpressibleByArgument, CaseIterable {
  case auto
  case on
  case off
}

/// When to use colour.
enum ColorUse: String, ExpressibleByArgument, CaseIterable {
  case auto
  case always
  case never
}

/// The formats an output can have.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json

  /// The format that a file's ending tells; nil where it tells none.
  init?(ending path: String) {
    switch path.split(separator: ".", omittingEmptySubsequences: false).last {
    case "txt": self = .text
    case "jsonl", "json": self = .json
    default: return nil
    }
  }
}

/// How much payload is kept of each message.
struct PayloadLimit: ExpressibleByArgument {
  var bytes: UInt64

  static let standard = PayloadLimit(bytes: 32)

  init(bytes: UInt64) { self.bytes = bytes }

  init?(argument: String) {
    switch argument {
    case "all": bytes = .max
    case "none": bytes = 0
    default:
      guard let number = UInt64(argument) else { return nil }
      bytes = number
    }
  }
}

/// An argument that may not be empty.
struct ArgumentText: ExpressibleByArgument {
  var text: String

  init?(argument: String) {
    if argument.isEmpty { return nil }
    text = argument
  }
}
