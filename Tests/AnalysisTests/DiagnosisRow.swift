import Analysis
import Records
import Testing

/// A call that fell short, and what has to be said of its lost error.
struct DiagnosisRow: CustomTestStringConvertible, Sendable {
  var reason: String
  var errno: String?
  var certainty: Verdict.Certainty
  var change: @Sendable (inout FailedCall) -> Void
  var testDescription: String { reason }

  init(
    _ reason: String, _ errno: String?, _ certainty: Verdict.Certainty,
    _ change: @escaping @Sendable (inout FailedCall) -> Void
  ) {
    self.reason = reason
    self.errno = errno
    self.certainty = certainty
    self.change = change
  }

  var verdict: Verdict {
    var failed = FailedCall()
    change(&failed)
    return Verdict.of(failed.call)
  }

  /// Expects what the row says, and what holds for all of them.
  func check(sourceLocation: SourceLocation = #_sourceLocation) {
    let verdict = verdict
    let why = verdict.why ?? ""
    #expect(verdict.outcome == .partial && verdict.at == 1, sourceLocation: sourceLocation)
    #expect(verdict.cause == .error, sourceLocation: sourceLocation)
    #expect(verdict.errno?.name == errno, "\(why)", sourceLocation: sourceLocation)
    #expect(verdict.certainty == certainty, "\(why)", sourceLocation: sourceLocation)
    #expect(
      (verdict.source == .rule) == (verdict.certainty == .certain), sourceLocation: sourceLocation)
    #expect(
      !verdict.candidates.contains { $0.errno == verdict.errno }, sourceLocation: sourceLocation)
  }
}
