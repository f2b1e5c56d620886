/// What became of a call, and why (kernel.md §1; the record's table of verdicts).
package struct Verdict: Sendable {
  package enum Outcome: String, Sendable, CaseIterable {
    /// The kernel counted every message.
    case complete
    /// It counted some of them.
    case partial
    /// It counted all, the last one not in full.
    case short
    /// It counted 1,024, the most one call may take, of more.
    case capped
    /// It returned −1.
    case failed
    /// `vlen` was 0.
    case empty
    /// No exit was seen.
    case unfinished
  }

  package enum Cause: String, Sendable, CaseIterable {
    case cap
    case shortMessage = "short_message"
    case unconsumedMessage = "unconsumed_message"
    case uncountedSend = "uncounted_send"
    case error
    case interrupted
    case callError = "call_error"
  }

  /// How sure a claim is, strongest first.
  package enum Certainty: String, Sendable, CaseIterable {
    /// The kernel said so.
    case observed
    /// The kernel's code allows nothing else.
    case certain
    case likely
    case possible
    case unknown
  }

  /// Where a claim comes from.
  package enum Source: String, Sendable, CaseIterable {
    case returnValue = "return_value"
    case count
    case tracepoint
    case exact
    case rule
    case evidence
    case none
  }

  /// A further errno that may have been the one thrown away.
  package struct Candidate: Hashable, Sendable {
    package var errno: Errno
    package var certainty: Certainty
    package var why: String

    package init(errno: Errno, certainty: Certainty, why: String) {
      self.errno = errno
      self.certainty = certainty
      self.why = why
    }
  }

  package var outcome: Outcome
  /// Nil where nothing fell short, or no exit was seen.
  package var cause: Cause?
  /// The message the cause is about.
  package var at: Int?
  /// The errno that was returned or thrown away; nil for causes without one.
  package var errno: Errno?
  package var certainty: Certainty?
  package var source: Source?
  /// One sentence, with the numbers in it.
  package var why: String?
  /// Best first.
  package var candidates: [Candidate]
  /// `vlen` as given.
  package var asked: UInt32
  /// The count returned; 0 on −1.
  package var sent: UInt32
  /// Messages that went out although they were not counted: 0 or 1.
  package var uncounted: UInt32
  /// Over the entries shown.
  package var bytesAsked: UInt64
  /// The sum of `msg_len` over the counted entries.
  package var bytesSent: UInt64

  package init(
    outcome: Outcome, cause: Cause? = nil, at: Int? = nil, errno: Errno? = nil,
    certainty: Certainty? = nil, source: Source? = nil, why: String? = nil,
    candidates: [Candidate] = [], asked: UInt32, sent: UInt32 = 0, uncounted: UInt32 = 0,
    bytesAsked: UInt64 = 0, bytesSent: UInt64 = 0
  ) {
    self.outcome = outcome
    self.cause = cause
    self.at = at
    self.errno = errno
    self.certainty = certainty
    self.source = source
    self.why = why
    self.candidates = candidates
    self.asked = asked
    self.sent = sent
    self.uncounted = uncounted
    self.bytesAsked = bytesAsked
    self.bytesSent = bytesSent
  }
}

/// What became of one message.
package enum MessageState: String, Sendable, CaseIterable {
  case sent
  /// Counted, but not in full.
  case short
  /// The kernel stopped here.
  case failed
  /// It went out, but the count does not say so.
  case uncounted
  case notAttempted = "not_attempted"
  case unknown
}

extension Verdict {
  /// What became of message `index`.
  package func state(ofMessage index: Int) -> MessageState {
    if outcome == .unfinished { return .unknown }
    if index < Int(sent) {
      return cause == .shortMessage && index == at ? .short : .sent
    }
    guard index == at else { return .notAttempted }
    switch cause {
    case .uncountedSend: return .uncounted
    case .error, .interrupted: return .failed
    default: return .notAttempted
    }
  }
}
