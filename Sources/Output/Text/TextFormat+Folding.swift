import Records

/// Large batches: a thousand lines that say the same hide the one that does not.
extension TextFormat {
  /// Fewer messages than these are shown one by one, with their payload.
  private static let leastFold = 8

  /// Makes one row of each run of like messages. What is odd about a message keeps it out: a cause,
  /// a fault, a cut.
  mutating func foldRows(_ call: SendCall, _ verdict: Verdict) {
    guard rows.count >= Self.leastFold else { return }
    var kept = 0
    var start = 0
    while start < rows.count {
      let end = endOfRun(from: start, call, verdict)
      if end - start >= Self.leastFold {
        rows[kept] = folded(rows[start..<end], call)
        kept += 1
      } else {
        for index in start..<end {
          rows[kept] = rows[index]
          kept += 1
        }
      }
      start = end
    }
    rows.removeLast(rows.count - kept)
  }

  private func endOfRun(from start: Int, _ call: SendCall, _ verdict: Verdict) -> Int {
    var end = start + 1
    guard isFoldable(call.messages[start], verdict) else { return end }
    while end < rows.count, isFoldable(call.messages[end], verdict),
      areAlike(rows[start], rows[end]) || areBothLeft(start, end, call),
      call.messages[start].control == call.messages[end].control,
      call.messages[start].segmentation == call.messages[end].segmentation
    {
      end += 1
    }
    return end
  }

  /// One row for all of `run`.
  private mutating func folded(_ run: ArraySlice<TextRow>, _ call: SendCall) -> TextRow {
    var row = run[run.startIndex]
    row.indices = run.startIndex...run.endIndex - 1
    row.hasDetail = false
    if run.contains(where: { !haveSameText($0.destination, row.destination) }) {
      row.destination = cells.cell { $0.append("→ several") }
    }
    if run.contains(where: { !haveSameText($0.size, row.size) }) {
      let sizes = run.indices.lazy.compactMap { call.messages[$0].bytes }
      row.size = cells.cell { $0.append(sizesFrom: sizes.min() ?? 0, to: sizes.max() ?? 0) }
    }
    return row
  }

  /// Of what the kernel did not look at, the size and the destination are told together, too: how
  /// much was left is what matters, and the tail of a batch may be hundreds of lines.
  private func areBothLeft(_ one: Int, _ other: Int, _ call: SendCall) -> Bool {
    rows[one].messageState == .notAttempted && rows[other].messageState == .notAttempted
      && call.messages[one].bytes != nil && call.messages[other].bytes != nil
  }

  private func isFoldable(_ message: borrowing Message, _ verdict: Verdict) -> Bool {
    guard message.index != verdict.at, message.fault == nil, message.payload.fault == nil,
      !message.truncated, message.mutated?.isEmpty ?? true
    else { return false }
    switch verdict.state(ofMessage: message.index) {
    case .sent, .notAttempted, .unknown: return true
    case .short, .failed, .uncounted: return false
    }
  }

  /// Whether two lines say the same but for their payload.
  private func areAlike(_ one: TextRow, _ other: TextRow) -> Bool {
    one.messageState == other.messageState && haveSameText(one.destination, other.destination)
      && haveSameText(one.size, other.size) && haveSameText(one.state, other.state)
  }

  private func haveSameText(_ one: TextRow.Cell, _ other: TextRow.Cell) -> Bool {
    cells.bytes[one.start..<one.end] == cells.bytes[other.start..<other.end]
  }
}
