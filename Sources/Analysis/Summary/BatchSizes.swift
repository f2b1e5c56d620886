/// How many messages calls were given, in classes of powers of two.
package struct BatchSizes: Sendable {
  /// By the number of significant bits: 0, 1, 2…3, 4…7, and so on.
  private var classes = [UInt64](repeating: 0, count: 33)

  package init() {}

  package mutating func add(_ size: UInt32) {
    classes[UInt32.bitWidth - size.leadingZeroBitCount] += 1
  }

  /// From the first class that occurred to the last one, with those between.
  package var distribution: [(sizes: ClosedRange<UInt64>, calls: UInt64)] {
    guard let first = classes.firstIndex(where: { $0 > 0 }),
      let last = classes.lastIndex(where: { $0 > 0 })
    else { return [] }
    return (first...last).map { (Self.sizes(ofBits: $0), classes[$0]) }
  }

  private static func sizes(ofBits bits: Int) -> ClosedRange<UInt64> {
    if bits == 0 { return 0...0 }
    let least = UInt64(1) << UInt64(bits - 1)
    return least...(2 * least - 1)
  }
}
