import ArgumentParser
import Tracing

/// Launches a command, or attaches to processes, and traces.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    // Of a subcommand, no completion script is asked.
    _superCommandName: MMsgTrace.name,
    abstract: "Trace the sendmmsg calls of a command or of running processes (default).",
    usage: """
      mmsgtrace [trace] [options] [--] COMMAND [ARG ...]
      mmsgtrace [trace] [options] -p PID[,PID ...]
      """,
    discussion: """
      The first word that is no option starts the command. The trace goes to stderr. \
      Exit status: the command's own; 64 bad usage, 125 our own failure, 126 not \
      executable, 127 not found. See mmsgtrace(1).
      """)

  @OptionGroup var tracing: TracingOptions
  @OptionGroup var output: OutputOptions

  @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.")
  var command: [String] = []

  func run() throws {
    // The parser leaves every word from the first that it does not know to the command.
    switch command.first {
    case "-h", "--help": throw CleanExit.helpRequest(self)
    case "--version": throw CleanExit.message(MMsgTrace.configuration.version)
    default: break
    }
    let configuration = try Configuration(
      tracing, command: try launched, output: try output.settings(standard: nil))
    try Session(configuration).run()
  }

  /// True where an option is not one of ours: the parser leaves it to the command.
  var hasUnknownOption: Bool {
    guard let first = command.first else { return false }
    return first.hasPrefix("-") && first != "--"
  }

  /// The command as it was given: of argv, since the parser's strings are repaired where they are
  /// not UTF-8. Empty where there is none.
  private var launched: [ByteString] {
    get throws {
      var words = command[...]
      if words.first == "--" {
        words = words.dropFirst()
      } else if let first = words.first, hasUnknownOption {
        throw ValidationError("unknown option '\(first)'")
      }
      guard let name = words.first else {
        if !tracing.pid.isEmpty { return [] }
        throw ValidationError("no COMMAND and no --pid to trace")
      }
      if name.isEmpty { throw ValidationError("COMMAND '' is empty") }
      return Array(OwnProcess.arguments.suffix(words.count))
    }
  }
}
