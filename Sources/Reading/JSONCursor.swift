/// A place in one line of JSON, moved along by what is read there.
///
/// Nothing is copied but what ends up in a record. What is not valid is an error with its place,
/// whatever the bytes; how deep and how much is read is bounded.
struct JSONCursor: ~Escapable {
  let bytes: Span<UInt8>
  var position = 0
  /// How many values of lists and fields a line may still hold, so that a short text cannot take
  /// many times its size in memory.
  var allowance = 1 << 23

  private static let maximumDepth = 64

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { position >= bytes.count }

  /// The next byte; NUL, which no JSON holds, at the end.
  var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

  /// What is wrong here: where the bytes end, that they do.
  func fault(_ reason: JSONFault.Reason) -> JSONFault {
    JSONFault(offset: position, reason: isAtEnd ? .cutOff : reason)
  }

  mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0d, 0x0a].contains(bytes[position]) {
      position += 1
    }
  }

  /// Steps over `byte` and the space around it.
  mutating func take(_ byte: UInt8) -> Bool {
    if next != byte {
      guard next <= 0x20 else { return false }
      skipSpace()
      guard next == byte, !isAtEnd else { return false }
    }
    position += 1
    if next <= 0x20 { skipSpace() }
    return true
  }

  mutating func expect(_ byte: UInt8, _ what: StaticString) throws(JSONFault) {
    guard take(byte) else { throw fault(.expected(what)) }
  }

  /// Steps over a word, if it stands here.
  mutating func takeWord(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard bytes.count - position >= count else { return false }
    for index in 0..<count where unsafe bytes[position + index] != word.utf8Start[index] {
      return false
    }
    position += count
    return true
  }

  mutating func takeNull() -> Bool { next == UInt8(ascii: "n") && takeWord("null") }

  mutating func flag() throws(JSONFault) -> Bool {
    if takeWord("true") { return true }
    guard takeWord("false") else { throw wordFault("true or false") }
    return false
  }

  /// Of a word that ends with the bytes.
  private func wordFault(_ what: StaticString) -> JSONFault {
    let letters = position..<bytes.count
    let isCut = letters.count < 5 && letters.allSatisfy { (0x61...0x7a).contains(bytes[$0]) }
    return JSONFault(offset: position, reason: isCut ? .cutOff : .expected(what))
  }

  /// Counts a value of a list, or a field.
  mutating func spend() throws(JSONFault) {
    guard allowance > 0 else { throw fault(.tooMany("values")) }
    allowance -= 1
  }
}

// Numbers, which are whole and may take all of 64 bits.
extension JSONCursor {
  mutating func integer<Number: FixedWidthInteger>() throws(JSONFault) -> Number {
    let start = position
    let isNegative = next == UInt8(ascii: "-")
    if isNegative { position += 1 }
    let first = position
    var magnitude: UInt64 = 0
    var overflows = false
    while position < bytes.count, let digit = decimalDigit(bytes[position]) {
      let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(digit)
      overflows = overflows || overflow || carry
      magnitude = sum
      position += 1
    }
    guard position > first else { throw fault(.expected("a number")) }
    if [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(next) {
      throw fault(.expected("a whole number"))
    }
    let number = isNegative ? negated(magnitude) : Number(exactly: magnitude)
    guard !overflows, let number else { throw JSONFault(offset: start, reason: .outOfRange) }
    return number
  }

  private func negated<Number: FixedWidthInteger>(_ magnitude: UInt64) -> Number? {
    if magnitude == 1 << 63 { return Number(exactly: Int64.min) }
    return Int64(exactly: magnitude).flatMap { Number(exactly: -$0) }
  }

  private func decimalDigit(_ byte: UInt8) -> UInt64? {
    let value = byte &- UInt8(ascii: "0")
    return value < 10 ? UInt64(value) : nil
  }

  mutating func optionalInteger<Number: FixedWidthInteger>() throws(JSONFault) -> Number? {
    takeNull() ? nil : try integer()
  }
}

// Lists, and what nobody asked for.
extension JSONCursor {
  /// Enters `[`.
  mutating func beginList() throws(JSONFault) { try expect(UInt8(ascii: "["), "[") }

  /// True where another element follows; steps over what stands before it, or over the end.
  mutating func hasElement(_ isFirst: inout Bool) throws(JSONFault) -> Bool {
    if take(UInt8(ascii: "]")) {
      return false
    }
    if !isFirst { try expect(UInt8(ascii: ","), ", or ]") }
    isFirst = false
    return true
  }

  /// Steps over any one value.
  mutating func skipValue() throws(JSONFault) {
    // What is open around the value here: true for an object.
    var open: [Bool] = []
    repeat {
      if next <= 0x20 { skipSpace() }
      switch next {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard open.count < Self.maximumDepth else { throw fault(.tooDeep) }
        let isObject = next == UInt8(ascii: "{")
        _ = take(next)
        if take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) { break }
        open.append(isObject)
        if isObject { try skipKey() }
        continue
      case UInt8(ascii: "\""): _ = try text()
      case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try flag()
      case UInt8(ascii: "n"):
        guard takeNull() else { throw wordFault("null") }
      default: try skipNumber()
      }
      // A value has ended: go on behind it.
      while let isObject = open.last {
        if take(UInt8(ascii: ",")) {
          if isObject { try skipKey() }
          break
        }
        try expect(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"), ", or the end of a list")
        open.removeLast()
      }
    } while !open.isEmpty
  }

  private mutating func skipKey() throws(JSONFault) {
    _ = try text()
    try expect(UInt8(ascii: ":"), ":")
  }

  private mutating func skipNumber() throws(JSONFault) {
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        position += 1
        continue
      default: break
      }
      break
    }
    guard position > start else { throw fault(.expected("a value")) }
  }
}
