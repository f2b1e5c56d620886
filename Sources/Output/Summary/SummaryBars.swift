/// Counts with bars, the longest of which is the largest count.
///
///     OUTCOME   CALLS
///     complete     11  ██████████████████████████████  91.7%
///     partial       1  ██▋                              8.3%
struct SummaryBars {
  private let title: String
  private var rows: [(name: String, count: UInt64)] = []

  private static let longestBar = 40
  private static let shortestBar = 4

  init(_ title: String, _ rows: [(name: String, count: UInt64)]) {
    self.title = title
    self.rows = rows
  }

  func write(width: Int?, to out: inout ByteBuffer) {
    guard !rows.isEmpty else { return }
    let total = rows.reduce(0) { $0 &+ $1.count }
    let largest = max(rows.map(\.count).max() ?? 0, 1)
    let nameWidth = max(title.count, rows.map { $0.name.count }.max() ?? 0)
    let countWidth = max(5, ByteBuffer.decimalDigits(of: largest))
    // Gaps of two, and `100.0%`.
    let rest = nameWidth + 2 + countWidth + 2 + 2 + 6
    let longest = min(Self.longestBar, (width ?? .max) - rest)
    out.append("\n")
    out.append(verbatim: title)
    out.append(spaces: nameWidth - title.count + 2 + countWidth - 5)
    out.append("CALLS\n")
    for (name, count) in rows {
      out.append(verbatim: name)
      let gap = nameWidth - name.count + 2
      out.append(spaces: gap + countWidth - ByteBuffer.decimalDigits(of: count))
      out.append(decimal: count)
      if longest >= Self.shortestBar {
        out.append("  ")
        out.append(bar: Double(count) / Double(largest), longest: longest)
      }
      let share = UInt64((Double(count) / Double(max(total, 1)) * 1000).rounded())
      out.append(spaces: 2 + 4 - ByteBuffer.decimalDigits(of: share / 10) - 1)
      out.append(tenths: share)
      out.append("%\n")
    }
  }
}

extension ByteBuffer {
  /// A bar of eighths of a column, filled up with spaces.
  fileprivate mutating func append(bar part: Double, longest: Int) {
    let eighths = Int((part * Double(longest * 8)).rounded(.up))
    let parts: [StaticString] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    for _ in 0..<eighths / 8 { append("█") }
    append(parts[eighths % 8])
    append(spaces: longest - (eighths + 7) / 8)
  }
}
