import Records

/// The cells of the line of a message, or of several in a row that are alike, as ranges of a buffer
/// that holds the cells of a whole call.
struct TextRow {
  struct Cell {
    var start = 0
    var end = 0
    /// Columns, which are not bytes where names hold more than ASCII.
    var width = 0
  }

  /// Positions in the call's messages.
  var indices: ClosedRange<Int>
  var destination = Cell()
  var size = Cell()
  var state = Cell()
  var messageState: MessageState
  var style: TextStyle
  /// True where something stands behind the state.
  var hasDetail: Bool

  var isFolded: Bool { indices.count > 1 }

  /// Columns of `7` or `0–1021`.
  var indexWidth: Int {
    func digits(_ index: Int) -> Int { ByteBuffer.decimalDigits(of: UInt64(clamping: index)) }
    let first = digits(indices.lowerBound)
    return isFolded ? first + 1 + digits(indices.upperBound) : first
  }
}

/// The widths that make the lines of one call stand below each other.
struct TextColumns {
  /// Of the widest index, or pair of them.
  var index = 1
  /// 0 where no message has a destination.
  var destination = 0
  /// At least what most calls need, so that calls too stand below each other.
  var size = 10
  var state = 7

  /// A name this long (an AF_UNIX path may have 108 bytes) does not push the others aside.
  private static let widestDestination = 47

  /// Of rows that are to fit into `width` columns.
  init(_ rows: [TextRow], width: Int?) {
    var widestState = 0
    for row in rows {
      index = max(index, row.indexWidth)
      size = max(size, row.size.width)
      widestState = max(widestState, row.state.width)
      if row.hasDetail { state = max(state, row.state.width) }
    }
    let others = 3 + index + 1 + 2 + size + 2 + widestState
    let room = min(Self.widestDestination, width.map { max(0, $0 - others) } ?? .max)
    for row in rows where row.destination.width <= room {
      destination = max(destination, row.destination.width)
    }
    if destination == 0, rows.contains(where: { $0.destination.width > 0 }) { destination = 1 }
  }
}

extension TextFormat {
  /// Makes the cells of all messages of a call, and folds those that are alike.
  mutating func layOut(_ call: SendCall, _ verdict: Verdict) {
    cells.clear()
    rows.removeAll(keepingCapacity: true)
    for index in call.messages.indices {
      let message = call.messages[index]
      let state = verdict.state(ofMessage: message.index)
      var row = TextRow(
        indices: index...index, messageState: state, style: state.style, hasDetail: false)
      row.hasDetail =
        state.tellsCause ? message.index == verdict.at : previewsPayload(of: message, state)
      row.destination = cells.cell { $0.append(destinationOf: message) }
      row.size = cells.cell { $0.append(sizeOf: message) }
      row.state = cells.cell { $0.append(text: state, message.sentLength) }
      rows.append(row)
    }
    if !options.verbose, !options.hex { foldRows(call, verdict) }
  }

  private func previewsPayload(of message: borrowing Message, _ state: MessageState) -> Bool {
    !options.hex && state != .notAttempted && message.payload.data != nil
  }
}

extension MessageState {
  /// True where the cause stands in the message's own line, in place of its payload.
  var tellsCause: Bool {
    switch self {
    case .short, .failed, .uncounted: true
    case .sent, .notAttempted, .unknown: false
    }
  }

  fileprivate var style: TextStyle {
    switch self {
    case .sent: .good
    case .short, .failed, .uncounted: .alarm
    case .notAttempted, .unknown: .faint
    }
  }
}

extension ByteBuffer {
  mutating func cell(_ fill: (inout ByteBuffer) -> Void) -> TextRow.Cell {
    let start = count
    fill(&self)
    return TextRow.Cell(
      start: start, end: count, width: bytes.span.extracting(start..<count).columns)
  }

  /// `→ 127.0.0.1:9999`; nothing for a message without a name.
  fileprivate mutating func append(destinationOf message: borrowing Message) {
    if let name = message.name {
      append("→ ")
      append(text: name)
    } else if let header = message.header, !header.name.isNull, header.nameLength != 0 {
      append("→ ?")
    }
  }

  /// `6 B in 2`: bytes, and iovecs where there is not exactly one.
  fileprivate mutating func append(sizeOf message: borrowing Message) {
    if let bytes = message.bytes { append(decimal: bytes) } else { append("?") }
    append(" B")
    guard let header = message.header, header.iovecCount != 1 else { return }
    append(" in ")
    append(decimal: header.iovecCount)
  }

  /// `19–1200 B`, of several messages; one number where that is all.
  mutating func append(sizesFrom least: UInt64, to most: UInt64) {
    append(decimal: least)
    if most > least {
      append("–")
      append(decimal: most)
    }
    append(" B")
  }

  fileprivate mutating func append(text state: MessageState, _ sentLength: UInt32?) {
    switch state {
    case .sent: append("sent")
    case .short: append("SHORT")
    case .failed: append("FAILED")
    case .uncounted: append("UNCOUNTED")
    case .notAttempted: append("not attempted")
    case .unknown: append("unknown")
    }
    guard let sentLength, state == .sent || state == .short else { return }
    append(" ")
    append(decimal: sentLength)
  }
}
