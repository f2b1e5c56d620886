import Analysis

/// One table of a summary, laid out for the width there is.
///
///     PROGRAM        CALLS  MESSAGES  SENT  BYTES  BATCH  SHORT   P50   P99    MAX
///     app               12        48    46   1234    4.0      1  65µs  70µs  1.2ms
///     others (3)         4         4     4     40    1.0      0  12µs  14µs   14µs
struct SummaryTableText {
  private struct Row {
    var name: [UInt8]
    var counts: SummaryCounts
  }

  private let title: String
  private var rows: [Row] = []
  private var others: Row?

  /// The widest name where there is room for all, the width for which columns are left out, and the
  /// least of all.
  private static let widestName = 47
  private static let tellingName = 24
  private static let narrowestName = 8

  init<Key, Label>(
    _ title: String, _ table: SummaryTable<Key, Label>, sort: SummaryColumn, maximum: Int,
    name: (Label, inout ByteBuffer) -> Void
  ) {
    self.title = title
    rows = table.rows.map { row in
      var text = ByteBuffer()
      name(row.label, &text)
      return Row(name: text.bytes, counts: row.counts)
    }
    Self.sort(&rows, by: sort)
    fold(table.others, maximum: maximum)
  }

  /// Equal rows stand in the order of their names, so that two runs are easily compared.
  private static func sort(_ rows: inout [Row], by column: SummaryColumn) {
    let keyed = rows.map { (value: column.value(of: $0.counts), row: $0) }
    rows = keyed.sorted {
      $0.value != $1.value
        ? $0.value > $1.value : $0.row.name.lexicographicallyPrecedes($1.row.name)
    }.map(\.row)
  }

  /// What is not shown is added up.
  private mutating func fold(_ unnamed: SummaryCounts?, maximum: Int) {
    guard rows.count > maximum || unnamed != nil else { return }
    var counts = unnamed ?? SummaryCounts()
    let hidden = rows.dropFirst(maximum)
    for row in hidden { counts.add(row.counts) }
    let number = unnamed == nil ? "\(hidden.count)" : "\(hidden.count)+"
    others = Row(name: Array("others (\(number))".utf8), counts: counts)
    rows = Array(rows.prefix(maximum))
  }

  func write(width: Int?, sort: SummaryColumn, to out: inout ByteBuffer) {
    guard !rows.isEmpty else { return }
    let shown = rows + (others.map { [$0] } ?? [])
    var columns = SummaryColumn.allCases.filter { $0 != .name }
      .map { Column($0, shown.map(\.counts)) }
    let widest = min(
      max(shown.map { $0.name.span.columns }.max() ?? 0, title.utf8.count), Self.widestName)
    var nameWidth = widest
    if let width {
      let least = min(widest, Self.tellingName)
      for column in SummaryColumn.dispensable where least + Column.width(columns) > width {
        if column != sort { columns.removeAll { $0.column == column } }
      }
      nameWidth = min(widest, max(Self.narrowestName, width - Column.width(columns)))
    }
    out.append("\n")
    out.append(name: Array(title.utf8), width: nameWidth)
    for column in columns {
      out.append(rightAligned: Array(column.column.title.utf8), column.width)
    }
    out.append("\n")
    for (index, row) in shown.enumerated() {
      out.append(name: row.name, width: nameWidth)
      for column in columns { out.append(rightAligned: column.cells[index], column.width) }
      out.append("\n")
    }
  }
}

/// The cells of a column, and how wide it is with the gap in front of it.
private struct Column {
  var column: SummaryColumn
  var cells: [[UInt8]]
  var width: Int

  init(_ column: SummaryColumn, _ counts: [SummaryCounts]) {
    self.column = column
    cells = counts.map { counts in
      var cell = ByteBuffer()
      column.append(counts, to: &cell)
      return cell.bytes
    }
    width = max(column.title.utf8.count, cells.map { $0.span.columns }.max() ?? 0) + 2
  }

  static func width(_ columns: [Column]) -> Int { columns.reduce(0) { $0 + $1.width } }
}

extension ByteBuffer {
  /// A name of visible text; where there is no room for its middle, `…` says so: addresses differ
  /// at their ends.
  fileprivate mutating func append(name: [UInt8], width: Int) {
    let columns = name.span.columns
    if columns <= width {
      append(name.span)
      return append(spaces: width - columns)
    }
    let tail = name.span.tail(columns: (width - 1) * 3 / 5)
    let room = width - 1 - tail.columns
    let fitted = append(printable: name.span, room: room)
    append("…")
    append(tail)
    append(spaces: room - fitted.width)
  }

  fileprivate mutating func append(rightAligned cell: [UInt8], _ width: Int) {
    append(spaces: width - cell.span.columns)
    append(cell.span)
  }
}

extension Span where Element == UInt8 {
  /// As much of the end of visible text as so many columns hold.
  @_lifetime(copy self)
  fileprivate func tail(columns: Int) -> Span<UInt8> {
    var left = self.columns
    var index = 0
    while index < count, left > columns {
      let scalar = UTF8Scalar(in: self, at: index)
      left -= Unicode.Scalar(scalar.value)?.columns ?? 1
      index += scalar.length
    }
    return extracting(index...)
  }
}
