/// Counts by a key, of bounded size: what comes when it is full is counted together.
package struct SummaryTable<Key: Hashable & Sendable, Label: Sendable>: Sendable {
  package struct Row: Sendable {
    package var label: Label
    package var counts = SummaryCounts()
  }

  /// In the order in which they came.
  package private(set) var rows: [Row] = []
  /// All that there was no room for; nil where there was.
  package private(set) var others: SummaryCounts?
  private var places: [Key: Int] = [:]

  package init() {}

  package static var maximum: Int { 512 }

  /// Changes the counts of `key`; `label` says what it is now.
  package mutating func count(
    _ key: Key, _ label: Label, _ change: (inout SummaryCounts) -> Void
  ) {
    if let place = places[key] {
      rows[place].label = label
      change(&rows[place].counts)
    } else if rows.count < Self.maximum {
      places[key] = rows.count
      rows.append(Row(label: label))
      change(&rows[rows.count - 1].counts)
    } else {
      var counts = others ?? SummaryCounts()
      change(&counts)
      others = counts
    }
  }
}
