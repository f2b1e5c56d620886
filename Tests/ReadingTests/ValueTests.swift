import Records
import Testing

@testable import Reading

/// Tables of the values that records hold.
@Suite struct ValueTests {
  private func read<Value>(
    _ text: String, _ read: (inout JSONCursor) throws(JSONFault) -> Value
  ) -> Value? {
    let bytes = Array(text.utf8)
    var cursor = JSONCursor(bytes.span)
    guard let value = try? read(&cursor), cursor.isAtEnd else { return nil }
    return value
  }

  @Test(
    arguments: [
      ("0", 0), ("9007199254740993", 9_007_199_254_740_993), ("18446744073709551615", .max),
      ("18446744073709551616", nil), ("99999999999999999999999", nil), ("-1", nil), ("1.0", nil),
      ("1e3", nil), ("", nil), ("-", nil), ("+1", nil), ("\"1\"", nil), ("null", nil),
    ] as [(String, UInt64?)])
  func unsignedNumbers(_ text: String, _ value: UInt64?) {
    #expect(read(text) { cursor throws(JSONFault) -> UInt64 in try cursor.integer() } == value)
  }

  @Test(arguments: [
    ("-9223372036854775808", Int64.min), ("9223372036854775807", .max),
    ("-9223372036854775809", nil), ("9223372036854775808", nil), ("-0", 0),
  ])
  func signedNumbers(_ text: String, _ value: Int64?) {
    #expect(read(text) { cursor throws(JSONFault) -> Int64 in try cursor.integer() } == value)
  }

  @Test(
    arguments: [
      (#""0x0""#, 0), (#""0xffffffffffffffff""#, .max), (#""0x7ffd1000""#, 0x7ffd_1000),
      (#""0x""#, nil), (#""7ffd""#, nil), (#""0x10000000000000000""#, nil), (#""0xg""#, nil),
    ] as [(String, UInt64?)])
  func pointers(_ text: String, _ value: UInt64?) {
    #expect(
      read(text) { cursor throws(JSONFault) -> RemoteAddress in try cursor.pointer() }?.value
        == value)
  }

  @Test(
    arguments: [
      ("1970-01-01T00:00:00.000000000Z", 0), ("1970-01-01T00:00:00.000000001Z", 1),
      ("2026-11-21T03:12:45.123456789Z", 1_795_230_765_123_456_789),
      ("2000-02-29T23:59:59Z", 951_868_799_000_000_000),
      ("2026-11-21T03:12:45.5Z", 1_795_230_765_500_000_000),
      ("2554-07-21T23:34:33.709551615Z", .max), ("2554-07-21T23:34:33.709551616Z", nil),
      ("9999-12-31T23:59:59Z", nil), ("1969-12-31T23:59:59Z", nil), ("2026-13-01T00:00:00Z", nil),
      ("2026-11-21 03:12:45Z", nil), ("2026-11-21T03:12:45+01:00", nil), ("", nil), ("Z", nil),
      ("2026-11-21T03:12:45.1234567890Z", nil), ("2026-00-00T00:00:00Z", nil),
    ] as [(String, UInt64?)])
  func times(_ text: String, _ nanoseconds: UInt64?) {
    #expect(Timestamp.nanoseconds(Array(text.utf8).span) == nanoseconds)
  }

  @Test(
    arguments: [
      ("", []), ("AA==", [0]), ("AAA=", [0, 0]), ("AAAA", [0, 0, 0]), ("+/8=", [0xfb, 0xff]),
      ("AA", [0]), ("A", nil), ("A===", nil), ("AA=A", nil), ("AAAA=", [0, 0, 0]), ("****", nil),
    ] as [(String, [UInt8]?)])
  func base64(_ text: String, _ bytes: [UInt8]?) {
    #expect(Base64.bytes(Array(text.utf8).span) == bytes)
  }

  @Test(
    arguments: [
      (#""""#, ""), (#""a\"b\\c\/d""#, "a\"b\\c/d"), (#""\u00e9\n\t\r\b\f""#, "é\n\t\r\u{8}\u{c}"),
      (#""\ud83d\ude80""#, "🚀"), (#""\ud83d""#, "\u{fffd}"), (#""\ude80\u0041""#, "\u{fffd}A"),
      (#""\ud83d\u0041""#, "\u{fffd}A"), (#""\uzzzz""#, "\u{fffd}zzzz"),
      (#""0123456\"""#, "0123456\""),
      (#""open"#, nil), (#""\""#, nil), ("\"a\u{1}\"", nil), ("1", nil),
    ] as [(String, String?)])
  func strings(_ text: String, _ value: String?) {
    #expect(read(text) { cursor throws(JSONFault) -> String in try cursor.string() } == value)
  }

  /// Values that nobody asked for, which must be JSON all the same.
  @Test(arguments: [
    ("{}", true), ("[]", true), ("[1,[2,{\"a\":[]}],\"]\"]", true), ("{\"a\":{\"b\":null}}", true),
    ("[ 1 , true ]", true), ("[1,]", false), ("{\"a\"}", false), ("{1:2}", false), ("[1}", false),
    ("[", false), ("nul", false), ("", false), ("{\"a\":1,}", false), ("]", false),
  ])
  func skipping(_ text: String, _ isValue: Bool) {
    let end: Void? = read(text) { cursor throws(JSONFault) in try cursor.skipValue() }
    #expect((end != nil) == isValue)
  }
}
