import Analysis
import Records

/// The values of a policy: each says what it expected where it finds something else.
extension PolicyReader {
  /// A mapping's values by key; complains about keys that are not among `keys`.
  mutating func entries(of node: YAMLNode, keys: [String], of what: String) -> [String: YAMLNode] {
    var entries: [String: YAMLNode] = [:]
    for (key, value) in pairs(of: node, what) {
      guard let name = text(key) else { continue }
      guard keys.contains(name) else {
        unknown(key, name, among: keys, "key")
        continue
      }
      entries[name] = value
    }
    return entries
  }

  /// A mapping's entries in order; complains about a key that stands twice.
  mutating func pairs(
    of node: YAMLNode, _ what: String
  ) -> [(key: YAMLNode, value: YAMLNode)] {
    guard case .mapping(let pairs) = node.content else {
      complain(at: node.place, "expected the keys of \(what), this is \(node.kind)")
      return []
    }
    var names: Set<String> = []
    for (key, _) in pairs {
      guard case .scalar(let name, _) = key.content else { continue }
      if !names.insert(name).inserted { complain(at: key.place, "the key \(name) stands twice") }
    }
    return pairs
  }

  mutating func items(of node: YAMLNode, _ what: String) -> [YAMLNode] {
    guard case .sequence(let items) = node.content else {
      complain(at: node.place, "expected a list of \(what), this is \(node.kind)")
      return []
    }
    return items
  }

  mutating func text(_ node: YAMLNode) -> String? {
    guard case .scalar(let text, _) = node.content, node.kind != "nothing", !text.isEmpty else {
      complain(at: node.place, "expected a text, this is \(node.kind)")
      return nil
    }
    return text
  }

  /// One text or a list of them.
  private mutating func texts(_ node: YAMLNode, _ what: String) -> [(YAMLNode, String)] {
    guard case .sequence(let items) = node.content else {
      return text(node).map { [(node, $0)] } ?? []
    }
    if items.isEmpty { complain(at: node.place, "the list of \(what) is empty") }
    return items.compactMap { item in text(item).map { (item, $0) } }
  }

  mutating func identifier(_ node: YAMLNode) -> String? {
    guard let name = text(node) else { return nil }
    let isPlain = name.utf8.allSatisfy { byte in
      let scalar = Unicode.Scalar(byte)
      return scalar.properties.isAlphabetic && scalar.isASCII || (0x30...0x39).contains(byte)
        || "._-".unicodeScalars.contains(scalar)
    }
    if !isPlain || name.utf8.count > 64 {
      complain(at: node.place, "an id is made of at most 64 letters, digits, '.', '_' and '-'")
    }
    return name
  }

  mutating func severity(_ node: YAMLNode) -> PolicyRule.Severity? {
    guard let name = text(node) else { return nil }
    if let severity = PolicyRule.Severity(rawValue: name) { return severity }
    unknown(node, name, among: PolicyRule.Severity.allCases.map(\.rawValue), "severity")
    return nil
  }

  mutating func truth(_ node: YAMLNode) -> Bool? {
    if case .scalar(let text, isPlain: true) = node.content {
      if text == "true" { return true }
      if text == "false" { return false }
    }
    complain(at: node.place, "expected true or false, this is \(node.kind)")
    return nil
  }

  mutating func whole(_ node: YAMLNode) -> Int? {
    if case .scalar(let text, isPlain: true) = node.content, let number = Int(text) {
      return number
    }
    complain(at: node.place, "expected a number, this is \(node.kind)")
    return nil
  }

  mutating func programs(_ node: YAMLNode) -> [PolicyPattern<WildcardPattern>] {
    texts(node, "programs").map { PolicyPattern($0.1, WildcardPattern($0.1)) }
  }

  mutating func destinations(_ node: YAMLNode) -> [PolicyDestination] {
    texts(node, "destinations").compactMap { item, text in
      do throws(PatternError) {
        return PolicyPattern(text, try DestinationPattern(text[...]))
      } catch {
        let quoted = error.place.isEmpty ? text : String(error.place)
        complain(at: item.place, "'\(quoted)' is no destination: \(error.what)")
        return nil
      }
    }
  }

  mutating func flags(_ node: YAMLNode) -> SendFlags {
    var flags: SendFlags = []
    for (item, name) in texts(node, "flags") {
      if let flag = SendFlags(name: name) {
        flags.insert(flag)
      } else {
        unknown(item, name, among: SendFlags.table.map(\.name), "flag")
      }
    }
    return flags
  }

  mutating func controlNames(_ node: YAMLNode) -> [String] {
    texts(node, "control messages").compactMap { item, name in
      if ControlMessage.allTypeNames.contains(name) { return name }
      unknown(item, name, among: ControlMessage.allTypeNames, "type of control message")
      return nil
    }
  }

  /// A number with the suffix of a unit where the measure has one, or a share in percent.
  mutating func amount(_ node: YAMLNode, of measure: PolicyMeasure) -> PolicyAmount? {
    let unit = measure.unit
    if case .scalar(let text, isPlain: true) = node.content {
      let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
      let suffix = text[digits.endIndex...].drop { $0 == " " }
      if suffix == "%", measure.whole != nil, let percent = Self.number(digits), percent <= 100,
        digits.drop(while: { $0 != "." }).count <= 4
      {
        return PolicyAmount(percent, isShare: true)
      }
      let factor = unit.suffixes.first { $0.text == suffix }?.factor
      if let number = Self.number(digits), let factor = suffix.isEmpty ? unit.bare : factor {
        let value = number * factor
        let isWhole = value == value.rounded()
        if value <= 9e15, isWhole || unit.takesFractions { return PolicyAmount(value) }
      }
    }
    let share = measure.whole.map { " or, as in 1%, a share of the \($0.rawValue)," } ?? ","
    complain(
      at: node.place, "\(measure.rawValue) takes \(unit.expectation)\(share) this is \(node.kind)")
    return nil
  }

  /// Nil also for what begins with a superfluous 0, which is octal to some readers of YAML.
  private static func number(_ digits: Substring) -> Double? {
    if digits.hasPrefix("0"), digits.dropFirst().first.map({ $0 != "." }) ?? false { return nil }
    return Double(digits)
  }

  mutating func unknown(_ node: YAMLNode, _ name: String, among known: [String], _ what: String) {
    let start = "there is no \(what) '\(name)'"
    if let nearest = Spelling.nearest(to: name, among: known) {
      complain(at: node.place, "\(start): did you mean \(nearest)?")
    } else if known.count > 24 {
      complain(at: node.place, start)
    } else {
      complain(at: node.place, "\(start): it can be \(known.joined(separator: ", "))")
    }
  }
}

extension PolicyMeasure.Unit {
  /// What a number without a suffix is multiplied by; nil where it needs one.
  fileprivate var bare: Double? {
    if case .nanoseconds = self { return nil }
    return 1
  }

  fileprivate var takesFractions: Bool {
    switch self {
    case .decimal, .nanoseconds: true
    case .number, .bytes: false
    }
  }

  fileprivate var expectation: String {
    switch self {
    case .number: "a whole number"
    case .decimal: "a number"
    case .bytes: "a number of bytes, such as 1200 or 64KiB"
    case .nanoseconds: "a time, such as 500us or 2ms"
    }
  }
}
