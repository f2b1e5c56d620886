import Analysis

/// The columns of the tables of a summary, from left to right.
package enum SummaryColumn: String, Sendable, CaseIterable {
  case name
  case calls
  case messages
  case sent
  case bytes
  /// Messages a call.
  case batch
  /// Calls that fell short.
  case short
  case p50
  case p90
  case p99
  case max

  /// What can be done without where there is little room, first what is missed least.
  static let dispensable: [SummaryColumn] = [
    .p90, .sent, .p50, .batch, .max, .messages, .bytes, .p99, .short,
  ]

  var title: String { rawValue.uppercased() }

  func append(_ counts: SummaryCounts, to out: inout ByteBuffer) {
    switch self {
    case .name: break
    case .calls, .messages, .sent, .short: out.append(amount: value(of: counts))
    case .bytes: out.append(bytes: counts.bytes)
    case .batch: out.append(tenths: value(of: counts))
    case .p50, .p90, .p99, .max:
      if counts.durations.count == 0 { return out.append("-") }
      out.append(duration: value(of: counts))
    }
  }

  /// What rows are sorted by, the largest first; names are not numbers.
  func value(of counts: SummaryCounts) -> UInt64 {
    switch self {
    case .name: 0
    case .calls: counts.calls
    case .messages: counts.messages
    case .sent: counts.sent
    case .bytes: counts.bytes
    case .batch: UInt64((counts.meanBatch * 10).rounded())
    case .short: counts.short
    case .p50: counts.durations.percentile(50) ?? 0
    case .p90: counts.durations.percentile(90) ?? 0
    case .p99: counts.durations.percentile(99) ?? 0
    case .max: counts.durations.maximum
    }
  }
}
