/// While more is noted at the entries of calls than most calls need: how long the other threads of
/// the process have run, or who may have its sockets, so that it can be told of a call that falls
/// short whether these may have changed its socket meanwhile.
///
/// That costs a call some microseconds, and is of use for the few that fall short: it is done for
/// the first calls, and for a while after each that fell short.
struct RestWatch {
  private static let firstCalls = 64
  private static let patience: UInt64 = 60_000_000_000

  private var callsLeft = Self.firstCalls
  /// CLOCK_MONOTONIC.
  private var end: UInt64 = 0

  /// A call fell short at that time.
  mutating func renew(at now: UInt64) { end = now &+ Self.patience }

  /// True where it is to be noted of a call at that time.
  mutating func isDue(at now: UInt64) -> Bool {
    if callsLeft > 0 {
      callsLeft -= 1
      return true
    }
    return now < end
  }
}
