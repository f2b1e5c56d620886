/// What numbers users or groups of a user namespace have outside of it (user_namespaces(7)).
package struct NumberMap: Hashable, Sendable {
  private struct Line: Hashable, Sendable {
    var inside: UInt32
    var outside: UInt32
    var count: UInt32
  }

  private var lines: [Line] = []

  /// Reads /proc/PID/uid_map or gid_map; nil where that is no such text.
  ///
  ///     inside outside count
  package init?(_ text: String) {
    for line in text.split(separator: "\n") {
      let numbers = line.split(separator: " ").map { UInt32($0) }
      guard numbers.count == 3, let inside = numbers[0], let outside = numbers[1],
        let count = numbers[2]
      else { return nil }
      lines.append(Line(inside: inside, outside: outside, count: count))
    }
  }

  /// The number that `inside` has for who has read the map; nil where the namespace has no such
  /// number.
  package func outside(of inside: UInt32) -> UInt32? {
    for line in lines where inside >= line.inside && inside - line.inside < line.count {
      return line.outside &+ (inside - line.inside)
    }
    return nil
  }
}
