/// What is counted of some calls: of one program, to one destination, on one socket.
package struct SummaryCounts: Sendable {
  package private(set) var calls: UInt64 = 0
  /// Calls that fell short, or whose return was not seen.
  package private(set) var short: UInt64 = 0
  /// Messages that calls were asked to send.
  package private(set) var messages: UInt64 = 0
  package private(set) var sent: UInt64 = 0
  package private(set) var bytes: UInt64 = 0
  package private(set) var durations = CallDurations()
  /// The last call that was counted: it may have several messages.
  private var lastCall: UInt64?

  package init() {}

  /// Messages of one call: `number` tells it from the one before.
  package mutating func add(
    call number: UInt64, isShort: Bool, duration: UInt64?, messages: UInt64, sent: UInt64,
    bytes: UInt64
  ) {
    self.messages &+= messages
    self.sent &+= sent
    self.bytes &+= bytes
    guard lastCall != number else { return }
    lastCall = number
    calls += 1
    if isShort { short += 1 }
    if let duration { durations.add(duration) }
  }

  package mutating func add(_ other: SummaryCounts) {
    calls &+= other.calls
    short &+= other.short
    messages &+= other.messages
    sent &+= other.sent
    bytes &+= other.bytes
    durations.add(other.durations)
  }

  /// Messages a call.
  package var meanBatch: Double { calls == 0 ? 0 : Double(messages) / Double(calls) }
}
