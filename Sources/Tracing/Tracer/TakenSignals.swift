/// When the threads of a process took signals (CLOCK_MONOTONIC).
struct TakenSignals {
  /// The end of a child, which the process ignores; 0 for none.
  private var ignoredEnd: UInt64 = 0
  private var other: UInt64 = 0

  mutating func note(isIgnoredEnd: Bool, at time: UInt64) {
    if isIgnoredEnd { ignoredEnd = time } else { other = time }
  }

  /// True where since a time one was taken, and nothing else.
  func hasIgnoredEnd(since time: UInt64) -> Bool { ignoredEnd >= time && other < time }

  mutating func forgetEnd() { ignoredEnd = 0 }
}
