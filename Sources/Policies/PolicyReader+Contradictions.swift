import Analysis
import Records

extension PolicyReader {
  /// Complains where no run could keep all that is asked, or the same is allowed and denied; an
  /// override may deny some of what the rule allows all others.
  mutating func complainAboutContradictions(
    in requirements: Requirements, isOverride: Bool = false
  ) {
    for (lower, upper) in Self.orders {
      guard let least = requirements.limits[.init(measure: lower, bound: .least)],
        let most = requirements.limits[.init(measure: upper, bound: .most)],
        // A share and a number can both hold, as long as there is little enough of the whole.
        least.amount.isShare == most.amount.isShare, least.amount.value > most.amount.value
      else { continue }
      complain(
        at: least.place,
        "this cannot hold: \(lower.rawValue) is to be at least"
          + " \(least.amount.text(as: lower.unit)), \(upper.rawValue) at most"
          + " \(most.amount.text(as: upper.unit))")
    }
    complainAboutDemands(requirements, isOverride)
  }

  /// Complains where the programs that a rule is about are all exempt from it.
  mutating func complainAboutExemptions(
    _ overrides: YAMLNode?, _ programs: [PolicyPattern<WildcardPattern>], _ cases: [PolicyRule.Case]
  ) {
    guard let overrides, !programs.isEmpty, cases.dropLast().allSatisfy({ $0.asksNothing }),
      let base = cases.last, !base.asksNothing
    else { return }
    let exempt = cases.dropLast().flatMap { $0.programs.map(\.value) }
    guard programs.allSatisfy({ exempt.contains($0.value) }) else { return }
    complain(
      at: overrides.place,
      "this cannot hold: \(programs.map(\.text).joined(separator: ", ")) of where"
        + " is exempt")
  }

  /// Pairs of which the first never exceeds the second.
  private static let orders: [(PolicyMeasure, PolicyMeasure)] = {
    let batches: [PolicyMeasure] = [.batchMean, .batchP50]
    let durations: [PolicyMeasure] = [.durationMean, .durationP50, .durationP90, .durationP99]
    var orders = PolicyMeasure.allCases.map { ($0, $0) }
    orders.append((.datagram, .payload))
    orders += batches.flatMap { [($0, .batch), (.batch, $0)] }
    orders += durations.flatMap { [($0, .duration), (.duration, $0)] }
    orders += [
      (.durationP50, .durationP90), (.durationP50, .durationP99), (.durationP90, .durationP99),
    ]
    let kinds: [PolicyMeasure] = [.partial, .short, .capped, .failed, .unfinished]
    orders += kinds.map { ($0, .calls) }
    return orders
  }()

  private mutating func complainAboutDemands(_ requirements: Requirements, _ isOverride: Bool) {
    func except(_ some: [PolicyDestination], _ all: [PolicyDestination]) -> [PolicyDestination] {
      isOverride && some.count < all.count ? [] : some
    }
    func contradicts(_ one: PolicyDemand?, _ other: PolicyDemand?) -> [String] {
      switch (one, other) {
      case (.requiredFlags(let required)?, .deniedFlags(let denied)?):
        required.intersection(denied).names
      case (.requiredFlags(let required)?, .allowedFlags(let allowed)?):
        required.subtracting(allowed).names
      case (.requiredControl(let required)?, .deniedControl(let denied)?):
        required.filter(denied.contains)
      case (.requiredControl(let required)?, .allowedControl(let allowed)?):
        required.filter { !allowed.contains($0) }
      // A part that is denied is an exception; what is denied as a whole is allowed for nothing.
      case (.allowedDestinations(let allowed)?, .deniedDestinations(let denied)?):
        except(allowed.filter { one in denied.contains { $0.value.covers(one.value) } }, allowed)
          .map(\.text)
      case (.allowedFlags(let allowed)?, .deniedFlags(let denied)?):
        isOverride ? [] : allowed.intersection(denied).names
      case (.allowedControl(let allowed)?, .deniedControl(let denied)?):
        isOverride ? [] : allowed.filter(denied.contains)
      default: []
      }
    }
    let pairs = [
      ("require.flags", "deny.flags"), ("require.flags", "allow.flags"),
      ("require.control", "deny.control"), ("require.control", "allow.control"),
      ("allow.to", "deny.to"), ("allow.flags", "deny.flags"), ("allow.control", "deny.control"),
    ]
    for (one, other) in pairs {
      guard let first = requirements.demands[one] else { continue }
      let names = contradicts(first.demand, requirements.demands[other]?.demand)
      guard !names.isEmpty else { continue }
      let clash = other.hasPrefix("allow") ? "is not allowed" : "is denied"
      complain(
        at: first.place,
        "this cannot hold: \(names.joined(separator: ", ")) of \(one) \(clash) by \(other)")
    }
  }
}
