import Records

extension PolicyRule {
  /// The rule in plain sentences, one for each line: first what it is about, then, set in, when it
  /// is broken.
  package var explanation: [String] {
    var lines: [String] = []
    for (index, applied) in cases.enumerated() {
      let about = subject(of: applied, isLast: index == cases.count - 1)
      let conditions =
        applied.limits.map(\.breach) + applied.demands.map { $0.breach }
      if conditions.isEmpty {
        lines.append("Rule \(id) does not apply to \(about).")
        continue
      }
      let effect = applied.severity == .error ? "is broken" : "gives a warning"
      lines.append("Rule \(id), for \(about), \(effect) when:")
      lines += conditions.map { "  - \($0)" }
    }
    if let message { lines.append("  It says: \(message)") }
    return lines
  }

  private func subject(of applied: Case, isLast: Bool) -> String {
    let who =
      if !applied.programs.isEmpty {
        "the program \(Self.list(applied.programs.map(\.text)))"
      } else if cases.count > 1, isLast {
        "all other programs"
      } else {
        "all programs"
      }
    if destinations.isEmpty { return who }
    return "\(who) and messages to \(Self.list(destinations.map(\.text)))"
  }

  /// `a, b or c`
  static func list(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "nothing" }
    return names.dropLast().joined(separator: ", ") + " or \(last)"
  }
}

extension PolicyLimit {
  fileprivate var breach: String {
    let amount = amount.text(as: measure.unit)
    let whole = self.amount.isShare ? measure.whole.map { " of the \($0.rawValue)" } ?? "" : ""
    return "\(measure.phrase) is \(bound == .most ? "more" : "less") than \(amount)\(whole)"
      + " (\(bound.rawValue) \(measure.rawValue))"
  }
}

extension PolicyDemand {
  fileprivate var breach: String {
    switch self {
    case .allowedDestinations(let list):
      "a message goes anywhere but to \(PolicyRule.list(list.map(\.text)))"
    case .deniedDestinations(let list): "a message goes to \(PolicyRule.list(list.map(\.text)))"
    case .allowedFlags(let flags): "a call passes any flag but \(PolicyRule.list(flags.names))"
    case .deniedFlags(let flags): "a call passes \(PolicyRule.list(flags.names))"
    case .requiredFlags(let flags): "a call does not pass \(PolicyRule.list(flags.names))"
    case .allowedControl(let names):
      "a message carries any control message but \(PolicyRule.list(names))"
    case .deniedControl(let names): "a message carries \(PolicyRule.list(names))"
    case .requiredControl(let names): "a message does not carry \(PolicyRule.list(names))"
    }
  }
}
