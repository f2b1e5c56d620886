import Records

// Processes that live on when the command has ended.
extension Tracer {
  /// The command has ended, and others have not: in a moment there is a word about them.
  mutating func expectChildrenToEnd() {
    wordOnSurvivorsDue = Clock.monotonic() &+ Self.patienceForSurvivors
  }

  /// Says once whom we wait for, who seem to hang otherwise.
  mutating func nameSurvivors(now: UInt64) {
    guard now >= wordOnSurvivorsDue else { return }
    wordOnSurvivorsDue = .max
    guard phase == .tracing || phase == .waiting, let exit = outcome.exit else { return }
    let how =
      switch exit {
      case .exited(let code): "exited with \(code)"
      case .killed(let signal): "was killed by \(signal.name)"
      }
    let isRecording = table.processes.values.contains { isRecorded($0) }
    let count = table.processes.count
    let them = count == 1 ? "it" : "them"
    let way =
      table.canBeLetGo
      ? "SIGINT or SIGTERM lets go of \(them)"
      : "to end the trace, end \(them) (--seccomp off --exit-with-command lets go of such)"
    // It comes once, and is none of the messages that are limited in number.
    reports.push(
      .warning(
        "COMMAND \(how); still \(isRecording ? "tracing" : "waiting for the end of")"
          + " \(count == 1 ? "1 process" : "\(count) processes"): \(survivors): \(way)"))
  }

  /// `4711 (server), 4712 (worker)`: the first of the processes that are traced.
  var survivors: String {
    let pids = table.processes.keys.sorted()
    let named = pids.prefix(3).map { "\($0) (\(ProcFile.comm(ofThread: $0) ?? "?"))" }
    return named.joined(separator: ", ") + (pids.count > 3 ? " and \(pids.count - 3) more" : "")
  }

  /// Nanoseconds that they may take to end without a word about them.
  private static let patienceForSurvivors: UInt64 = 1_000_000_000
}
