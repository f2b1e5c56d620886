/// How values are spread, in memory that does not grow with their number.
///
/// Values below 256 are kept exactly, larger ones to 1 part in 128.
struct Distribution {
  private var counts: [UInt64] = []
  private(set) var count: UInt64 = 0
  private(set) var sum: Double = 0

  mutating func add(_ value: UInt64) {
    let slot = Self.slot(of: value)
    if slot >= counts.count {
      counts.append(contentsOf: repeatElement(0, count: slot + 1 - counts.count))
    }
    counts[slot] += 1
    count += 1
    sum += Double(value)
  }

  /// Nil without values.
  var mean: Double? { count == 0 ? nil : sum / Double(count) }

  /// The least value that `percent` of all values do not exceed; nil without values.
  func percentile(_ percent: Double) -> Double? {
    guard count > 0 else { return nil }
    let rank = max(1, UInt64((Double(count) * percent / 100).rounded(.up)))
    var seen: UInt64 = 0
    for (slot, number) in counts.enumerated() {
      seen += number
      if seen >= rank { return Double(Self.least(in: slot)) }
    }
    return nil
  }

  /// Each power of two is cut into 128 slots.
  private static func slot(of value: UInt64) -> Int {
    let shift = max(0, 56 - value.leadingZeroBitCount)
    return shift * 128 + Int(value >> UInt64(shift))
  }

  private static func least(in slot: Int) -> UInt64 {
    if slot < 256 { return UInt64(slot) }
    let shift = slot / 128 - 1
    return UInt64(slot - shift * 128) << UInt64(shift)
  }
}
