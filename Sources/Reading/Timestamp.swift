import Records

/// RFC 3339 in UTC, as records hold it.
enum Timestamp {
  /// Nanoseconds since 1970 of `2026-11-21T03:12:45.123456789Z`, with nine digits or fewer behind
  /// the point; nil for what is no time from 1970 to 2554.
  static func nanoseconds(_ text: Span<UInt8>) -> UInt64? {
    // 2026-11-21T03:12:45
    guard text.count >= 20, text[text.count - 1] == UInt8(ascii: "Z"),
      text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), text[10] == UInt8(ascii: "T"),
      text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
      let year = number(text, 0..<4), let month = number(text, 5..<7),
      let day = number(text, 8..<10), let hour = number(text, 11..<13),
      let minute = number(text, 14..<16), let second = number(text, 17..<19),
      let fraction = fraction(text.extracting(19..<text.count - 1)),
      year >= 1970, (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
      second < 60
    else { return nil }
    let days = daysSince1970(year: year, month: month, day: day)
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carry) = product.addingReportingOverflow(fraction)
    return overflow || carry ? nil : sum
  }

  private static func number(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt64? {
    var number: UInt64 = 0
    for index in range {
      guard let digit = text[index].decimalDigit else { return nil }
      number = number * 10 + UInt64(digit)
    }
    return number
  }

  /// The nanoseconds of `.123456789`, or of nothing.
  private static func fraction(_ text: Span<UInt8>) -> UInt64? {
    if text.isEmpty { return 0 }
    guard (2...10).contains(text.count), text[0] == UInt8(ascii: "."),
      var fraction = number(text, 1..<text.count)
    else { return nil }
    for _ in text.count..<10 { fraction *= 10 }
    return fraction
  }

  /// Counts in years that begin on 1 March, so that the leap day is the last of its year.
  private static func daysSince1970(year: UInt64, month: UInt64, day: UInt64) -> UInt64 {
    let year = month <= 2 ? year - 1 : year
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let sinceMarch0000 = year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear
    return sinceMarch0000 - 719_468
  }
}
