extension SeededGenerator {
  private static let pieces: [[UInt8]] = [
    [0x1b, 0x5b, 0x33, 0x31, 0x6d], [0x1b, 0x5d, 0x30, 0x3b], [0x07], [0x0a], [0x0d], [0x09],
    [0x00], [0x7f], [0xc2, 0x9b], [0xc2, 0x85], [0xe2, 0x80, 0xae], [0xe2, 0x81, 0xa6],
    [0xd8, 0x9c], [0xe2, 0x80, 0xa8], [0xef, 0xbb, 0xbf], [0xed, 0xa0, 0x80], [0xc0, 0x9b],
    [0xe6, 0x97, 0xa5], [0xf0, 0x9f, 0x9a, 0x80], [0xf3, 0xa0, 0x81, 0x81], [0x22], [0x5c],
    [0x20], [0xcc, 0x81], [0xee, 0x80, 0x80],
  ]

  /// Bytes that are after a terminal.
  package mutating func nastyBytes(upTo most: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0...most, using: &self) {
      switch Int.random(in: 0..<3, using: &self) {
      case 0: bytes += Self.pieces.randomElement(using: &self) ?? []
      case 1: bytes.append(UInt8.random(in: 0...255, using: &self))
      default: bytes += Array("word ".utf8).prefix(Int.random(in: 1...5, using: &self))
      }
    }
    return bytes
  }

  package mutating func nastyText(upTo most: Int) -> String {
    String(decoding: nastyBytes(upTo: most), as: UTF8.self)
  }

  package mutating func maybe<Value>(_ make: (inout SeededGenerator) -> Value) -> Value? {
    Bool.random(using: &self) ? make(&self) : nil
  }

  /// An edge of the type as often as a number between.
  package mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) -> Number {
    switch Int.random(in: 0..<4, using: &self) {
    case 0: .max
    case 1: .min
    case 2: Number.random(in: 0...100, using: &self)
    default: Number.random(in: .min ... .max, using: &self)
    }
  }
}
