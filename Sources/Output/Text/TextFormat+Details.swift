import Records

/// What stands below the line of a message.
extension TextFormat {
  /// So much of a control message's data is shown, unless verbose.
  private static let controlBytes = 32

  /// Control messages, faults, iovecs and dumps, one line each.
  mutating func appendLines(
    below message: borrowing Message, _ row: TextRow, to out: inout ByteBuffer
  ) {
    if options.verbose { appendVerbose(message, row, to: &out) }
    if options.hex, let data = message.payload.data {
      out.append(hexDump: data.span, indent: Self.indent, width: options.width)
    }
    let most = options.verbose ? .max : Self.controlBytes
    if let control = message.control {
      for entry in control {
        appendLine(to: &out) { $0.append(control: entry, showing: most) }
      }
    }
    // A control message of its own has said it.
    if let segmentation = message.segmentation, segmentation.source == .socket {
      appendLine(to: &out) { $0.append(text: segmentation) }
    }
    for unreadable in message.unreadable {
      appendLine(to: &out) { $0.append(text: unreadable, showing: most) }
    }
    if let fault = message.payload.fault {
      appendLine(to: &out) {
        $0.append("payload unreadable at ")
        $0.append(fault)
      }
    }
    if let mutated = message.mutated, !mutated.isEmpty {
      appendLine(to: &out) { line in
        line.append("changed while the call ran:")
        for part in mutated {
          line.append(" ")
          line.append(verbatim: part.rawValue)
        }
      }
    }
    if message.truncated {
      appendLine(to: &out) { $0.append("not all of it was captured: it is over the budget") }
    }
  }

  private mutating func appendVerbose(
    _ message: borrowing Message, _ row: TextRow, to out: inout ByteBuffer
  ) {
    if let flags = message.header?.flags, !flags.isEmpty {
      appendLine(to: &out) {
        $0.append("msg_flags ")
        $0.append(text: flags)
      }
    }
    if let iovecs = message.iovecs {
      for iovec in iovecs {
        appendLine(to: &out) {
          $0.append("iovec ")
          $0.append(iovec.base)
          $0.append(", ")
          $0.append(decimal: iovec.length)
          $0.append(" B")
        }
      }
    }
    // What stands in place of the payload, or nothing, leaves it to be shown here.
    let isPreviewed = row.hasDetail && !row.messageState.tellsCause
    if !options.hex, !isPreviewed, let data = message.payload.data {
      let isCut = message.payload.truncated
      appendLine(to: &out) {
        $0.append("payload ")
        $0.append(quoted: data.span, isCut: isCut)
      }
    }
  }

  /// One line below a message, wrapped.
  private mutating func appendLine(
    to out: inout ByteBuffer, _ fill: (inout ByteBuffer) -> Void
  ) {
    sentence.clear()
    fill(&sentence)
    out.append(spaces: Self.indent)
    appendSentence(from: Self.indent, indent: Self.indent + 3, to: &out)
    out.append("\n")
  }
}

extension ByteBuffer {
  /// `name unreadable from 0x7f001000 on, 4 of 16 B are there: 0200270f (EFAULT: …)`.
  fileprivate mutating func append(text unreadable: UnreadablePart, showing most: Int) {
    append(verbatim: unreadable.part.rawValue)
    append(" unreadable from ")
    append(unreadable.address)
    append(" on, ")
    append(decimal: unreadable.available)
    append(" of ")
    append(decimal: unreadable.wanted)
    append(" B are there")
    if unreadable.available > 0 {
      append(": ")
      append(hex: unreadable.bytes.span.extracting(0..<min(most, unreadable.bytes.count)))
      if unreadable.available > most { append("…") }
    }
    append(" (")
    append(printable: unreadable.effect)
    append(")")
  }

  /// `UDP_SEGMENT of the socket: segment_size=1200, segments=3, last_segment=600`.
  fileprivate mutating func append(text segmentation: Segmentation) {
    append("UDP_SEGMENT of the socket: segment_size=")
    append(decimal: UInt64(segmentation.size))
    guard let pieces = segmentation.pieces else { return }
    append(", segments=")
    append(decimal: pieces.count)
    append(", last_segment=")
    append(decimal: pieces.last)
  }

  /// `control SOL_UDP UDP_SEGMENT 18 B: segment_size=1200, used`, or the bytes in hex where the
  /// data cannot be taken apart.
  fileprivate mutating func append(control: ControlMessage, showing most: Int) {
    append("control ")
    append(verbatim: control.levelName)
    append(" ")
    append(verbatim: control.typeName)
    append(" ")
    append(decimal: control.length)
    append(" B")
    let data = control.data.span
    if let value = control.value {
      if !value.isEmpty { append(": ") }
      append(text: value)
    } else if !data.isEmpty {
      append(": ")
      append(hex: data.extracting(0..<min(most, data.count)))
      if data.count > most { append("…") }
    }
    if let status = control.status {
      append(", ")
      append(verbatim: status.rawValue)
    }
    if let why = control.why {
      append(": ")
      append(printable: why)
    }
  }
}
