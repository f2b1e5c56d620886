import Records
import Testing

@testable import Output

/// Tables of the encodings, one reason a row.
@Suite struct EncodingTests {
  private func text(_ fill: (inout ByteBuffer) -> Void) -> String {
    var out = ByteBuffer()
    fill(&out)
    return String(decoding: out.bytes, as: UTF8.self)
  }

  @Test(arguments: [
    (UInt64(0), "0"), (9, "9"), (10, "10"), (99, "99"), (100, "100"),
    (9_999_999_999_999_999_999, "9999999999999999999"),
    (10_000_000_000_000_000_000, "10000000000000000000"), (.max, "18446744073709551615"),
  ])
  func decimals(_ value: UInt64, _ expected: String) {
    #expect(text { $0.append(decimal: value) } == expected)
  }

  @Test func signedDecimals() {
    #expect(text { $0.append(decimal: Int64.min) } == "-9223372036854775808")
    #expect(text { $0.append(decimal: Int32(-100)) } == "-100")
    #expect(text { $0.append(decimal: Int32(0)) } == "0")
  }

  @Test(arguments: [
    (UInt64(0), "0x0"), (0xf, "0xf"), (0x10, "0x10"), (0x7ffd_1000, "0x7ffd1000"),
    (.max, "0xffffffffffffffff"),
  ])
  func pointers(_ value: UInt64, _ expected: String) {
    #expect(text { $0.append(RemoteAddress(value)) } == expected)
  }

  /// RFC 4648 §10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"), ("\u{fb}\u{ff}~?", "w7vDv34/"),
    (">>>???", "Pj4+Pz8/"),
  ])
  func base64(_ plain: String, _ expected: String) {
    #expect(text { $0.append(base64: plain.utf8.span) } == expected)
  }

  @Test(arguments: [
    (UInt64(0), "1970-01-01T00:00:00.000000000Z", "the beginning"),
    (1_795_230_765_123_456_789, "2026-11-21T03:12:45.123456789Z", "the design's example"),
    (951_782_399_999_999_999, "2000-02-28T23:59:59.999999999Z", "before a leap day"),
    (951_782_400_000_000_000, "2000-02-29T00:00:00.000000000Z", "a year divisible by 400"),
    (951_868_800_000_000_001, "2000-03-01T00:00:00.000000001Z", "after a leap day"),
    (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000000000Z", "2100 is no leap year"),
    (4_107_456_000_000_000_000, "2100-02-28T00:00:00.000000000Z", "and ends February here"),
    (1_709_164_800_000_000_000, "2024-02-29T00:00:00.000000000Z", "a common leap year"),
    (1_735_689_599_000_000_000, "2024-12-31T23:59:59.000000000Z", "day 366"),
    (9_223_372_036_854_775_807, "2262-04-11T23:47:16.854775807Z", "the end of signed 64 bits"),
    (9_223_372_036_854_775_808, "2262-04-11T23:47:16.854775808Z", "and one further"),
    (.max, "2554-07-21T23:34:33.709551615Z", "the end of unsigned 64 bits"),
  ])
  func times(_ nanoseconds: UInt64, _ expected: String, _ reason: String) {
    #expect(text { $0.append(rfc3339: nanoseconds) } == expected, "\(reason)")
  }

  /// Counted day by day, against the rules of the calendar in their plain form.
  @Test func everyDayTo2554() {
    var (year, month, day): (Int64, Int64, Int64) = (1970, 1, 1)
    for number in Int64(0)...213_503 {
      let date = CivilDate(daysSince1970: number)
      guard (date.year, date.month, date.day) == (year, month, day) else {
        Issue.record("day \(number) is \(year)-\(month)-\(day), not \(date)")
        return
      }
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let last: Int64 = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
      day = day == last ? 1 : day + 1
      if day == 1 { month = month == 12 ? 1 : month + 1 }
      if day == 1, month == 1 { year += 1 }
    }
  }

  @Test(arguments: [
    (UInt64(0), UInt64(0), "::", "the unspecified address"),
    (0, 1, "::1", "loopback"),
    (0x2001_0db8_0000_0000, 1, "2001:db8::1", "a long run"),
    (0x2001_0db8_0000_0001, 0x0001_0001_0001_0001, "2001:db8:0:1:1:1:1:1", "4.2.2: one group"),
    (0x2001_0000_0000_0001, 0x0000_0000_0000_0001, "2001:0:0:1::1", "4.2.3: the longest run"),
    (0x2001_0db8_0000_0000, 0x0001_0000_0000_0001, "2001:db8::1:0:0:1", "4.2.3: the first run"),
    (0x2001_0db8_aaaa_bbbb, 0xcccc_dddd_eeee_0001, "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1", "4.3"),
    (0xfe80_0000_0000_0000, 0, "fe80::", "a run at the end"),
    (0x0000_0000_0000_0001, 0x0002_0003_0004_0005, "::1:2:3:4:5", "a run at the beginning"),
    (0, 0x0000_ffff_c000_0201, "::ffff:192.0.2.1", "5: IPv4-mapped"),
    (0x0064_ff9b_0000_0000, 0xc000_0201, "64:ff9b::c000:201", "translated, but not said so"),
    (0x0001_0002_0003_0004, 0x0005_0006_0007_0000, "1:2:3:4:5:6:7:0", "one zero at the end"),
    (0x0000_0002_0003_0004, 0x0005_0006_0007_0008, "0:2:3:4:5:6:7:8", "one at the beginning"),
  ])
  func ipv6(_ high: UInt64, _ low: UInt64, _ expected: String, _ reason: String) {
    #expect(
      text { $0.append(ipv6: IPv6Address(high: high, low: low)) } == expected, "\(reason)")
  }

  @Test(
    arguments: [
      ("name", 0, #"@"name""#), ("name", 3, #"@"name\x00\x00\x00""#),
      ("name", 4, #"@"name" + 4 NUL"#),
      ("", 107, #"@"" + 107 NUL"#), ("a\0b", 99, #"@"a\x00b" + 99 NUL"#),
    ])
  func abstractNames(_ name: String, _ padding: Int, _ expected: String) {
    let bytes = Array(name.utf8) + [UInt8](repeating: 0, count: padding)
    let address = SocketAddress(family: .unix, form: .unix(.abstract(bytes)), raw: nil)
    #expect(text { $0.append(text: address) } == expected)
  }

  @Test func ipv4() {
    #expect(text { $0.append(ipv4: 0x7f00_0001) } == "127.0.0.1")
    #expect(text { $0.append(ipv4: .max) } == "255.255.255.255")
  }
}
