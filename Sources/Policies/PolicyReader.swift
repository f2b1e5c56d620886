package import Analysis

/// Makes a policy of YAML, or says all that is wrong with it.
package struct PolicyReader {
  private(set) var errors: [PolicyError] = []
  /// The lines of the rules by their ids, also of rules that something is wrong with.
  private var lines: [String: Int] = [:]

  /// The most bytes that a policy may have.
  package static let longest = YAMLParser.longest

  package static func read(_ text: [UInt8]) throws(PolicyErrors) -> Policy {
    let root: YAMLNode?
    do {
      root = try YAMLParser.parse(text)
    } catch {
      throw PolicyErrors(all: [error])
    }
    var reader = PolicyReader()
    let policy = reader.policy(root)
    guard reader.errors.isEmpty else {
      throw PolicyErrors(all: reader.errors.sorted { $0.place < $1.place })
    }
    return policy
  }

  private mutating func policy(_ root: YAMLNode?) -> Policy {
    guard let root else {
      complain(at: PolicyPlace(line: 1, column: 1), "it is empty: version and rules are expected")
      return Policy(rules: [])
    }
    let entries = entries(of: root, keys: ["version", "rules"], of: "a policy")
    if let version = entries["version"] {
      if whole(version) != 1 { complain(at: version.place, "this mmsgtrace knows version 1 alone") }
    } else if errors.isEmpty {
      complain(at: root.place, "the key version is missing: write version: 1")
    }
    var rules: [PolicyRule] = []
    if let list = entries["rules"] {
      for node in items(of: list, "rules") {
        guard let rule = rule(node) else { continue }
        rules.append(rule)
      }
      if rules.isEmpty, errors.isEmpty { complain(at: list.place, "there is no rule in it") }
    } else if errors.isEmpty {
      complain(at: root.place, "the key rules is missing")
    }
    return Policy(rules: rules)
  }

  /// The rule's name, that no other may have.
  mutating func claim(_ id: String, at place: PolicyPlace) {
    if let line = lines[id] {
      complain(at: place, "the id \(id) is taken by the rule in line \(line)")
    } else {
      lines[id] = place.line
    }
  }

  mutating func complain(at place: PolicyPlace, _ what: String) {
    // Nobody reads more, and a broken file may hold thousands.
    if errors.count < 100 { errors.append(PolicyError(place: place, what: what)) }
  }
}
