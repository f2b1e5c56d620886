/// What a policy can set a limit for.
package enum PolicyMeasure: String, CaseIterable, Sendable {
  // Of the whole run.
  case calls, messages, bytes, partial, short, capped, failed, unfinished
  case unsent, abandoned, duplicates
  case batchMean = "batch.mean"
  case batchP50 = "batch.p50"
  case durationMean = "duration.mean"
  case durationP50 = "duration.p50"
  case durationP90 = "duration.p90"
  case durationP99 = "duration.p99"
  // Of each call.
  case batch, duration
  // Of each message.
  case payload, datagram

  package enum Unit: Sendable {
    case number
    case decimal
    case bytes
    case nanoseconds
  }

  /// What a limit is compared with.
  package enum Scope: Sendable {
    /// A count that grows with the run.
    case count
    /// A mean or a percentile, known at the end.
    case distribution
    case call
    case message
  }

  /// True for what no single call is to blame for: where there is too much of it, the first call
  /// over the limit says it all.
  var isSum: Bool {
    switch self {
    case .calls, .messages, .bytes: true
    default: false
    }
  }

  /// What a count may be a share of.
  package enum Whole: String, Sendable {
    case calls = "calls"
    case offered = "messages offered"
  }

  /// Nil where a share of it makes no sense.
  package var whole: Whole? {
    switch self {
    case .partial, .short, .capped, .failed, .unfinished: .calls
    case .messages, .unsent, .abandoned, .duplicates: .offered
    default: nil
    }
  }

  package var unit: Unit {
    switch self {
    case .calls, .messages, .partial, .short, .capped, .failed, .unfinished, .unsent, .abandoned,
      .duplicates, .batch:
      .number
    case .batchMean, .batchP50: .decimal
    case .bytes, .payload, .datagram: .bytes
    case .duration, .durationMean, .durationP50, .durationP90, .durationP99: .nanoseconds
    }
  }

  package var scope: Scope {
    switch self {
    case .calls, .messages, .bytes, .partial, .short, .capped, .failed, .unfinished, .unsent,
      .abandoned, .duplicates:
      .count
    case .batchMean, .batchP50, .durationMean, .durationP50, .durationP90, .durationP99:
      .distribution
    case .batch, .duration: .call
    case .payload, .datagram: .message
    }
  }

  /// What is measured, for a sentence.
  package var phrase: String {
    switch self {
    case .calls: "the number of calls"
    case .messages: "the number of messages that the kernel took"
    case .bytes: "the number of bytes that the kernel took"
    case .partial: "the number of partial calls"
    case .short: "the number of calls whose last message was cut short"
    case .capped: "the number of calls of over 1024 messages, which are cut there,"
    case .failed: "the number of failed calls"
    case .unfinished: "the number of calls that were not seen to return"
    case .unsent: "the number of messages that a call offered and the kernel did not take"
    case .abandoned: "the number of messages that were left unsent and never offered again"
    case .duplicates: "the number of messages that were sent again, each once"
    case .batchMean: "the mean number of messages in a call"
    case .batchP50: "the median number of messages in a call"
    case .durationMean: "the mean time in a call"
    case .durationP50: "the median time in a call"
    case .durationP90: "the time in a call that 90% of the calls keep to"
    case .durationP99: "the time in a call that 99% of the calls keep to"
    case .batch: "the number of messages in a call"
    case .duration: "the time in a call"
    case .payload: "the payload of a message"
    case .datagram: "a datagram, after UDP has cut its message into segments,"
    }
  }
}

extension PolicyMeasure.Unit {
  /// The suffixes of a value, smallest first.
  package var suffixes: [(text: String, factor: Double)] {
    switch self {
    case .number, .decimal: []
    case .bytes:
      [
        ("B", 1), ("KB", 1e3), ("KiB", 1024), ("MB", 1e6), ("MiB", 1_048_576), ("GB", 1e9),
        ("GiB", 1_073_741_824),
      ]
    case .nanoseconds: [("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9)]
    }
  }

  /// `12`, `7.5`, `1200 B`, `2.5 ms`.
  package func text(_ value: Double) -> String {
    switch self {
    case .number, .decimal: return Self.plain(value)
    case .bytes: return "\(Self.plain(value)) B"
    case .nanoseconds:
      let fitting = suffixes.last { $0.text != "m" && value >= $0.factor } ?? ("ns", 1)
      return "\(Self.plain(value / fitting.factor)) \(fitting.text)"
    }
  }

  /// With at most so many decimals, none where they are zero.
  static func plain(_ value: Double, decimals: Int = 2) -> String {
    let factor = decimals == 2 ? 100.0 : 1000
    let rounded = (value * factor).rounded() / factor
    if let whole = Int64(exactly: rounded) { return String(whole) }
    return "\(rounded)"
  }
}
