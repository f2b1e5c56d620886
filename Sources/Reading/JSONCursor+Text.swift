import Records

/// A string of a line: where it stands, between its quotes.
struct JSONText {
  var range: Range<Int>
  /// True where it holds a backslash.
  var isEscaped: Bool
}

// Strings.
extension JSONCursor {
  /// Steps over a string and says where it stands.
  mutating func text() throws(JSONFault) -> JSONText {
    guard next == UInt8(ascii: "\"") else { throw fault(.expected("a string")) }
    let start = position + 1
    var index = start
    var isEscaped = false
    while true {
      index = bytes.endOfPlainText(from: index)
      guard index < bytes.count else {
        position = index
        throw fault(.cutOff)
      }
      switch bytes[index] {
      case UInt8(ascii: "\""):
        position = index + 1
        return JSONText(range: start..<index, isEscaped: isEscaped)
      case UInt8(ascii: "\\"):
        isEscaped = true
        index += 2
      case 0..<0x20:
        position = index
        throw fault(.expected("no control character"))
      default: index += 1
      }
    }
  }

  mutating func optionalText() throws(JSONFault) -> JSONText? { takeNull() ? nil : try text() }

  /// The bytes of a string, as they stand where nothing is escaped.
  func contents(of text: JSONText) -> [UInt8] {
    let plain = bytes.extracting(text.range)
    return text.isEscaped
      ? JSONText.unescaped(plain)
      : unsafe plain.withUnsafeBufferPointer {
        unsafe Array($0)
      }
  }

  func string(of text: JSONText) -> String {
    if text.isEscaped { return String(decoding: contents(of: text), as: UTF8.self) }
    return unsafe bytes.extracting(text.range).withUnsafeBufferPointer {
      unsafe String(decoding: $0, as: UTF8.self)
    }
  }

  mutating func string() throws(JSONFault) -> String { string(of: try text()) }

  mutating func optionalString() throws(JSONFault) -> String? {
    takeNull() ? nil : try string()
  }

  /// `["one","two"]`
  mutating func strings() throws(JSONFault) -> [String] {
    var strings: [String] = []
    var isFirst = true
    try beginList()
    while try hasElement(&isFirst) {
      try spend()
      strings.append(try string())
    }
    return strings
  }

  /// A value of an enumeration.
  mutating func choice<Choice: RawRepresentable<String>>() throws(JSONFault) -> Choice {
    try named { Choice(rawValue: $0) }
  }

  mutating func optionalChoice<Choice: RawRepresentable<String>>() throws(JSONFault) -> Choice? {
    takeNull() ? nil : try choice()
  }

  /// A value that `find` finds by its name.
  mutating func named<Value>(_ find: (String) -> Value?) throws(JSONFault) -> Value {
    let start = position
    let name = try string()
    guard let value = find(name) else {
      throw JSONFault(offset: start, reason: .unknownValue(String(name.prefix(40))))
    }
    return value
  }

  mutating func optionalNamed<Value>(_ find: (String) -> Value?) throws(JSONFault) -> Value? {
    takeNull() ? nil : try named(find)
  }

  /// What `parse` makes of the bytes of a string; `what` it has to be.
  mutating func parsed<Value>(
    _ what: StaticString, _ parse: (Span<UInt8>) -> Value?
  ) throws(JSONFault) -> Value {
    let start = position
    let text = try text()
    let value =
      text.isEscaped ? parse(contents(of: text).span) : parse(bytes.extracting(text.range))
    guard let value else { throw JSONFault(offset: start, reason: .expected(what)) }
    return value
  }
}

extension JSONText {
  /// Takes escapes back. What is none stands for itself, and half a surrogate pair is U+FFFD.
  static func unescaped(_ text: Span<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      guard text[index] == UInt8(ascii: "\\"), index + 1 < text.count else {
        result.append(text[index])
        index += 1
        continue
      }
      let letter = text[index + 1]
      index += 2
      switch letter {
      case UInt8(ascii: "n"): result.append(0x0a)
      case UInt8(ascii: "r"): result.append(0x0d)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0c)
      case UInt8(ascii: "u"):
        let scalar = unicodeScalar(text, at: &index)
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { result.append(byte) }
      default: result.append(letter)
      }
    }
    return result
  }

  /// The scalar whose `\u` has been read; `index` goes behind it.
  private static func unicodeScalar(_ text: Span<UInt8>, at index: inout Int) -> Unicode.Scalar {
    let replacement: Unicode.Scalar = "\u{fffd}"
    guard let unit = codeUnit(text, at: index) else { return replacement }
    index += 4
    guard UTF16.isLeadSurrogate(unit) else { return Unicode.Scalar(unit) ?? replacement }
    guard index + 6 <= text.count, text[index] == UInt8(ascii: "\\"),
      text[index + 1] == UInt8(ascii: "u"), let trail = codeUnit(text, at: index + 2),
      UTF16.isTrailSurrogate(trail)
    else { return replacement }
    index += 6
    let value = 0x10000 + (UInt32(unit) & 0x3ff) << 10 + UInt32(trail) & 0x3ff
    return Unicode.Scalar(value) ?? replacement
  }

  private static func codeUnit(_ text: Span<UInt8>, at index: Int) -> UInt16? {
    guard index + 4 <= text.count else { return nil }
    var unit: UInt16 = 0
    for place in index..<index + 4 {
      guard let digit = text[place].hexDigit else { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }
}

extension Span where Element == UInt8 {
  /// The end of the run without quotes, backslashes and control characters that begins at `start`.
  fileprivate func endOfPlainText(from start: Int) -> Int {
    var index = start
    while index + 8 <= count {
      let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
      guard !word.endsPlainText else { break }
      index += 8
    }
    while index < count {
      let byte = self[index]
      guard byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { break }
      index += 1
    }
    return index
  }
}

extension UInt64 {
  /// True where one of the eight bytes is a quote, a backslash or a control character.
  fileprivate var endsPlainText: Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
    let controls = (self &- ones &* 0x20) & ~self
    let found = controls | zeros(self ^ (ones &* 0x22)) | zeros(self ^ (ones &* 0x5c))
    return found & 0x8080_8080_8080_8080 != 0
  }
}
