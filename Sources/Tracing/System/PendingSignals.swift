import Glibc
import Records

/// The signals that wait for a thread, and what it does with signals (proc_pid_status(5)).
struct PendingSignals {
  var pending: UInt64 = 0
  var ignored: UInt64 = 0
  var caught: UInt64 = 0

  /// Those that wait and are not blocked, of the thread and its process.
  static func ofThread(_ tid: Int32) -> PendingSignals {
    PendingSignals(ThreadStatus(tid))
  }

  init(pending: UInt64 = 0, ignored: UInt64 = 0, caught: UInt64 = 0) {
    (self.pending, self.ignored, self.caught) = (pending, ignored, caught)
  }

  /// None where the thread is gone.
  init(_ status: ThreadStatus?) {
    guard let status else {
      self.init()
      return
    }
    self.init(
      pending: status.unblockedSignals, ignored: status.ignoredSignals,
      caught: status.caughtSignals)
  }

  /// SIGCHLD, SIGCONT, SIGURG, SIGWINCH: ignored where there is no handler (signal(7)).
  private static let ignoredByDefault: UInt64 =
    [SIGCHLD, SIGCONT, SIGURG, SIGWINCH].reduce(0) { $0 | 1 << UInt64($1 - 1) }

  /// Those that would not even be queued if the thread were not traced (kernel.md §0.5).
  var ignoredOnes: UInt64 { pending & ignoredMask }

  private var ignoredMask: UInt64 { ignored | Self.ignoredByDefault & ~caught }

  /// True for a signal that does nothing to the program.
  func ignores(_ signal: Signal) -> Bool { contains(ignoredMask, signal) }

  /// True where the program has a handler for a signal.
  func isCaught(_ signal: Signal) -> Bool {
    contains(caught, signal)
  }

  private func contains(_ mask: UInt64, _ signal: Signal) -> Bool {
    signal.rawValue > 0 && mask >> UInt64(signal.rawValue - 1) & 1 == 1
  }

  /// True where a signal waits that interrupts calls, traced or not.
  var canInterrupt: Bool { pending & ~ignoredOnes != 0 }
}
