/// What a misspelt word may have been meant to be.
package enum Spelling {
  /// The one of `words` that is fewest changes away; nil where all are further than a slip of the
  /// fingers.
  package static func nearest(to word: String, among words: [String]) -> String? {
    let most = max(1, word.count / 3)
    let distances = words.map { ($0, distance(word.lowercased(), $0.lowercased())) }
    // In the order of the alphabet, so that the answer is always the same.
    return distances.filter { $0.1 <= most }.min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
  }

  /// How many letters have to be put in, taken out, changed or swapped with the next.
  static func distance(_ one: String, _ other: String) -> Int {
    let (one, other) = (Array(one.prefix(64)), Array(other.prefix(64)))
    var beforeLast: [Int] = []
    var last = Array(0...other.count)
    for (row, letter) in one.enumerated() {
      var current = [row + 1]
      for (column, wanted) in other.enumerated() {
        var best = min(last[column + 1] + 1, current[column] + 1)
        best = min(best, last[column] + (letter == wanted ? 0 : 1))
        if row > 0, column > 0, letter == other[column - 1], one[row - 1] == wanted {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      (beforeLast, last) = (last, current)
    }
    return last[other.count]
  }
}
