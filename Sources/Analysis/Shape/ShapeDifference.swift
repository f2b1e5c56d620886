import Records

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

  /// The traits whose counts differ by more than `tolerance`, in no order.
  ///
  /// What only one of the two has at all differs whatever the tolerance is. Unsent messages of unknown
  /// fate may have fared in any way: what they would explain is no difference.
  package static func all(
    _ base: TraceShape, _ new: TraceShape, tolerance: ShapeTolerance
  ) -> [ShapeDifference] {
    // What one of the machines may have chosen is no name in the other run, either.
    let ports = base.chosenPorts.union(new.chosenPorts)
    let (base, new) = (base.counts(without: ports), new.counts(without: ports))
    return Set(base.keys).union(new.keys).compactMap { trait in
      let difference = ShapeDifference(
        trait: trait, base: base[trait] ?? 0, new: new[trait] ?? 0)
      if case .followUp(let how) = trait.kind {
        let unknown = ShapeTrait(program: trait.program, kind: .followUp(.unknown))
        guard !difference.isOpen(how, unknown: (base[unknown] ?? 0, new[unknown] ?? 0)) else {
          return nil
        }
      }
      return tolerance.covers(difference) ? nil : difference
    }
  }

  /// True where a follow-up may have been the same in both runs, with those that are unknown.
  private func isOpen(_ how: FollowUp.How, unknown: (base: UInt64, new: UInt64)) -> Bool {
    switch how {
    case .unknown: true
    // Of messages that had been sent.
    case .resentAll: false
    case .resumed, .skipped, .abandoned, .cappedRest:
      base <= new &+ unknown.new && new <= base &+ unknown.base
    }
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
