import CTracee

/// Has the scribe give way to the tracer and the traced program while it works off large calls, for
/// as long as it keeps up.
///
/// A call of many messages keeps it busy for a millisecond. With two CPUs and a program on one of
/// them, the tracer wakes up where the scribe runs, and may wait there for the scribe's slice to
/// end, up to 3 ms, while the program stands still. A thread that is SCHED_IDLE is preempted at
/// once. But beside programs that compute it would get next to nothing: so it is SCHED_OTHER again
/// as soon as it falls behind, which the tracer's thread sees to.
struct ScribePriority: ~Copyable {
  private var scribe: Int32?
  /// Nil as long as it is not known.
  private var mayReturn: Bool?
  private(set) var isLowered = false
  /// When the scribe took what it works on.
  private var begin: UInt64 = 0
  /// Until when it is not lowered again.
  private var pauseEnd: UInt64 = 0
  private var pause = shortestPause

  /// Messages a call, on the average, from which on it helps: at 16 it does not, at 64 it does.
  private static let manyMessages = 48
  /// Nanoseconds that the scribe may take for what it took at once.
  private static let patience: UInt64 = 50_000_000
  private static let shortestPause: UInt64 = 100_000_000
  private static let longestPause: UInt64 = 64_000_000_000

  /// The scribe, on its own thread, takes so many calls with so many messages.
  mutating func begin(calls: Int, messages: Int, now: UInt64) {
    begin = now
    guard calls > 0, messages / calls >= Self.manyMessages, now >= pauseEnd else {
      if isLowered { restore() }
      return
    }
    if !isLowered { lower() }
  }

  /// When it is to be SCHED_OTHER again if it has not got through by then; nil where it is.
  var end: UInt64? { isLowered ? begin &+ Self.patience : nil }

  /// It falls behind: it is SCHED_OTHER again. The pause before it is lowered the next time doubles
  /// each time.
  mutating func fallBehind(now: UInt64) {
    guard isLowered else { return }
    restore()
    pauseEnd = now &+ pause
    pause = min(pause * 2, Self.longestPause)
  }

  private mutating func lower() {
    let canReturn = mayReturn ?? (tracee_is_scheduled_normally() && tracee_may_return_from_idle())
    mayReturn = canReturn
    guard canReturn else { return }
    scribe = tracee_own_tid()
    isLowered = tracee_schedule(0, true) == 0
  }

  private mutating func restore() {
    guard let scribe else { return }
    isLowered = tracee_schedule(scribe, false) != 0
  }
}
