import CTracee
import Glibc

/// What is known of stops of the command that its shell expects to see.
struct JobControl {
  /// The terminal, or someone, told us to stop.
  var isWanted = false
  /// The last signal that stops, of those that the command got, came from itself.
  var isByItself = false
  /// When the command is to be continued, if it has not been; .max for never.
  var continueDue = UInt64.max

  /// Nanoseconds in which the signal that continued us may reach the command as well.
  static let patience: UInt64 = 30_000_000
}

/// Where we and the command are in a shell's scheme of jobs (credentials(7), tcgetpgrp(3)).
enum Job {
  /// True where we are a job that a shell has in the foreground of our terminal: the shell waits
  /// for our end or our stop, and for nobody's but ours.
  static func isInForeground(command: Int32) -> Bool {
    let group = getpgrp()
    let parent = getppid()
    // A script without job control has its programs in its own group, and does not wait for stops.
    guard getpgid(parent) != group, getsid(parent) == getsid(0) else { return false }
    let foreground = tracee_foreground_group()
    return foreground == group || foreground > 0 && foreground == getpgid(command)
  }

  /// Continues the command. Where it has a group of its own it gets the terminal that the shell
  /// gave to us, since only a group in the foreground may read from it.
  static func `continue`(command: Int32) {
    let group = getpgid(command)
    if group > 0, group != getpgrp(), tracee_foreground_group() == getpgrp() {
      _ = tracee_set_foreground_group(group)
    }
    _ = kill(command, SIGCONT)
  }
}
