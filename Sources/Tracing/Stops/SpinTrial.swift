/// Tries now and then whether waits that are too long to spin through are so for want of spinning.
///
/// Who sleeps has to be woken, and on a virtual machine a CPU that slept as well: both may take 100
/// µs, so that a thread which stops at once seems to take its time for ever. A trial spins through
/// some waits in a row; where they get short they are spun through from there on. Where they do
/// not, the next trial is twice as far away, so that trials cost next to nothing.
struct SpinTrial {
  /// True while waits are to be spun through that seem too long.
  private(set) var isRunning = false
  /// Waits until the next trial or, while one runs, until its end.
  private var left = shortestGap
  private var gap = shortestGap

  /// As many as a moving average needs to come down, of which a wait has an eighth.
  private static let length = 32
  private static let shortestGap = 32
  private static let longestGap = 4_096

  /// Counts a wait that seems too long; true where it is to be spun through all the same.
  mutating func tries() -> Bool {
    left -= 1
    guard left <= 0 else { return isRunning }
    if isRunning { fail() } else { begin() }
    return isRunning
  }

  /// A wait of the trial was too long to be spun through even so.
  mutating func fail() {
    isRunning = false
    gap = min(gap * 2, Self.longestGap)
    left = gap
  }

  /// Waits are short now.
  mutating func succeed() {
    isRunning = false
    gap = Self.shortestGap
    left = gap
  }

  private mutating func begin() {
    isRunning = true
    left = Self.length
  }
}
