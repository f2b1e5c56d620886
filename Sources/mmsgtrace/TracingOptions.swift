import ArgumentParser
import Tracing

/// The options about what is traced and how: the same whether the records are shown or held to a
/// policy.
struct TracingOptions: ParsableArguments {
  @Option(
    name: [.customShort("p", allowingJoined: true), .long], parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Attach to all threads of these processes; repeatable.", valueName: "pid,..."),
    transform: ProcessList.parse)
  var pid: [ProcessList] = []

  @Option(
    name: [.customShort("s", allowingJoined: true), .customLong("payload")],
    parsing: .unconditional,
    help: ArgumentHelp(
      "Payload bytes to keep of a message, all or none.", valueName: "bytes"),
    transform: PayloadLimit.parse)
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
    help: ArgumentHelp("Record that long: 500ms, 10s, 5m, 1h.", valueName: "duration"),
    transform: Duration.parse)
  var duration: Duration?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Record so many calls.", valueName: "number"),
    transform: CallLimit.parse)
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
      "Stop by a filter, or at every system call (default: auto).", valueName: "use"))
  var seccomp: SeccompUse?

  @Flag(help: "Ask the kernel for errors thrown away; needs root.")
  var kernelEvidence = false
}

extension TracingOptions {
  /// The processes to attach to, each once.
  var processes: [Int32] {
    pid.reduce(into: []) { all, list in
      for pid in list.numbers where !all.contains(pid) { all.append(pid) }
    }
  }

  /// One that was given, as it is written; nil for none.
  var anyGiven: String? {
    let given: [(Bool, String)] = [
      (!pid.isEmpty, "--pid"), (payload != nil, "--payload"), (verify, "--verify"),
      (watchRetries, "--watch-retries"), (colocate, "--colocate"), (noFollow, "--no-follow"),
      (follow, "-f"), (duration != nil, "--for"), (calls != nil, "--calls"),
      (exitWithCommand, "--exit-with-command"), (user != nil, "--user"), (!env.isEmpty, "--env"),
      (seccomp != nil, "--seccomp"), (kernelEvidence, "--kernel-evidence"),
    ]
    return given.first { $0.0 }?.1
  }
}
