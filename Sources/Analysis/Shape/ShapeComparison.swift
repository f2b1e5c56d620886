import Records

/// What two runs did otherwise.
package struct ShapeComparison: Sendable {
  /// In no order.
  package private(set) var differences: [ShapeDifference] = []
  /// The run of which sends by other system calls than sendmmsg were not looked at, while those of
  /// the other were; nil where that makes no difference between the two.
  package private(set) var blindRun: Run?

  package enum Run: Sendable {
    case base
    case new
  }

  /// Finds the traits whose counts differ by more than `tolerance`.
  ///
  /// What only one of the two has at all differs whatever the tolerance is. Unsent messages of
  /// unknown fate may have fared in any way: what they would explain is no difference.
  package init(_ base: TraceShape, _ new: TraceShape, tolerance: ShapeTolerance) {
    // What one of the machines may have chosen is no name in the other run, either.
    let ports = base.chosenPorts.union(new.chosenPorts)
    let blind: Run? =
      base.isOnlySendmmsg == new.isOnlySendmmsg ? nil : base.isOnlySendmmsg ? .base : .new
    let (base, new) = (base.counts(without: ports), new.counts(without: ports))
    for trait in Set(base.keys).union(new.keys) {
      let difference = ShapeDifference(
        trait: trait, base: base[trait] ?? 0, new: new[trait] ?? 0)
      if case .followUp(let how) = trait.kind {
        func bounds(_ counts: [ShapeTrait: UInt64], isBlind: Bool) -> ClosedRange<UInt64>? {
          FollowUpCounts(counts, of: trait.program).bounds(of: how, isBlind: isBlind)
        }
        let seen = (bounds(base, isBlind: false), bounds(new, isBlind: false))
        if Self.mayBeTheSame(seen.0, seen.1) { continue }
        let possible = (
          bounds(base, isBlind: blind == .base), bounds(new, isBlind: blind == .new)
        )
        if Self.mayBeTheSame(possible.0, possible.1) {
          blindRun = blind
          continue
        }
      }
      if !tolerance.covers(difference) { differences.append(difference) }
    }
  }

  private static func mayBeTheSame(
    _ base: ClosedRange<UInt64>?, _ new: ClosedRange<UInt64>?
  ) -> Bool {
    guard let base, let new else { return true }
    return base.overlaps(new)
  }
}

/// How many messages of one program fared how, after calls that fell short.
private struct FollowUpCounts {
  private let counts: [FollowUp.How: UInt64]

  init(_ counts: [ShapeTrait: UInt64], of program: String) {
    self.counts = Dictionary(
      uniqueKeysWithValues: FollowUp.How.allCases.map {
        ($0, counts[ShapeTrait(program: program, kind: .followUp($0))] ?? 0)
      })
  }

  private subscript(how: FollowUp.How) -> UInt64 { counts[how] ?? 0 }

  /// How many there may have been; nil for any number. Where it `isBlind`, other system calls may
  /// have sent what no sendmmsg did, and sent again what one had.
  func bounds(of how: FollowUp.How, isBlind: Bool) -> ClosedRange<UInt64>? {
    let count = self[how]
    let losses = self[.skipped] &+ self[.abandoned] &+ self[.cappedRest]
    switch how {
    case .unknown: return nil
    // Of messages that had been sent.
    case .resentAll: return count...(isBlind ? .max : count)
    case .resumed: return count...max(count, count &+ self[.unknown] &+ (isBlind ? losses : 0))
    case .skipped, .abandoned, .cappedRest:
      let most = isBlind ? losses : count
      return (isBlind ? 0 : count)...max(count, most &+ self[.unknown])
    }
  }
}
