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

  /// When each was last delivered to the command, or came to us (CLOCK_MONOTONIC).
  private var delivered: [Sent: UInt64] = [:]
  private var arrived: [Sent: UInt64] = [:]
  private var kept: [(sent: Sent, due: UInt64)] = []

  /// Nanoseconds for which a signal is kept.
  private static let patience: UInt64 = 30_000_000
  /// Nanoseconds within which two of the same sender came at once.
  private static let burst: UInt64 = 20_000_000
  /// Nanoseconds by which the command's can be seen before ours is.
  private static let memory: UInt64 = 200_000_000

  /// When the next one is to be passed on; nil for none.
  var due: UInt64? { kept.first?.due }

  /// The command is about to have this one delivered.
  mutating func isDelivered(_ sent: Sent, now: UInt64) {
    if let index = kept.firstIndex(where: { $0.sent == sent }) {
      kept.remove(at: index)
    } else {
      delivered[sent] = now
    }
  }

  /// True where it came twice at once, to us and to a group that we are in (timeout(1) does that).
  mutating func isEcho(_ sent: Sent, now: UInt64) -> Bool {
    defer { arrived[sent] = now }
    return arrived[sent].map { now &- $0 < Self.burst } ?? false
  }

  /// Keeps one that has come to us, unless the command has had it already.
  mutating func keep(_ sent: Sent, now: UInt64) {
    if let time = delivered.removeValue(forKey: sent), now &- time < Self.memory { return }
    kept.append((sent, now &+ Self.patience))
  }

  /// The signals that the command has not got by `now`.
  mutating func take(now: UInt64) -> [Signal] {
    let late = kept.prefix { $0.due <= now }.map(\.sent.signal)
    kept.removeFirst(late.count)
    return late
  }
}
