/// A place in a policy, from 1.
package struct PolicyPlace: Hashable, Comparable, Sendable {
  package var line: Int
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package static func < (left: PolicyPlace, right: PolicyPlace) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// One thing that is wrong with a policy.
package struct PolicyError: Error, CustomStringConvertible {
  package var place: PolicyPlace
  package var what: String

  /// `4:7: there is no key 'maxx': did you mean max?`
  package var description: String { "\(place.line):\(place.column): \(what)" }
}

/// Everything that is wrong with a policy, in the order of the places.
package struct PolicyErrors: Error {
  package var all: [PolicyError]
}
