/// Asks for a thread again and again for a moment before anyone sleeps.
///
/// Where the thread stops soon, neither of us has to be woken, which on a virtual machine costs up
/// to 20 µs. How soon it stops is known from the last times, which are measured whether they were
/// spun through or slept through: where they are long there is no spinning at all, so that a
/// program that waits, or another that has the CPU, costs nothing. Nor is there where it was in
/// vain lately: with both CPUs busy the thread may wait for the one that we spin on.
struct Spin {
  /// How long it took lately, nanoseconds: a moving average, which the last one has an eighth of.
  private var typical: UInt64 = 0

  /// Rises each time that spinning was of use, and falls each time that it was not; below zero
  /// there is none.
  private var credit = fullCredit
  /// So many waits are slept through before it is tried again, where it is in vain once more.
  private var pause = shortestPause
  private var trial = SpinTrial()

  /// Nanoseconds beyond which it is not worth while.
  private let worthwhile: UInt64
  /// What a wait counts at most: so that one in six of these ends the spinning.
  private static let longest: UInt64 = 400_000
  /// Nanoseconds between two calls that are few.
  private static let hurry: UInt64 = 250_000
  /// What is added to twice the time that it took lately.
  private static let margin: UInt64 = 10_000
  /// How many times what is worth while a wait of a trial is spun through: a CPU that fell asleep
  /// is slow to wake the first time.
  private static let trialPatience: UInt64 = 4
  private static let fullCredit = 8
  /// What one time in vain costs: it is to be of use two times in three.
  private static let price = 2
  private static let shortestPause = 4
  private static let longestPause = 256

  /// `worthwhile` is in nanoseconds.
  init(worthwhile: UInt64) { self.worthwhile = worthwhile }

  /// True where it takes so long that the thread has time.
  var isUnhurried: Bool { typical > Self.hurry }

  /// The thread took so many nanoseconds; nil where another one came before it.
  mutating func note(_ time: UInt64?) {
    typical = (typical * 7 + min(time ?? Self.longest, Self.longest)) / 8
    if trial.isRunning, typical <= worthwhile { trial.succeed() }
  }

  /// Asks for a thread that runs since `start`, by CLOCK_MONOTONIC.
  mutating func poll(_ tid: Int32, since start: UInt64) -> PolledStatus? {
    guard credit >= 0 else {
      // Where it has stopped, whoever goes to sleep is told at once.
      credit += 1
      return nil
    }
    if let status = PolledStatus.of(tid) { return status }
    guard typical <= worthwhile else { return tryOut(tid, since: start) }
    if let status = Self.spin(tid, until: start &+ typical * 2 + Self.margin) {
      credit = min(credit + 1, Self.fullCredit)
      if credit == Self.fullCredit { pause = Self.shortestPause }
      return status
    }
    if credit >= Self.price {
      credit -= Self.price
    } else {
      credit = -pause
      pause = min(pause * 2, Self.longestPause)
    }
    return nil
  }

  /// Spins where it seems to take too long, if it is time to see whether that is still so.
  private mutating func tryOut(_ tid: Int32, since start: UInt64) -> PolledStatus? {
    guard !isUnhurried, trial.tries() else { return nil }
    let status = Self.spin(tid, until: start &+ worthwhile * Self.trialPatience)
    if status == nil { trial.fail() }
    return status
  }

  private static func spin(_ tid: Int32, until end: UInt64) -> PolledStatus? {
    while Clock.monotonic() < end {
      if let status = PolledStatus.of(tid) { return status }
    }
    return nil
  }
}
