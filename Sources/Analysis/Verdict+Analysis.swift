package import Records

extension Verdict {
  /// Judges a call.
  package static func of(_ call: SendCall) -> Verdict {
    Verdict(outcome: .unfinished, asked: call.arguments?.vectorLength ?? 0)
  }
}
