import Records

extension Verdict {
  /// The first message that the call did not send; nil where there is none.
  var firstUnsent: Int? {
    switch cause {
    case nil: nil
    case .callError: 0
    case .uncountedSend: at.map { $0 + 1 }
    case .shortMessage, .unconsumedMessage, .cap, .error, .interrupted: Int(sent)
    }
  }
}
