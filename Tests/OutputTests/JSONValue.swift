/// A strict reader of JSON (RFC 8259), written apart from the code under test.
///
/// Numbers stay as they are written, and objects keep the order of their keys.
indirect enum JSONValue: Equatable {
  case object([Member])
  case array([JSONValue])
  case string(String)
  case number(String)
  case bool(Bool)
  case null

  struct Member: Equatable {
    var key: String
    var value: JSONValue
  }

  struct Malformed: Error {
    var offset: Int
    var what: String
  }

  init(_ bytes: [UInt8]) throws {
    var reader = JSONReader(bytes: bytes)
    self = try reader.value()
    guard reader.offset == bytes.count else {
      throw Malformed(offset: reader.offset, what: "something follows the value")
    }
  }

  var keys: [String] {
    guard case .object(let members) = self else { return [] }
    return members.map(\.key)
  }

  subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  var strings: [String?]? {
    guard case .array(let elements) = self else { return nil }
    return elements.map { if case .string(let text) = $0 { text } else { nil } }
  }
}

/// Reads compact JSON: no white space, which our records do not hold, but for a schema's.
private struct JSONReader {
  let bytes: [UInt8]
  var offset = 0

  mutating func value() throws -> JSONValue {
    skipSpace()
    defer { skipSpace() }
    switch peek {
    case UInt8(ascii: "{"): return .object(try members())
    case UInt8(ascii: "["): return .array(try elements())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private func malformed(_ what: String) -> JSONValue.Malformed {
    JSONValue.Malformed(offset: offset, what: what)
  }

  private mutating func skipSpace() {
    while let byte = peek, [0x20, 0x0a].contains(byte) { offset += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    offset += 1
    return true
  }

  private mutating func expect(_ byte: UInt8) throws {
    guard take(byte) else { throw malformed("expected \(Unicode.Scalar(byte))") }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws -> JSONValue {
    for byte in word.utf8 { try expect(byte) }
    return value
  }

  private mutating func members() throws -> [JSONValue.Member] {
    try expect(UInt8(ascii: "{"))
    var members: [JSONValue.Member] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return members }
    repeat {
      skipSpace()
      let key = try string()
      guard !members.contains(where: { $0.key == key }) else { throw malformed("twin key \(key)") }
      try expect(UInt8(ascii: ":"))
      members.append(JSONValue.Member(key: key, value: try value()))
    } while take(UInt8(ascii: ","))
    try expect(UInt8(ascii: "}"))
    return members
  }

  private mutating func elements() throws -> [JSONValue] {
    try expect(UInt8(ascii: "["))
    var elements: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return elements }
    repeat { elements.append(try value()) } while take(UInt8(ascii: ","))
    try expect(UInt8(ascii: "]"))
    return elements
  }

  private mutating func number() throws -> String {
    let start = offset
    _ = take(UInt8(ascii: "-"))
    let first = offset
    while let byte = peek, (0x30...0x39).contains(byte) { offset += 1 }
    guard offset > first, offset == first + 1 || bytes[first] != 0x30 else {
      throw malformed("expected an integer")
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func string() throws -> String {
    try expect(UInt8(ascii: "\""))
    var units: [UInt16] = []
    var raw: [UInt8] = []
    func flushed() throws -> [UInt16] {
      guard let text = String(validating: raw, as: UTF8.self) else { throw malformed("not UTF-8") }
      return Array(text.utf16)
    }
    while let byte = peek {
      offset += 1
      switch byte {
      case UInt8(ascii: "\""):
        units += try flushed()
        guard let text = String(validating: units, as: UTF16.self) else {
          throw malformed("unpaired surrogate")
        }
        return text
      case UInt8(ascii: "\\"):
        units += try flushed()
        raw = []
        units.append(try escape())
      case 0..<0x20: throw malformed("control character in a string")
      default: raw.append(byte)
      }
    }
    throw malformed("the string does not end")
  }

  private mutating func escape() throws -> UInt16 {
    guard let letter = peek else { throw malformed("the escape does not end") }
    offset += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt16(letter)
    case UInt8(ascii: "b"): return 8
    case UInt8(ascii: "f"): return 12
    case UInt8(ascii: "n"): return 10
    case UInt8(ascii: "r"): return 13
    case UInt8(ascii: "t"): return 9
    case UInt8(ascii: "u"):
      guard offset + 4 <= bytes.count,
        let unit = UInt16(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16)
      else { throw malformed("not four hexadecimal digits") }
      offset += 4
      return unit
    default: throw malformed("unknown escape")
    }
  }
}
