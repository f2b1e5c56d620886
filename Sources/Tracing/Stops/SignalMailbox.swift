import CTracee
import Records

/// The signals a tracer waits for instead of being interrupted by them.
package struct SignalMailbox: Sendable {
  /// The signals that `WaitQueue` takes.
  let awaited: SignalSet

  /// Blocks what is awaited, and what must not end or stop a tracer in the middle of its work.
  ///
  /// Must run before a second thread starts, so that no thread takes SIGCHLD away. What was
  /// inherited as ignored stays ignored, except SIGCHLD: ignored, it would announce no stop. A
  /// launched program gets back all that was inherited.
  package init() throws(LaunchError) {
    let requests: [Signal] = [
      .hangup, .interrupt, .quit, .terminate, .terminalStop, .backgroundRead, .backgroundWrite,
      .user1, .user2, .alarm,
    ].filter { !$0.isIgnored }
    awaited = SignalSet([.child] + requests)
    // Writing to a closed pipe then fails with EPIPE, beyond a size limit with EFBIG, and to a
    // terminal from the background works; a limit of CPU time is the command's.
    let blocked = SignalSet(
      [.child, .brokenPipe, .fileSize, .cpuTime, .backgroundWrite] + requests)
    var native = blocked.native
    let result = unsafe tracee_take_signals(&native)
    if result < 0 { throw LaunchError(step: .signals, errno: Errno(rawValue: -result)) }
  }
}
