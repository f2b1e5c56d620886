package import Records

/// Lets the records pass that a reader asked for.
///
/// It chooses calls. Follow-ups go with the calls that they are about; process events are chosen by
/// `pid` and `tid` alone; the first and the last record always pass.
package struct RecordFilter: Sendable {
  private let terms: [FilterTerm]
  private var leftOut: UInt64 = 0
  private var leftOutCalls = RecentCalls<Void>()

  /// A filter whose terms have all to hold. One without terms leaves nothing out.
  package init(_ terms: [FilterTerm] = []) { self.terms = terms }

  /// True where it leaves nothing out.
  package var isEmpty: Bool { terms.isEmpty }

  package mutating func keeps(_ event: borrowing TraceEvent) -> Bool {
    if isEmpty { return true }
    let keeps =
      switch event {
      case .start(let start): begin(start)
      case .end: true
      case .call(let call, let verdict): keepsCall(call, verdict)
      case .followUp(let followUp): leftOutCalls[followUp.of] == nil
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

  /// Calls are counted anew, but in a further file of the same trace: traces may be read one after
  /// another.
  private mutating func begin(_ start: TraceStart) -> Bool {
    if start.previous == nil {
      leftOutCalls.forgetAll()
      leftOut = 0
    }
    return true
  }

  private mutating func keepsCall(_ call: SendCall, _ verdict: Verdict) -> Bool {
    if terms.allSatisfy({ $0.holds(for: call, verdict) }) { return true }
    // Only what fell short is followed up.
    if ![.complete, .empty].contains(verdict.outcome) {
      leftOutCalls.remember((), of: call.sequence)
    }
    return false
  }
}
