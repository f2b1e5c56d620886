package import Records

/// Lets the records pass that a reader asked for.
///
/// It chooses calls. Follow-ups go with the calls that they are about; process events are chosen by
/// `pid` and `tid` alone; the first and the last record always pass.
package struct RecordFilter: Sendable {
  private let terms: [FilterTerm]
  private var leftOut: UInt64 = 0
  private var leftOutCalls = RecentCalls()

  /// A filter whose terms have all to hold. One without terms leaves nothing out.
  package init(_ terms: [FilterTerm] = []) { self.terms = terms }

  package mutating func keeps(_ event: borrowing TraceEvent) -> Bool {
    if terms.isEmpty { return true }
    let keeps =
      switch event {
      case .start: begin()
      case .end: true
      case .call(let call, let verdict): keepsCall(call, verdict)
      case .followUp(let followUp): !leftOutCalls.contains(followUp.of)
      case .process(let event): terms.allSatisfy { $0.holds(for: event) }
      }
    if !keeps { leftOut += 1 }
    return keeps
  }

  /// How many records were left out since the trace began, or since this was asked.
  package mutating func takeLeftOut() -> UInt64 {
    defer { leftOut = 0 }
    return leftOut
  }

  /// Calls are counted anew: traces may be read one after another.
  private mutating func begin() -> Bool {
    leftOutCalls = RecentCalls()
    leftOut = 0
    return true
  }

  private mutating func keepsCall(_ call: SendCall, _ verdict: Verdict) -> Bool {
    if terms.allSatisfy({ $0.holds(for: call, verdict) }) { return true }
    // Only what fell short is followed up.
    if ![.complete, .empty].contains(verdict.outcome) { leftOutCalls.insert(call.sequence) }
    return false
  }
}

/// Calls by their numbers, as many as are likely to be asked for again: of two calls 65,536 apart
/// the later one is remembered.
private struct RecentCalls {
  private static let count: UInt64 = 1 << 16
  private var slots: [UInt64] = []

  mutating func insert(_ call: UInt64) {
    if slots.isEmpty { slots = Array(repeating: 0, count: Int(Self.count)) }
    slots[Int(call % Self.count)] = call
  }

  func contains(_ call: UInt64) -> Bool {
    !slots.isEmpty && call != 0 && slots[Int(call % Self.count)] == call
  }
}
