import CTracee
import Glibc

/// What waitpid(2) said of a thread.
struct PolledStatus {
  var tid: Int32
  var status: Int32

  /// Asks without waiting; nil where the thread has nothing to say.
  static func of(_ tid: Int32) -> PolledStatus? {
    var status: Int32 = 0
    return unsafe tracee_poll(tid, &status) > 0 ? PolledStatus(tid: tid, status: status) : nil
  }
}

/// Asks for a thread again and again for a moment before anyone sleeps.
///
/// Where the thread stops at once, neither of us has to be woken, which on two CPUs costs more than
/// all the looking. Where that led to nothing lately it is asked but once, for a while.
struct Spin {
  private var fruitless = 0
  private var toSkip = 0

  /// Nanoseconds.
  private static let time: UInt64 = 15_000
  /// After so many fruitless spins in a row, 1 in 64 is made.
  private static let maximumFruitless = 6
  /// With one CPU it would only keep the thread from running.
  private static let isUseful = sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1

  mutating func poll(_ tid: Int32) -> PolledStatus? {
    if let status = PolledStatus.of(tid) { return status }
    guard Self.isUseful else { return nil }
    if toSkip > 0 {
      toSkip -= 1
      return nil
    }
    let end = Clock.monotonic() &+ Self.time
    repeat {
      if let status = PolledStatus.of(tid) {
        fruitless = 0
        return status
      }
    } while Clock.monotonic() < end
    fruitless = min(fruitless + 1, Self.maximumFruitless)
    toSkip = (1 << fruitless) - 1
    return nil
  }
}
