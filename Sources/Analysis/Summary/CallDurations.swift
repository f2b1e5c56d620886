import Histogram

/// How long calls took: a distribution of bounded size, exact to two digits.
package struct CallDurations: Sendable {
  private var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .two)
  /// The longest, exactly; in nanoseconds.
  package private(set) var maximum: UInt64 = 0

  /// A year in a call is long enough: nothing above is told apart.
  private static let longest: UInt64 = 31_536_000_000_000_000

  package init() {}

  package var count: UInt64 { histogram.totalCount }

  package mutating func add(_ nanoseconds: UInt64) {
    histogram.record(min(nanoseconds, Self.longest))
    maximum = max(maximum, nanoseconds)
  }

  package mutating func add(_ other: CallDurations) {
    guard other.count > 0 else { return }
    histogram.add(other.histogram)
    maximum = max(maximum, other.maximum)
  }

  /// What so many percent of the calls did not exceed, in nanoseconds; nil where there are none.
  package func percentile(_ percent: Double) -> UInt64? {
    count == 0 ? nil : min(histogram.valueAtPercentile(percent), maximum)
  }
}
