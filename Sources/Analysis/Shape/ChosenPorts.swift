/// Ports that the kernel may have chosen, and that mean nothing therefore.
struct ChosenPorts: Equatable {
  /// Linux chooses from 32768 on unless it is told otherwise, other systems from 49152 on
  /// (RFC 6335, dynamic ports): a peer may be one of these.
  private static let usual: ClosedRange<UInt16> = 32768...UInt16.max

  /// Apart from each other, in order.
  private var ranges = [usual]

  func contains(_ port: UInt16) -> Bool { ranges.contains { $0.contains(port) } }

  mutating func insert(_ ports: ClosedRange<UInt16>) {
    var joined: [ClosedRange<UInt16>] = []
    for range in (ranges + [ports]).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = joined.last, last.upperBound >= range.lowerBound {
        joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    ranges = joined
  }

  func union(_ other: ChosenPorts) -> ChosenPorts {
    var union = self
    for range in other.ranges { union.insert(range) }
    return union
  }
}
