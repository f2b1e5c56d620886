/// A trait that one run has more often than the other.
package struct ShapeDifference: Sendable {
  package var trait: ShapeTrait
  package var base: UInt64
  package var new: UInt64

  package init(trait: ShapeTrait, base: UInt64, new: UInt64) {
    self.trait = trait
    self.base = base
    self.new = new
  }
}

/// How far a count may be from what it was.
package struct ShapeTolerance: Sendable {
  /// In hundredths of a percent of the base's count.
  package var basisPoints: UInt64

  package init(basisPoints: UInt64) { self.basisPoints = basisPoints }

  package static let none = ShapeTolerance(basisPoints: 0)

  func covers(_ difference: ShapeDifference) -> Bool {
    let (base, new) = (difference.base, difference.new)
    if base == new { return true }
    guard base > 0, new > 0 else { return false }
    let distance = (base > new ? base - new : new - base).multipliedFullWidth(by: 10_000)
    let allowed = base.multipliedFullWidth(by: basisPoints)
    return (distance.high, distance.low) <= (allowed.high, allowed.low)
  }
}
