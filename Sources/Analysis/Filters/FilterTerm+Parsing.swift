import Records

extension FilterTerm {
  /// Parses `KEY OPERATOR VALUE`, such as `to=10.0.0.0/8,[::1]` or `bytes>1200`.
  package init(_ text: String) throws(PatternError) {
    let name = text.prefix { !"=<>!".contains($0) }
    guard let key = Key(rawValue: String(name)) else {
      throw PatternError(name, Self.unknown(name, among: Key.allCases.map(\.rawValue), "key"))
    }
    let (comparison, value) = try Self.comparison(text[name.endIndex...])
    if value.isEmpty { throw PatternError(value, "a value has to follow") }
    if !key.isNumber, comparison != .equal, comparison != .unequal {
      throw PatternError(text[name.endIndex...], "\(key.rawValue) is no number: it takes = or !=")
    }
    isNegated = comparison == .unequal
    test = try Self.test(key, comparison, value)
  }

  private enum Comparison: String, CaseIterable {
    // The longer ones first.
    case atMost = "<="
    case atLeast = ">="
    case unequal = "!="
    case equal = "="
    case below = "<"
    case above = ">"
  }

  private static func comparison(
    _ text: Substring
  ) throws(PatternError) -> (Comparison, Substring) {
    for comparison in Comparison.allCases where text.hasPrefix(comparison.rawValue) {
      return (comparison, text.dropFirst(comparison.rawValue.count))
    }
    throw PatternError(text, "expected =, !=, <, <=, > or >=")
  }

  private static func test(
    _ key: Key, _ comparison: Comparison, _ text: Substring
  ) throws(PatternError) -> Test {
    let values = text.split(separator: ",", omittingEmptySubsequences: false)
    switch key {
    case .to: return .to(try each(values) { value throws(PatternError) in try .init(value) })
    case .port: return .port(try number(comparison, values))
    case .call: return .call(try number(comparison, values))
    case .fd: return .fd(try number(comparison, values))
    case .pid: return .pid(try number(comparison, values))
    case .tid: return .tid(try number(comparison, values))
    case .bytes: return .bytes(try number(comparison, values))
    case .messages: return .messages(try number(comparison, values))
    case .duration:
      return .duration(try number(comparison, values, nanoseconds, "expected a time, such as 2ms"))
    case .comm: return .comm(values.map { WildcardPattern($0) })
    case .outcome: return .outcome(Set(try each(values, choice)))
    case .cause: return .cause(Set(try each(values, choice)))
    case .errno:
      return .errno(
        Set(
          try each(values) { value throws(PatternError) in
            try name(value, Errno(name: String(value)), Errno.allNames, "errno")
          }))
    case .control:
      let all = ControlMessage.allTypeNames
      return .control(
        Set(
          try each(values) { value throws(PatternError) in
            let isKnown = all.contains(String(value)) || Int32(value) != nil
            return try name(value, isKnown ? String(value) : nil, all, "type of control message")
          }))
    }
  }

  private static func each<Value>(
    _ values: [Substring], _ parse: (Substring) throws(PatternError) -> Value
  ) throws(PatternError) -> [Value] {
    var parsed: [Value] = []
    for value in values { parsed.append(try parse(value)) }
    return parsed
  }

  private static func number(
    _ comparison: Comparison, _ values: [Substring],
    _ parse: (Substring) -> Int64? = { Int64($0) }, _ expected: String = "expected a number"
  ) throws(PatternError) -> NumberTest {
    let numbers = try each(values) { value throws(PatternError) in
      guard let number = parse(value) else { throw PatternError(value, expected) }
      return number
    }
    guard comparison != .equal, comparison != .unequal else { return .anyOf(Set(numbers)) }
    guard numbers.count == 1, let limit = numbers.first else {
      throw PatternError(values[1], "only = and != take several values")
    }
    switch comparison {
    case .atMost: return .atMost(limit)
    case .atLeast: return .atLeast(limit)
    case .below: return .below(limit)
    default: return .above(limit)
    }
  }

  /// `500us`, `2ms`, `1s`.
  private static func nanoseconds(_ text: Substring) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let units: [Substring: Int64] = [
      "ns": 1, "us": 1000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
    ]
    guard let number = Int64(digits), let unit = units[text.dropFirst(digits.count)] else {
      return nil
    }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    return overflow ? nil : product
  }

  private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ text: Substring
  ) throws(PatternError) -> Choice {
    try name(text, Choice(rawValue: String(text)), Choice.allCases.map(\.rawValue), "value")
  }

  private static func name<Value>(
    _ text: Substring, _ value: Value?, _ known: [String], _ what: String
  ) throws(PatternError) -> Value {
    guard let value else { throw PatternError(text, unknown(text, among: known, what)) }
    return value
  }

  private static func unknown(_ text: Substring, among known: [String], _ what: String) -> String {
    let start = "there is no \(what) '\(text)'"
    if let nearest = Spelling.nearest(to: String(text), among: known) {
      return "\(start): did you mean \(nearest)?"
    }
    return known.count > 20 ? start : "\(start): it can be \(known.joined(separator: ", "))"
  }
}

extension FilterTerm.Key {
  fileprivate var isNumber: Bool {
    switch self {
    case .port, .call, .fd, .pid, .tid, .bytes, .messages, .duration: true
    case .to, .comm, .outcome, .cause, .errno, .control: false
    }
  }
}
