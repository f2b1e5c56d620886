import Records

/// What to do about a finding, where that is known.
enum PolicyFix {
  static func of(_ limit: PolicyLimit, _ verdict: Verdict? = nil) -> String? {
    switch limit.measure {
    case .batch, .batchMean, .batchP50:
      return limit.bound == .least ? "gather more messages before each call" : nil
    case _ where limit.bound == .least: return nil
    case .partial, .unsent, .failed:
      return verdict.flatMap { ofShortfall($0) } ?? goOn
    case .abandoned, .short: return goOn
    case .capped: return "offer at most 1024 messages in a call, or go on from the count returned"
    case .duplicates:
      return "go on from the count that the call returned, not from the first message"
    case .datagram: return "set a smaller segment size (UDP_SEGMENT), or cut the payload"
    case .calls, .messages, .bytes, .unfinished, .duration, .durationMean, .durationP50,
      .durationP90, .durationP99, .payload:
      return nil
    }
  }

  static func of(_ limit: PolicyLimit, _ how: FollowUp.How) -> String? {
    switch how {
    case .skipped: "offer that message again, or make it one that the kernel takes"
    case .cappedRest: "offer at most 1024 messages in a call, or go on from the count returned"
    default: of(limit)
    }
  }

  private static let goOn = "offer the messages from the returned count on once more"

  private static func ofShortfall(_ verdict: Verdict) -> String? {
    switch verdict.errno {
    case .again: "wait until the socket takes more (poll for POLLOUT), then go on"
    case .messageTooLong: "cut that message or leave it out, and go on behind it"
    case .connectionRefused: "go on: the error belongs to a datagram sent before"
    case .interrupted: "call again"
    case .badDescriptor, .notSocket: "the descriptor is no open socket: see who closed it"
    default: nil
    }
  }
}
