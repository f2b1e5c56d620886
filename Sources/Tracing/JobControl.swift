import Glibc

/// Stops us when the shell that started us expects it: with the command, and never before it.
///
/// A terminal stops the whole foreground group, the command and us. But a stopped tracer could not
/// see the command stop. So we take the signal as a wish, and stop when the command has: the shell
/// then finds its job stopped, and continues both.
struct JobControl {
  /// The terminal, or someone, told us to stop.
  var isWanted = false
  /// The command is in group-stop.
  var commandIsStopped = false

  /// Stops us, when both are so. Returns when we are continued.
  mutating func stopIfDue(_ reports: ReportQueue) {
    guard isWanted, commandIsStopped else { return }
    isWanted = false
    // What was seen so far is to be read while the job is stopped.
    reports.push(.flush)
    reports.waitUntilEmpty()
    _ = kill(getpid(), SIGSTOP)
  }
}
