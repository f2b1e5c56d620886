import Analysis
import Records
import Testing

@Suite struct TraceTotalsTests {
  @Test func nothingYet() {
    let totals = TraceTotals()
    #expect(totals.calls == 0 && totals.messagesAsked == 0)
    #expect(totals.messagesSent == 0 && totals.bytesSent == 0)
    #expect(totals.outcomeCounts.isEmpty)
  }

  @Test func sums() {
    var totals = TraceTotals()
    totals.add(Verdict(outcome: .failed, cause: .error, at: 0, asked: 5, bytesAsked: 50))
    totals.add(Verdict(outcome: .partial, asked: 7, sent: 3, bytesAsked: 700, bytesSent: 300))
    totals.add(Verdict(outcome: .complete, asked: 2, sent: 2, bytesAsked: 20, bytesSent: 20))
    totals.add(Verdict(outcome: .partial, asked: 4, sent: 1, bytesAsked: 4, bytesSent: 1))
    totals.add(Verdict(outcome: .empty, asked: 0))
    #expect(totals.calls == 5)
    #expect(totals.messagesAsked == 18)
    #expect(totals.messagesSent == 6)
    #expect(totals.bytesSent == 321)
    // In the order of the outcomes, without those that did not occur.
    #expect(totals.outcomeCounts.map(\.outcome) == [.complete, .partial, .failed, .empty])
    #expect(totals.outcomeCounts.map(\.calls) == [1, 2, 1, 1])
  }

  @Test func everyOutcomeCounts() {
    var totals = TraceTotals()
    for (index, outcome) in Verdict.Outcome.allCases.reversed().enumerated() {
      for _ in 0...index { totals.add(Verdict(outcome: outcome, asked: 1)) }
    }
    #expect(totals.outcomeCounts.map(\.outcome) == Verdict.Outcome.allCases)
    let count = UInt64(Verdict.Outcome.allCases.count)
    #expect(totals.outcomeCounts.map(\.calls) == (1...count).reversed())
    #expect(totals.calls == totals.outcomeCounts.reduce(0) { $0 + $1.calls })
  }

  @Test func largestNumbers() {
    var totals = TraceTotals()
    for _ in 0..<3 {
      totals.add(
        Verdict(outcome: .complete, asked: .max, sent: .max, bytesAsked: .max, bytesSent: .max))
    }
    #expect(totals.messagesAsked == 3 * UInt64(UInt32.max))
    #expect(totals.messagesSent == 3 * UInt64(UInt32.max))
  }
}
