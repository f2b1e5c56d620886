/// One step through bytes that may or may not be UTF-8.
struct UTF8Scalar {
  /// U+FFFD where the bytes are not UTF-8.
  var value: UInt32
  /// How many bytes the step covers, at least one.
  var length: Int
  var isValid: Bool

  /// Reads at `start`, which must lie within `bytes`.
  ///
  /// Strict, after table 3-7 of the Unicode Standard: no overlong forms, no surrogates, nothing
  /// over U+10FFFF. What is not UTF-8 is stepped over by its longest well-formed beginning, which
  /// is what one U+FFFD stands for.
  init(in bytes: Span<UInt8>, at start: Int) {
    let first = bytes[start]
    value = UInt32(first)
    length = 1
    isValid = true
    if first < 0x80 { return }

    var lowest: UInt8 = 0x80
    var highest: UInt8 = 0xbf
    let following: Int
    switch first {
    case 0xc2...0xdf: following = 1
    case 0xe0...0xef:
      following = 2
      if first == 0xe0 { lowest = 0xa0 }
      if first == 0xed { highest = 0x9f }
    case 0xf0...0xf4:
      following = 3
      if first == 0xf0 { lowest = 0x90 }
      if first == 0xf4 { highest = 0x8f }
    default: following = 0
    }

    value &= following == 1 ? 0x1f : following == 2 ? 0x0f : 0x07
    while length <= following, start + length < bytes.count {
      let next = bytes[start + length]
      guard next >= lowest, next <= highest else { break }
      value = value << 6 | UInt32(next & 0x3f)
      lowest = 0x80
      highest = 0xbf
      length += 1
    }
    isValid = following > 0 && length == following + 1
    if !isValid { value = 0xfffd }
  }

  /// C0, DEL and C1, which terminals act on.
  var isControl: Bool { value < 0x20 || (0x7f...0x9f).contains(value) }

  /// The controls of the bidirectional algorithm, which reorder what stands around them.
  var isBidiControl: Bool {
    switch value {
    case 0x61c, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: true
    default: false
    }
  }

  /// U+2028 and U+2029, at which some readers end a line.
  var isLineSeparator: Bool { value == 0x2028 || value == 0x2029 }
}

extension Span where Element == UInt8 {
  /// True for UTF-8 that holds no control characters but tab, newline and return, and no bidi
  /// controls: what may stand in a record as text.
  var isPlainText: Bool {
    var index = 0
    while index < count {
      if index + 8 <= count, ASCIIWord(in: self, at: index).isPrintable {
        index += 8
        continue
      }
      let scalar = UTF8Scalar(in: self, at: index)
      guard scalar.isValid, !scalar.isBidiControl else { return false }
      if scalar.isControl, ![0x09, 0x0a, 0x0d].contains(scalar.value) { return false }
      index += scalar.length
    }
    return true
  }

  /// The end of the run of printable ASCII without `"` and `\` that begins at `start`.
  func endOfPlainRun(from start: Int) -> Int {
    var index = start
    while index + 8 <= count {
      let word = ASCIIWord(in: self, at: index)
      guard word.isPrintable, !word.contains(UInt8(ascii: "\"")),
        !word.contains(UInt8(ascii: "\\"))
      else { break }
      index += 8
    }
    while index < count {
      let byte = self[index]
      guard byte >= 0x20, byte < 0x7f, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\")
      else { break }
      index += 1
    }
    return index
  }
}

/// Eight bytes looked at in one step.
struct ASCIIWord {
  private let word: UInt64

  /// The bytes from `start`; all eight must lie within `bytes`.
  init(in bytes: Span<UInt8>, at start: Int) {
    word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// True where some byte of `word` is zero; so are the next two for their conditions.
  private static func hasZero(_ word: UInt64) -> Bool { (word &- ones) & ~word & highBits != 0 }

  func contains(_ byte: UInt8) -> Bool { Self.hasZero(word ^ (Self.ones &* UInt64(byte))) }

  /// All of 0x20…0x7e.
  var isPrintable: Bool {
    let below = (word &- Self.ones &* 0x20) & ~word & Self.highBits
    return (word & Self.highBits) | below == 0 && !contains(0x7f)
  }
}
