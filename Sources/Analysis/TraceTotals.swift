package import Records

/// What `trace_end` counts.
package struct TraceTotals: Sendable {
  package private(set) var calls: UInt64 = 0
  package private(set) var messagesAsked: UInt64 = 0
  package private(set) var messagesSent: UInt64 = 0
  package private(set) var bytesSent: UInt64 = 0
  private var outcomes: [Verdict.Outcome: UInt64] = [:]

  package init() {}

  /// Counts a call.
  package mutating func add(_ verdict: Verdict) {
    calls += 1
    messagesAsked &+= UInt64(verdict.asked)
    messagesSent &+= UInt64(verdict.sent)
    bytesSent &+= verdict.bytesSent
    outcomes[verdict.outcome, default: 0] += 1
  }

  /// The calls of each outcome that occurred, in the order of the outcomes.
  package var outcomeCounts: [(outcome: Verdict.Outcome, calls: UInt64)] {
    Verdict.Outcome.allCases.compactMap { outcome in
      outcomes[outcome].map { (outcome, $0) }
    }
  }
}
