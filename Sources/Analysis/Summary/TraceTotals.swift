package import Records

/// What is counted of calls, over a whole trace or what was chosen of it.
package struct TraceTotals: Sendable {
  package private(set) var calls: UInt64 = 0
  package private(set) var messagesAsked: UInt64 = 0
  package private(set) var messagesSent: UInt64 = 0
  package private(set) var bytesSent: UInt64 = 0
  private var outcomes: [Verdict.Outcome: UInt64] = [:]
  private var causes: [Verdict.Cause: UInt64] = [:]

  package init() {}

  /// Counts a call.
  package mutating func add(_ verdict: Verdict) {
    calls += 1
    messagesAsked &+= UInt64(verdict.asked)
    messagesSent &+= UInt64(verdict.sent)
    bytesSent &+= verdict.bytesSent
    outcomes[verdict.outcome, default: 0] += 1
    if let cause = verdict.cause { causes[cause, default: 0] += 1 }
  }

  /// The calls of each outcome that occurred, in the order of the outcomes.
  package var outcomeCounts: [(outcome: Verdict.Outcome, calls: UInt64)] {
    Verdict.Outcome.allCases.compactMap { outcome in
      outcomes[outcome].map { (outcome, $0) }
    }
  }

  /// The calls that fell short by each cause that occurred, in the order of the causes.
  package var causeCounts: [(cause: Verdict.Cause, calls: UInt64)] {
    Verdict.Cause.allCases.compactMap { cause in causes[cause].map { (cause, $0) } }
  }
}
