/// Fitting sentences to the width of a terminal.
extension ByteBuffer {
  /// Appends visible `text` that begins in `column`, broken between words so that no line passes
  /// `width`; further lines begin in column `indent`. A word longer than a line is broken too.
  mutating func append(wrapped text: Span<UInt8>, from column: Int, indent: Int, width: Int?) {
    guard let width else { return append(text) }
    var column = column
    var index = 0
    var isFirst = true
    while index < text.count {
      let start = index
      while index < text.count, text[index] != UInt8(ascii: " ") { index += 1 }
      let word = text.extracting(start..<index)
      index += 1

      let columns = word.columns
      let gap = isFirst ? 0 : 1
      if column + gap + columns <= width || column + gap <= indent {
        append(spaces: gap)
        column += gap
      } else {
        if !isFirst || column > indent { startLine(indent: indent) }
        column = indent
      }
      isFirst = false
      if column + columns <= width {
        append(word)
        column += columns
      } else {
        append(broken: word, column: &column, indent: indent, width: width)
      }
    }
  }

  /// Ends the line and appends the indentation of the next.
  mutating func startLine(indent: Int) {
    append(UInt8(ascii: "\n"))
    append(spaces: indent)
  }

  private mutating func append(
    broken word: Span<UInt8>, column: inout Int, indent: Int, width: Int
  ) {
    var index = 0
    while index < word.count {
      let scalar = UTF8Scalar(in: word, at: index)
      let columns = Unicode.Scalar(scalar.value)?.columns ?? 1
      if column + columns > width, column > indent {
        startLine(indent: indent)
        column = indent
      }
      append(word.extracting(index..<index + scalar.length))
      column += columns
      index += scalar.length
    }
  }
}
