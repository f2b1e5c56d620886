import Records

/// What to do about a finding, where that is known.
enum PolicyFix {
  static func of(_ limit: PolicyLimit) -> String? {
    switch limit.measure {
    case .batch, .batchMean, .batchP50:
      return limit.bound == .least ? "gather more messages before each call" : nil
    case _ where limit.bound == .least: return nil
    case .partial, .unsent, .abandoned, .short: return ShortfallFix.goOn
    case .capped: return "offer at most 1024 messages in a call, or go on from the count returned"
    case .duplicates:
      return "go on from the count that the call returned, not from the first message"
    case .datagram: return "set a smaller segment size (UDP_SEGMENT), or cut the payload"
    case .calls, .messages, .bytes, .failed, .unfinished, .duration, .durationMean, .durationP50,
      .durationP90, .durationP99, .payload:
      return nil
    }
  }

  /// Of a limit that a call broke by falling short.
  static func of(_ limit: PolicyLimit, _ call: SendCall, _ verdict: Verdict) -> String? {
    switch limit.measure {
    case .partial, .unsent, .failed, .short: ShortfallFix.of(verdict, on: call.socket)
    default: of(limit)
    }
  }

  /// Of a limit that was broken by what became of messages; `shortfall` is the fix for the call
  /// that had left them unsent.
  static func of(
    _ limit: PolicyLimit, _ how: FollowUp.How, shortfall: String?
  ) -> String? {
    switch how {
    case .skipped: ShortfallFix.ofLeftOut(shortfall)
    case .abandoned, .cappedRest: shortfall
    case .resentAll, .resumed, .unknown: of(limit)
    }
  }
}
