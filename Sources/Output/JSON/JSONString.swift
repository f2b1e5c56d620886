/// JSON strings that are also safe to look at.
extension ByteBuffer {
  /// Appends a JSON string in quotes.
  ///
  /// Besides what JSON asks for, all control characters (C0, DEL, C1), bidi controls and line
  /// separators are escaped, so that a record shown on a terminal cannot act on it. Bytes that are
  /// not UTF-8 become U+FFFD.
  package mutating func append(jsonString text: Span<UInt8>) {
    append(UInt8(ascii: "\""))
    var start = 0
    var index = text.endOfPlainRun(from: 0)
    while index < text.count {
      let scalar = UTF8Scalar(in: text, at: index)
      if Self.mustEscape(scalar) {
        append(text.extracting(start..<index))
        appendEscape(of: scalar)
        start = index + scalar.length
      }
      index = text.endOfPlainRun(from: index + scalar.length)
    }
    append(text.extracting(start..<text.count))
    append(UInt8(ascii: "\""))
  }

  package mutating func append(jsonString text: String) { append(jsonString: text.utf8.span) }

  /// Appends a string, or `null`.
  package mutating func append(jsonString text: String?) {
    if let text { append(jsonString: text) } else { append("null") }
  }

  private static func mustEscape(_ scalar: UTF8Scalar) -> Bool {
    !scalar.isValid || scalar.isControl || scalar.isBidiControl || scalar.isLineSeparator
      || scalar.value == 0x22 || scalar.value == 0x5c
  }

  private mutating func appendEscape(of scalar: UTF8Scalar) {
    switch scalar.value {
    case 0x22: append(#"\""#)
    case 0x5c: append(#"\\"#)
    case 0x0a: append(#"\n"#)
    case 0x0d: append(#"\r"#)
    case 0x09: append(#"\t"#)
    case 0xfffd: append("\u{fffd}")
    default:
      // Everything that is escaped lies in the basic plane.
      append(#"\u"#)
      append(hex: UInt64(scalar.value), digits: 4)
    }
  }
}
