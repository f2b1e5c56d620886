import Analysis
import Records

extension PolicyReader {
  private static let requirements = ["max", "min", "allow", "deny", "require"]

  mutating func rule(_ node: YAMLNode) -> PolicyRule? {
    let errorsBefore = errors.count
    let entries = entries(
      of: node,
      keys: ["id", "severity", "message", "where", "programs"] + Self.requirements, of: "a rule")
    let scope = entries["where"].map {
      self.entries(of: $0, keys: ["program", "to"], of: "where")
    }
    var base = Requirements()
    base.severity = entries["severity"].flatMap { severity($0) } ?? .error
    read(entries, into: &base)
    let programs = scope?["program"].map { self.programs($0) } ?? []
    var cases: [PolicyRule.Case] = []
    if let overrides = entries["programs"] {
      for (key, value) in pairs(of: overrides, "programs") {
        guard let pattern = text(key) else { continue }
        cases.append(
          override(value, of: base).made([PolicyPattern(pattern, WildcardPattern(pattern))]))
      }
    }
    cases.append(base.made(programs))
    complainAboutContradictions(in: base)
    complainAboutExemptions(entries["programs"], programs, cases)
    let id = entries["id"].flatMap { identifier($0) }
    if let id { claim(id, at: node.place) }
    let rule = PolicyRule(
      id: id ?? "",
      message: entries["message"].flatMap { text($0) },
      line: node.place.line, destinations: scope?["to"].map { destinations($0) } ?? [],
      cases: cases)
    if case .mapping = node.content, entries["id"] == nil {
      complain(at: node.place, "the rule has no id")
    }
    if asksNothing(node, entries, cases, isRight: errors.count == errorsBefore) {
      complain(
        at: node.place,
        "the rule asks for nothing: it needs one of \(Self.requirements.joined(separator: ", "))")
    }
    return errors.count == errorsBefore ? rule : nil
  }

  /// True where nothing is asked for; a key that is there and wrong, or misspelt, asks for
  /// something.
  private func asksNothing(
    _ node: YAMLNode, _ entries: [String: YAMLNode], _ cases: [PolicyRule.Case], isRight: Bool
  ) -> Bool {
    if isRight { return cases.allSatisfy { $0.asksNothing } }
    guard case .mapping(let pairs) = node.content, pairs.count == entries.count else {
      return false
    }
    return (Self.requirements + ["programs"]).allSatisfy { entries[$0] == nil }
  }

  /// What holds for some programs in place of `base`: the keys given, and the rest of `base`.
  private mutating func override(_ node: YAMLNode, of base: Requirements) -> Requirements {
    var requirements = base
    let entries = entries(
      of: node, keys: ["severity", "exempt"] + Self.requirements, of: "a program")
    if let node = entries["severity"], let severity = severity(node) {
      requirements.severity = severity
    }
    read(entries, into: &requirements)
    if let node = entries["exempt"], let isExempt = truth(node), isExempt {
      if entries.count > 1 {
        complain(at: node.place, "an exempt program cannot be asked for anything else")
      }
      return Requirements()
    }
    complainAboutContradictions(in: requirements, isOverride: true)
    return requirements
  }

  private mutating func read(_ entries: [String: YAMLNode], into requirements: inout Requirements) {
    for bound in [PolicyLimit.Bound.most, .least] {
      guard let node = entries[bound.rawValue] else { continue }
      for (key, value) in pairs(of: node, bound.rawValue) {
        guard let name = text(key) else { continue }
        guard let measure = PolicyMeasure(rawValue: name) else {
          unknown(key, name, among: PolicyMeasure.allCases.map(\.rawValue), "measure")
          continue
        }
        guard let amount = amount(value, of: measure) else { continue }
        requirements.limits[.init(measure: measure, bound: bound)] = (amount, key.place)
      }
    }
    for verb in ["allow", "deny", "require"] {
      guard let node = entries[verb] else { continue }
      let keys = verb == "require" ? ["flags", "control"] : ["to", "flags", "control"]
      for (kind, value) in self.entries(of: node, keys: keys, of: verb) {
        guard let demand = demand(verb, kind, value) else { continue }
        requirements.demands["\(verb).\(kind)"] = (demand, value.place)
      }
    }
  }

  private mutating func demand(_ verb: String, _ kind: String, _ node: YAMLNode) -> PolicyDemand? {
    switch kind {
    case "to":
      let list = destinations(node)
      return verb == "allow" ? .allowedDestinations(list) : .deniedDestinations(list)
    case "flags":
      let flags = flags(node)
      return verb == "allow"
        ? .allowedFlags(flags) : verb == "deny" ? .deniedFlags(flags) : .requiredFlags(flags)
    default:
      let names = controlNames(node)
      return verb == "allow"
        ? .allowedControl(names) : verb == "deny" ? .deniedControl(names) : .requiredControl(names)
    }
  }
}

/// What is asked of some programs, while it is put together.
struct Requirements {
  struct LimitKey: Hashable {
    var measure: PolicyMeasure
    var bound: PolicyLimit.Bound
  }

  var severity = PolicyRule.Severity.error
  var limits: [LimitKey: (amount: PolicyAmount, place: PolicyPlace)] = [:]
  /// By verb and kind, such as `allow.to`.
  var demands: [String: (demand: PolicyDemand, place: PolicyPlace)] = [:]

  /// In the order of the policy.
  func made(_ programs: [PolicyPattern<WildcardPattern>]) -> PolicyRule.Case {
    PolicyRule.Case(
      programs: programs, severity: severity,
      limits: limits.sorted { $0.value.place < $1.value.place }.map {
        PolicyLimit($0.key.measure, $0.key.bound, $0.value.amount)
      },
      demands: demands.values.sorted { $0.place < $1.place }.map(\.demand))
  }
}
