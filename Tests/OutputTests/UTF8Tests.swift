import TestSupport
import Testing

@testable import Output

@Suite struct UTF8Tests {
  /// Table 3-7 of the Unicode Standard, its edges and what lies beyond them.
  @Test(arguments: [
    ([UInt8](), true, "nothing"),
    ([0x41], true, "ASCII"),
    ([0x80], false, "a lone continuation"),
    ([0xc0, 0x80], false, "overlong NUL"),
    ([0xc1, 0xbf], false, "overlong DEL"),
    ([0xc2, 0xa0], true, "the first that is no control"),
    ([0xdf, 0xbf], true, "the last of two bytes"),
    ([0xc3], false, "cut"),
    ([0xe0, 0x9f, 0xbf], false, "overlong, three bytes"),
    ([0xe0, 0xa0, 0x80], true, "the first of three bytes"),
    ([0xed, 0x9f, 0xbf], true, "before the surrogates"),
    ([0xed, 0xa0, 0x80], false, "the first surrogate"),
    ([0xed, 0xbf, 0xbf], false, "the last surrogate"),
    ([0xee, 0x80, 0x80], true, "after the surrogates"),
    ([0xef, 0xbf, 0xbf], true, "a noncharacter is still UTF-8"),
    ([0xe2, 0x82], false, "cut"),
    ([0xf0, 0x8f, 0xbf, 0xbf], false, "overlong, four bytes"),
    ([0xf0, 0x90, 0x80, 0x80], true, "the first of four bytes"),
    ([0xf4, 0x8f, 0xbf, 0xbf], true, "U+10FFFF"),
    ([0xf4, 0x90, 0x80, 0x80], false, "over U+10FFFF"),
    ([0xf5, 0x80, 0x80, 0x80], false, "no such lead"),
    ([0xff], false, "no such byte"),
  ])
  func validity(_ bytes: [UInt8], _ isValid: Bool, _ reason: String) {
    // Each at every offset within the eight bytes that are looked at at once.
    for padding in 0...9 {
      let padded = Array(repeating: UInt8(ascii: "x"), count: padding) + bytes
      #expect(padded.span.isPlainText == isValid, "\(reason), at \(padding)")
      #expect((padded + Array("12345678".utf8)).span.isPlainText == isValid, "\(reason), inside")
      #expect((String(validating: padded, as: UTF8.self) != nil) == isValid, "\(reason), stdlib")
    }
  }

  /// Valid UTF-8 that must not count as text.
  @Test func controlsAreNoText() {
    for value in UInt32(0)...0x10ffff {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let isControl = value < 0x20 ? ![9, 10, 13].contains(value) : (0x7f...0x9f).contains(value)
      let isBidi =
        [0x61c, 0x200e, 0x200f].contains(value) || (0x202a...0x202e).contains(value)
        || (0x2066...0x2069).contains(value)
      let bytes = Array(String(scalar).utf8)
      if bytes.span.isPlainText != !(isControl || isBidi) {
        Issue.record("U+\(String(value, radix: 16))")
      }
    }
  }

  @Test func everyByteAmongASCII() {
    for byte in UInt8.min...UInt8.max {
      for place in 0..<8 {
        var bytes = Array("abcdefgh".utf8)
        bytes[place] = byte
        let isText = [9, 10, 13].contains(byte) || (0x20..<0x7f).contains(byte)
        #expect(bytes.span.isPlainText == isText, "byte \(byte) at \(place)")
        let isPlain = (0x20..<0x7f).contains(byte) && byte != 0x22 && byte != 0x5c
        #expect(bytes.span.endOfPlainRun(from: 0) == (isPlain ? 8 : place), "\(byte) at \(place)")
      }
    }
  }

  /// One U+FFFD where the standard library has one.
  @Test(arguments: SeededGenerator.seeds)
  func replacementsAreThoseOfTheStandardLibrary(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2000 {
      let bytes = random.nastyBytes(upTo: 12)
      var out = ByteBuffer()
      out.append(jsonString: bytes.span)
      let expected = String(decoding: bytes, as: UTF8.self)
      #expect(try JSONValue(out.bytes) == .string(expected), "seed \(seed): \(bytes)")
    }
  }

  @Test func emptyAndLongStrings() throws {
    for length in 0...40 {
      var out = ByteBuffer()
      let text = String(repeating: "a\"\u{e9}", count: length)
      out.append(jsonString: text)
      #expect(try JSONValue(out.bytes) == .string(text))
    }
  }
}
