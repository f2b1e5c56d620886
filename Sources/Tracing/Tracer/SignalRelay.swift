package import Records

/// Decides which of the signals that were sent to us are passed on to the command.
///
/// A signal can have gone to us alone, or to the whole process group or control group (`kill %1`,
/// a service manager), and nothing in it tells which. But what the command gets, we see. So a
/// signal is kept for a moment, and passed on unless the command turns out to have it. A command
/// that takes its signals by sigwaitinfo or signalfd shows nothing, and gets such a one twice.
package struct SignalRelay {
  /// A signal that was sent; nil senders are the kernel.
  package struct Sent: Hashable, Sendable {
    package var signal: Signal
    package var sender: Int32?
  }

  /// What was delivered to the command, and what came to us, lately.
  private var delivered = Lately()
  private var arrived = Lately()
  private var kept: [(sent: Sent, due: UInt64)] = []

  /// Nanoseconds for which a signal is kept.
  private static let patience: UInt64 = 30_000_000
  /// Nanoseconds within which two of the same sender came at once.
  private static let burst: UInt64 = 20_000_000
  /// Nanoseconds by which the command's can be seen before ours is.
  private static let memory: UInt64 = 200_000_000

  /// When the next one is to be passed on; nil for none.
  var due: UInt64? { kept.first?.due }

  /// Takes down that the command is about to have this one delivered.
  mutating func noteDelivery(of sent: Sent, now: UInt64) {
    if let index = kept.firstIndex(where: { $0.sent == sent }) {
      kept.remove(at: index)
    } else {
      delivered.note(sent, now: now)
    }
  }

  /// Takes down that this one came to us. True where it came twice at once, to us and to a group
  /// that we are in (timeout(1) does that).
  mutating func noteArrival(of sent: Sent, now: UInt64) -> Bool {
    defer { arrived.note(sent, now: now) }
    return arrived.take(sent).map { now &- $0 < Self.burst } ?? false
  }

  /// Keeps one that has come to us, unless the command has had it already.
  mutating func keep(_ sent: Sent, now: UInt64) {
    if let time = delivered.take(sent), now &- time < Self.memory { return }
    kept.append((sent, now &+ Self.patience))
  }

  /// The last few signals and when they came (CLOCK_MONOTONIC). A program can send itself any
  /// number of them, each with a sender that it made up (rt_tgsigqueueinfo(2)).
  private struct Lately {
    private var entries: [(sent: Sent, time: UInt64)] = []
    private static let capacity = 64

    mutating func note(_ sent: Sent, now: UInt64) {
      if entries.count == Self.capacity { entries.removeFirst() }
      entries.append((sent, now))
    }

    /// When it came last, and forgets that; nil where it did not.
    mutating func take(_ sent: Sent) -> UInt64? {
      let time = entries.last { $0.sent == sent }?.time
      if time != nil { entries.removeAll { $0.sent == sent } }
      return time
    }
  }

  /// The signals that the command has not got by `now`.
  mutating func take(now: UInt64) -> [Signal] {
    let late = kept.prefix { $0.due <= now }.map(\.sent.signal)
    kept.removeFirst(late.count)
    return late
  }
}
