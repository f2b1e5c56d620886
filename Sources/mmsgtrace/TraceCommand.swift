import ArgumentParser
import Tracing

/// Launches a command, or attaches to processes, and traces.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
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

  @Option(
    name: [.customShort("p", allowingJoined: true), .long], parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Attach to all threads of these processes; repeatable.", valueName: "pid,..."))
  var pid: [ProcessList] = []

  @Option(
    name: [.customShort("s", allowingJoined: true), .customLong("payload")],
    parsing: .unconditional,
    help: ArgumentHelp(
      "Payload bytes to keep of a message, all or none.", valueName: "bytes"))
  var payload: PayloadLimit?

  @Flag(help: "Note what of a message changes during the call.")
  var verify = false

  @Flag(help: "See sendmsg, sendto and write take up messages, too.")
  var watchRetries = false

  @Flag(help: "Share our CPU with a command of one thread: cheaper.")
  var colocate = false

  @Flag(name: .customLong("no-follow"), help: "Let children run unrecorded.")
  var noFollow = false

  @Flag(name: .customShort("f"), help: "Accepted: following children is the default.")
  var follow = false

  @Option(
    name: .customLong("for"), parsing: .unconditional,
    help: ArgumentHelp("Record that long: 500ms, 10s, 5m, 1h.", valueName: "duration"))
  var duration: Duration?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Record so many calls.", valueName: "number"))
  var calls: CallLimit?

  @Flag(help: "Let children go that outlive the command.")
  var exitWithCommand = false

  @Option(
    name: [.customShort("u", allowingJoined: true), .long],
    help: ArgumentHelp("Run the command as that user.", valueName: "name"))
  var user: String?

  @Option(
    name: [.customShort("E", allowingJoined: true), .customLong("env")],
    help: ArgumentHelp(
      "Set a variable for the command, or unset it.", valueName: "var=value"))
  var env: [VariableChange] = []

  @Option(
    help: ArgumentHelp(
      "Stop by a filter, or at every system call.",
      valueName: "use"))
  var seccomp: SeccompUse = .auto

  @Flag(help: "Ask the kernel for errors thrown away; needs root.")
  var kernelEvidence = false

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
    let configuration = try Configuration(self, arguments: OwnProcess.arguments)
    try Session(configuration).run()
  }
}
