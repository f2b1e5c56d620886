/// For how long the sends of a process are read as a whole, since they may be what a call of it
/// left unsent: until as much has followed as it can have left, and then so many sends, or so many
/// bytes, or for so long.
struct ComparisonBudget {
  private static let sends = 512
  private static let bytes = 4 << 20
  private static let patience: UInt64 = 61_000_000_000
  /// Datagrams that UDP makes of one message (`UDP_MAX_SEGMENTS`), each of which a program may send
  /// alone.
  private static let datagrams = 128
  /// More sends than that are not waited for, however small they are, and no more bytes.
  private static let mostSendsOfUnsent = 4096
  private static let mostBytesOfUnsent = 16 << 20

  private var sendsLeft = 0
  private var bytesLeft = 0
  /// What may be taking up what was left, which is not charged against these.
  private var unsentSends = 0
  private var unsentBytes = 0
  /// CLOCK_MONOTONIC.
  private var end: UInt64 = 0
  /// How much of what related processes have left is in these numbers.
  private var known = SharedLeftovers.Amount()

  /// Any of a process's relatives may be given what it left unsent.
  mutating func renew(by leftovers: SharedLeftovers) {
    let all = leftovers.all
    guard all.calls != known.calls else { return }
    renew(
      at: leftovers.last, unsent: all.messages &- known.messages, bytes: all.bytes &- known.bytes)
    known = all
  }

  /// What others leave from here on is no matter of the process.
  mutating func forgetRelatives() { known = SharedLeftovers.Amount() }

  /// A call left so many messages unsent at that time, of so many bytes at most. What others left
  /// may follow yet: many sockets stall together.
  mutating func renew(at now: UInt64, unsent messages: Int, bytes: Int) {
    let sends = min(messages, Self.mostSendsOfUnsent / Self.datagrams) * Self.datagrams
    (sendsLeft, bytesLeft) = (Self.sends, Self.bytes)
    unsentSends = min(unsentSends + sends, Self.mostSendsOfUnsent)
    let bytes = max(unsentBytes, 0) + min(bytes, Self.mostBytesOfUnsent)
    unsentBytes = min(bytes, Self.mostBytesOfUnsent)
    end = now &+ Self.patience
  }

  /// True where a send at that time is to be read.
  func isOpen(at now: UInt64) -> Bool { sendsLeft > 0 && now < end }

  /// A send that was read, of so many bytes, has left some unsent in turn.
  mutating func refund(_ count: Int) {
    unsentSends += 1
    unsentBytes = max(unsentBytes, 0) + count
  }

  /// A send was read, of so many bytes.
  mutating func spend(_ count: Int) {
    if unsentSends > 0, unsentBytes > 0 {
      unsentSends -= 1
      unsentBytes -= count
      return
    }
    unsentSends = 0
    bytesLeft -= count
    sendsLeft = bytesLeft > 0 ? sendsLeft - 1 : 0
  }
}
