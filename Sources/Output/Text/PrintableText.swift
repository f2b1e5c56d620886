/// Text for a terminal: nothing of a tracee's reaches it that is not plainly visible.
extension ByteBuffer {
  /// How much of a text was appended.
  struct Fitted {
    /// Columns taken.
    var width: Int
    /// True where all of it was appended.
    var isWhole: Bool
  }

  /// Appends `text` with everything that is not visible as a C escape: `\n`, `\t`, `\r`, else
  /// `\xNN` for each byte.
  ///
  /// That covers what is not UTF-8, control and format characters (bidi controls among them), and
  /// what is private or unassigned. `isQuoted` escapes `"` and `\` too. Stops in front of the
  /// character that would not fit into `room` columns.
  @discardableResult
  mutating func append(
    printable text: Span<UInt8>, isQuoted: Bool = false, room: Int = .max
  ) -> Fitted {
    var width = 0
    var index = 0
    while index < text.count {
      let end = text.endOfPlainRun(from: index)
      if end > index {
        let fitting = min(end - index, room - width)
        append(text.extracting(index..<index + fitting))
        width += fitting
        index += fitting
        if index < end { return Fitted(width: width, isWhole: false) }
        continue
      }
      let scalar = UTF8Scalar(in: text, at: index)
      let piece = PrintablePiece(scalar, isQuoted: isQuoted)
      guard piece.width <= room - width else { return Fitted(width: width, isWhole: false) }
      append(piece, of: text.extracting(index..<index + scalar.length))
      width += piece.width
      index += scalar.length
    }
    return Fitted(width: width, isWhole: true)
  }

  @discardableResult
  mutating func append(printable text: String, isQuoted: Bool = false) -> Fitted {
    append(printable: text.utf8.span, isQuoted: isQuoted)
  }

  /// Appends `"…"` as in C, with `…` behind it where it was cut or `isCut` says that it had been
  /// before. Takes at most `room` columns, but never fewer than three.
  @discardableResult
  mutating func append(quoted text: Span<UInt8>, isCut: Bool, room: Int = .max) -> Int {
    append(UInt8(ascii: "\""))
    let fitted = append(
      printable: text, isQuoted: true, room: room == .max ? .max : max(0, room - 3))
    append(UInt8(ascii: "\""))
    guard isCut || !fitted.isWhole else { return fitted.width + 2 }
    append("…")
    return fitted.width + 3
  }

  private mutating func append(_ piece: PrintablePiece, of bytes: Span<UInt8>) {
    switch piece {
    case .visible: append(bytes)
    case .backslashed(let letter):
      append(UInt8(ascii: "\\"))
      append(letter)
    case .hexadecimal:
      for index in bytes.indices {
        append(#"\x"#)
        append(hex: UInt64(bytes[index]), digits: 2)
      }
    }
  }
}

/// How one character is shown.
private enum PrintablePiece {
  case visible(width: Int)
  case backslashed(UInt8)
  case hexadecimal(bytes: Int)

  init(_ scalar: UTF8Scalar, isQuoted: Bool) {
    self =
      switch scalar.value {
      case 0x0a: .backslashed(UInt8(ascii: "n"))
      case 0x0d: .backslashed(UInt8(ascii: "r"))
      case 0x09: .backslashed(UInt8(ascii: "t"))
      case 0x22 where isQuoted: .backslashed(UInt8(ascii: "\""))
      case 0x5c where isQuoted: .backslashed(UInt8(ascii: "\\"))
      default:
        if scalar.isValid, let visible = Unicode.Scalar(scalar.value), visible.isVisible {
          .visible(width: visible.columns)
        } else {
          .hexadecimal(bytes: scalar.length)
        }
      }
  }

  var width: Int {
    switch self {
    case .visible(let width): width
    case .backslashed: 2
    case .hexadecimal(let bytes): 4 * bytes
    }
  }
}
