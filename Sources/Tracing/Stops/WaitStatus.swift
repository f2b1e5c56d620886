import CTracee
package import Records

/// What a wait status says happened to a traced thread.
package enum StopEvent: Hashable, Sendable {
  /// A system call is entered or left.
  case syscall
  /// A filter asked for this call to be looked at.
  case seccomp
  /// A child or thread was made; its tid is the event message.
  case created
  /// A new program; the event message is the tid that called execve.
  case exec
  /// A thread's first stop, or one that PTRACE_INTERRUPT made.
  case interrupt
  /// The process is stopped by this signal.
  case groupStop(Signal)
  /// A signal is about to be delivered.
  case signal(Signal)
  /// Nothing that this program knows; the status as it was.
  case unknown(Int32)
}

/// A wait status, interpreted (wait(2), ptrace(2)).
package enum WaitStatus: Hashable, Sendable {
  case ended(ExitStatus)
  case stopped(StopEvent)

  /// Interprets a status as waitpid(2) returns it of a seized thread.
  ///
  ///     bits 0–6   0 exited, 0x7f stopped, else killed by that signal
  ///     bits 8–15  exit status or stop signal; 0x80 is added in system call stops
  ///     bits 16–   PTRACE_EVENT_*
  package init(_ status: Int32) {
    let low = status & 0x7f
    if low == 0 {
      self = .ended(.exited((status >> 8) & 0xff))
    } else if low != 0x7f {
      self = .ended(.killed(Signal(rawValue: low)))
    } else {
      self = .stopped(Self.stop(signal: (status >> 8) & 0xff, event: status >> 16, status: status))
    }
  }

  private static let trap: Int32 = 5
  private static let syscallMark: Int32 = 0x80
  /// SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU.
  private static let stopSignals: ClosedRange<Int32> = 19...22

  private static func stop(signal: Int32, event: Int32, status: Int32) -> StopEvent {
    switch Int(event) {
    case 0:
      if signal == trap | syscallMark { return .syscall }
      return (1...64).contains(signal) ? .signal(Signal(rawValue: signal)) : .unknown(status)
    case TRACEE_EVENT_FORK, TRACEE_EVENT_VFORK, TRACEE_EVENT_CLONE: return .created
    case TRACEE_EVENT_EXEC: return .exec
    case TRACEE_EVENT_SECCOMP: return .seccomp
    case TRACEE_EVENT_STOP:
      if signal == trap { return .interrupt }
      return stopSignals.contains(signal)
        ? .groupStop(Signal(rawValue: signal)) : .unknown(status)
    default: return .unknown(status)
    }
  }
}
