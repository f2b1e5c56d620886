import Glibc
import Records

// Stopping when the shell that started us expects it: with the command, and never before it.
//
// A terminal stops the whole foreground group, the command and us. But a stopped tracer could not
// see the command stop. So we take the signal as a wish, and stop when the command has: the shell
// then finds its job stopped, and continues both.
//
// A command that stops itself alone would be seen to be stopped by its shell, which waits for us
// instead. So we stop with it, where there is such a shell and nobody else is kept from running by
// that. One that is stopped from outside, or by a child, is continued from there.
extension Tracer {
  /// The command has a signal that stops it, perhaps, about to be delivered.
  mutating func stopSignalDelivered(_ sent: SignalRelay.Sent) {
    guard sent.signal == .stop || sent.signal.isStop else { return }
    jobControl.isByItself = sent.sender == commandPid
    // Stopped by someone else, it is continued by someone else, who does not know of us.
    if sent.signal == .stop, let sender = sent.sender, table[process: sender] == nil {
      jobControl.isWanted = false
    }
  }

  /// Stops us, where that is due. Returns when we are continued.
  mutating func stopIfDue() {
    guard jobControl.isWanted || jobControl.isByItself, let commandPid, isStopped(commandPid)
    else { return }
    if !jobControl.isWanted {
      // Who continues it may have ended before its continuation is seen.
      guard table.processes.values.allSatisfy({ $0.isStopped }), !waits.findStops(of: table.tids)
      else { return }
      jobControl.isByItself = false
      guard Job.isInForeground(command: commandPid) else { return }
    }
    jobControl.isWanted = false
    jobControl.isByItself = false
    // What was seen so far is to be read while the job is stopped.
    reports.push(.flush)
    reports.waitUntilEmpty()
    _ = kill(getpid(), SIGSTOP)
    jobControl.continueDue = Clock.monotonic() &+ JobControl.patience
  }

  /// We have been continued, and the command not: it is not in the group that was.
  mutating func continueIfDue(now: UInt64) {
    guard now >= jobControl.continueDue else { return }
    jobControl.continueDue = .max
    guard let commandPid, isStopped(commandPid) else { return }
    Job.continue(command: commandPid)
  }

  /// True where a process is in group-stop now, and all of its threads were seen to come there.
  ///
  /// What was seen last does not tell: a thread that is continued must run before it says so, and a
  /// stop that is seen late can be the one before. A signal that stops it would be lost meanwhile.
  private mutating func isStopped(_ pid: Int32) -> Bool {
    guard table[process: pid]?.isStopped == true, !waits.holdsStops else { return false }
    let threads = table.tids(of: pid)
    // In this order: one that runs on, and stops once more to say so, is found.
    return threads.contains { ProcFile.statField(3, of: $0) == "t" }
      && !waits.findStops(of: threads)
  }
}
