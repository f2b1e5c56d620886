import Records

/// What is counted for the limits of one case of a rule.
struct Tally {
  /// One for each limit.
  private var counts: [UInt64]
  /// The first message that was counted for each limit; nil for none yet.
  private(set) var firsts: [RecordPlace?]
  /// The first record with which a sum was over each limit, and the sum there; nil for none yet.
  private(set) var overs: [(place: RecordPlace, sum: UInt64)?]
  private var batches = Distribution()
  private var durations = Distribution()
  var unknown = UnknownFates()
  /// The last program whose calls were counted.
  private(set) var program: String?

  private(set) var callCount: UInt64 = 0

  init(_ limits: [PolicyLimit]) {
    counts = limits.map { _ in 0 }
    firsts = limits.map { _ in nil }
    overs = limits.map { _ in nil }
  }

  /// Adds what a record came to for the limit at `index`; returns the sum.
  mutating func add(_ amount: UInt64, at index: Int, _ place: RecordPlace) -> UInt64 {
    counts[index] &+= amount
    if firsts[index] == nil { firsts[index] = place }
    return counts[index]
  }

  /// Notes that the limit at `index` is broken, where it was not before.
  mutating func noteOver(_ sum: UInt64, at index: Int, _ place: RecordPlace) {
    if overs[index] == nil { overs[index] = (place, sum) }
  }

  /// Adds a call to what is spread.
  mutating func add(_ call: SendCall, messageCount: Int) {
    if program != call.comm { program = call.comm }
    callCount &+= 1
    // A call that asks for nothing is no small batch.
    if messageCount > 0 { batches.add(UInt64(messageCount)) }
    if let duration = call.duration { durations.add(duration) }
  }

  /// How many messages of unknown fate a limit depends on: 0 where it is kept, or broken, with and
  /// without them.
  func undecided(_ limit: PolicyLimit, at index: Int) -> UInt64 {
    let messages =
      switch limit.measure {
      case .abandoned: unknown.maybeLost
      case .duplicates: unknown.maybeTwice
      case .unsent: unknown.ofUnfinished
      default: 0 as UInt64
      }
    guard messages > 0, limit.bound == .most, let value = value(of: limit, at: index) else {
      return 0
    }
    let whole = limit.amount.isShare ? whole(of: limit.measure) / 100 : 1
    guard limit.allows(value), !limit.allows(value + Double(messages) / whole) else { return 0 }
    return messages
  }

  /// The value at the end of the run; nil where there was nothing to measure, or where each call or
  /// message was held to the limit.
  func value(of limit: PolicyLimit, at index: Int) -> Double? {
    if limit.amount.isShare {
      let whole = whole(of: limit.measure)
      return whole > 0 ? Double(counts[index]) * 100 / whole : nil
    }
    return switch limit.measure {
    case .batchMean: batches.mean
    case .batchP50: batches.percentile(50)
    case .durationMean: durations.mean
    case .durationP50: durations.percentile(50)
    case .durationP90: durations.percentile(90)
    case .durationP99: durations.percentile(99)
    default: limit.measure.scope == .count ? Double(counts[index]) : nil
    }
  }

  /// `3 of 120 calls`; nil where the limit is no share.
  func shares(of limit: PolicyLimit, at index: Int) -> String? {
    guard limit.amount.isShare, let whole = limit.measure.whole else { return nil }
    let all = PolicyMeasure.Unit.number.text(self.whole(of: limit.measure))
    return "\(counts[index]) of \(all) \(whole.rawValue)"
  }

  private func whole(of measure: PolicyMeasure) -> Double {
    switch measure.whole {
    case .calls: Double(callCount)
    case .offered: batches.sum
    case nil: 0
    }
  }
}

/// A record, and what of it, that counts for a limit.
struct RecordPlace {
  var trace: String?
  var call: UInt64
  var message: Int?
  var program: String
}
