import Records

/// The line of a message and those below it.
extension TextFormat {
  /// Where the lines below a message begin.
  static let indent = 6
  /// Fewer columns than these are not worth starting a sentence in.
  private static let leastRoom = 24

  mutating func append(
    _ message: borrowing Message, _ row: TextRow, _ columns: TextColumns, _ verdict: Verdict,
    to out: inout ByteBuffer
  ) {
    let column = appendCells(of: row, columns, to: &out)
    let isCause = verdict.cause != nil && message.index == verdict.at
    if row.hasDetail {
      let start = startDetail(behind: column, row, columns, to: &out)
      if isCause, row.messageState.tellsCause {
        appendCause(of: verdict, from: start, to: &out)
      } else {
        appendPreview(of: message.payload, from: start, to: &out)
        out.append("\n")
      }
    } else {
      out.append("\n")
    }
    if isCause, !row.messageState.tellsCause {
      out.append(spaces: Self.indent)
      appendCause(of: verdict, from: Self.indent, to: &out)
    }
    appendLines(below: message, row, to: &out)
  }

  /// `   0 → 127.0.0.1:9999  6 B in 2    sent 6   `, or `0–1021` of what is folded; returns the
  /// column it ends in.
  private func appendCells(
    of row: TextRow, _ columns: TextColumns, to out: inout ByteBuffer
  ) -> Int {
    let cells = cells.bytes.span
    out.append(spaces: 3 + columns.index - row.indexWidth)
    out.append(decimal: row.indices.lowerBound)
    if row.isFolded {
      out.append("–")
      out.append(decimal: row.indices.upperBound)
    }
    var column = 3 + columns.index

    if columns.destination > 0 {
      out.append(" ")
      column = appendDestination(of: row, columns, from: column + 1, to: &out)
    }
    out.append("  ")
    out.append(cells.extracting(row.size.start..<row.size.end))
    out.append(spaces: columns.size - row.size.width + 2)
    column += 4 + columns.size
    row.style.paint(&out, isColored: options.color) {
      $0.append(cells.extracting(row.state.start..<row.state.end))
    }
    return column + row.state.width
  }

  /// A name for which there is no room beside the rest gets lines of its own, and the rest stands
  /// below it. Returns the column.
  private func appendDestination(
    of row: TextRow, _ columns: TextColumns, from start: Int, to out: inout ByteBuffer
  ) -> Int {
    let destination = cells.bytes.span.extracting(row.destination.start..<row.destination.end)
    let end = start + max(columns.destination, row.destination.width)
    if let width = options.width, end + columns.size + 4 + row.state.width > width {
      out.append(wrapped: destination, from: start, indent: start + 2, width: width)
      out.startLine(indent: Self.indent - 2)
      return Self.indent - 2
    }
    out.append(destination)
    out.append(spaces: columns.destination - row.destination.width)
    return end
  }

  /// Goes to where the detail begins: behind the state, or on a new line where that is too far
  /// right. Returns the column.
  private func startDetail(
    behind end: Int, _ row: TextRow, _ columns: TextColumns, to out: inout ByteBuffer
  ) -> Int {
    let padding = columns.state - row.state.width
    let column = end + padding
    if let width = options.width, column + 2 + Self.leastRoom > width {
      out.startLine(indent: Self.indent)
      return Self.indent
    }
    out.append(spaces: padding + 2)
    return column + 2
  }

  private mutating func appendCause(
    of verdict: Verdict, from column: Int, to out: inout ByteBuffer
  ) {
    sentence.clear()
    sentence.append(causeOf: verdict)
    appendSentence(from: column, indent: column, to: &out)
    out.append("\n")
    appendCandidates(of: verdict, indent: column, to: &out)
  }

  /// `(DNS A example.com) "…"`: what it may be, then what it is.
  private func appendPreview(
    of payload: borrowing Payload, from column: Int, to out: inout ByteBuffer
  ) {
    guard let data = payload.data else { return }
    var room = options.width.map { max(0, $0 - column) } ?? .max
    if let hint = payload.hint {
      out.append("(")
      let width = out.append(printable: hint.utf8.span, room: max(0, room - 2)).width
      out.append(")")
      guard room - width > Self.leastRoom else { return }
      out.append(" ")
      room -= width + 3
    }
    out.append(quoted: data.span, isCut: payload.truncated, room: room)
  }
}
