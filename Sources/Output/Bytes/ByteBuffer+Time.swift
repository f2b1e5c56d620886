/// Times of CLOCK_REALTIME and durations.
extension ByteBuffer {
  /// `2026-11-21T03:12:45.123456789Z` from nanoseconds since 1970.
  package mutating func append(rfc3339 nanoseconds: UInt64) {
    let seconds = nanoseconds / 1_000_000_000
    let date = CivilDate(daysSince1970: Int64(seconds / 86_400))
    append(decimal: UInt64(date.year), digits: 4)
    append(UInt8(ascii: "-"))
    append(decimal: UInt64(date.month), digits: 2)
    append(UInt8(ascii: "-"))
    append(decimal: UInt64(date.day), digits: 2)
    append(UInt8(ascii: "T"))
    append(clock: seconds % 86_400)
    append(UInt8(ascii: "."))
    append(decimal: nanoseconds % 1_000_000_000, digits: 9)
    append(UInt8(ascii: "Z"))
  }

  /// `03:12:45`, from the seconds since midnight.
  package mutating func append(clock seconds: UInt64) {
    append(decimal: seconds / 3600, digits: 2)
    append(UInt8(ascii: ":"))
    append(decimal: seconds / 60 % 60, digits: 2)
    append(UInt8(ascii: ":"))
    append(decimal: seconds % 60, digits: 2)
  }

  /// `0.000065` from nanoseconds: seconds and whole microseconds, as strace writes durations.
  package mutating func append(secondsOf nanoseconds: UInt64) {
    append(decimal: nanoseconds / 1_000_000_000)
    append(UInt8(ascii: "."))
    append(decimal: nanoseconds / 1000 % 1_000_000, digits: 6)
  }
}

/// A day of the Gregorian calendar.
struct CivilDate: Hashable {
  var year: Int64
  var month: Int64
  var day: Int64

  /// `days` must not be negative. 64-bit nanoseconds reach to the year 2554.
  ///
  /// Counts in years that begin on 1 March, so that the leap day is the last of its year, and in
  /// eras of 400 years, after which the calendar repeats (146,097 days).
  init(daysSince1970 days: Int64) {
    let sinceMarch0000 = days + 719_468
    let era = sinceMarch0000 / 146_097
    let dayOfEra = sinceMarch0000 % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    // Months from March, in the pattern 31 30 31 30 31 that 153 days repeat.
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  }
}
