/// How much processes have left unsent that have come out of one another without executing another
/// program: what one of them has left another may send, also one that was there before.
final class SharedLeftovers {
  struct Amount {
    var calls: UInt64 = 0
    var messages = 0
    var bytes = 0
  }

  private(set) var all = Amount()
  /// When the last call fell short (CLOCK_MONOTONIC).
  private(set) var last: UInt64 = 0

  /// A call left so many messages unsent at that time, of so many bytes at most.
  func add(at now: UInt64, unsent messages: Int, bytes: Int) {
    all.calls &+= 1
    all.messages &+= messages
    all.bytes &+= bytes
    last = now
  }
}
