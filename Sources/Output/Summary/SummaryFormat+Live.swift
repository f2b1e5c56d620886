// The picture of a running trace on a terminal, drawn over and over.
extension SummaryFormat {
  /// Rows of each table that is drawn again and again: where there is room, and at least.
  private static let liveRows = 8
  private static let fewestRows = 3

  /// What fits so many lines: with fewer rows first, then without whole sections, of which a line
  /// says which they are.
  func picture(ofLines lines: Int) -> ByteBuffer {
    var picture = ByteBuffer()
    func fits(_ rows: Int, _ missing: [SummarySection]) -> Bool {
      picture.clear()
      write(rows: rows, without: missing, to: &picture)
      return picture.bytes.span.lineCount <= lines
    }
    for rows in stride(from: Self.liveRows, through: Self.fewestRows, by: -1)
    where fits(rows, []) {
      return picture
    }
    for count in 1...SummarySection.dispensable.count {
      let missing = Array(SummarySection.dispensable.prefix(count))
      if fits(Self.fewestRows, missing) { return picture }
    }
    // No more than the sums are left, on a terminal of a few lines.
    let length = picture.bytes.span.length(ofLines: lines)
    var head = ByteBuffer()
    head.append(picture.bytes.span.extracting(first: length))
    return head
  }

  /// Draws over what was drawn before, line by line: a terminal that is cleared, or cleared from
  /// its first line on, may keep what it showed among the lines that have scrolled away.
  mutating func draw(_ picture: borrowing ByteBuffer, to out: inout ByteBuffer) {
    out.append(hasDrawn ? "\u{1b}[H" : "\u{1b}[2J\u{1b}[H")
    hasDrawn = true
    let span = picture.bytes.span
    var start = 0
    for index in span.indices where span[index] == UInt8(ascii: "\n") {
      // In front of the line: behind one of full width it would take away the last column.
      out.append("\u{1b}[K")
      out.append(span.extracting(start...index))
      start = index + 1
    }
    out.append("\u{1b}[J")
  }
}

extension Span where Element == UInt8 {
  fileprivate var lineCount: Int {
    var number = 0
    for index in indices where self[index] == UInt8(ascii: "\n") { number += 1 }
    return number
  }

  /// How many bytes the first so many lines have.
  fileprivate func length(ofLines number: Int) -> Int {
    var left = number
    for index in indices where self[index] == UInt8(ascii: "\n") {
      left -= 1
      if left == 0 { return index + 1 }
    }
    return count
  }
}
