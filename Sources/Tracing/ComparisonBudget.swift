/// For how long the sends of a process are read as a whole, since they may be what a call of it left
/// unsent: until so many have followed, or so many bytes, or for so long.
struct ComparisonBudget {
  private static let sends = 64
  private static let bytes = 4 << 20
  private static let patience: UInt64 = 61_000_000_000

  private var sendsLeft = 0
  private var bytesLeft = 0
  /// CLOCK_MONOTONIC.
  private var end: UInt64 = 0

  /// A call left messages unsent at that time.
  mutating func renew(at now: UInt64) {
    self = ComparisonBudget(
      sendsLeft: Self.sends, bytesLeft: Self.bytes, end: now &+ Self.patience)
  }

  /// True where a send at that time is to be read.
  func isOpen(at now: UInt64) -> Bool { sendsLeft > 0 && now < end }

  /// A send was read.
  mutating func spend(_ count: Int) {
    bytesLeft -= count
    sendsLeft = bytesLeft > 0 ? sendsLeft - 1 : 0
  }
}
