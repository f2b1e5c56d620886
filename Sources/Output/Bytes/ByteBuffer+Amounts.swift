/// Amounts as people read them: three digits that count, and a unit.
extension ByteBuffer {
  /// `48`, `123456`, `12.3M`.
  mutating func append(amount value: UInt64) {
    if value < 1_000_000 { return append(decimal: value) }
    append(scaled: value, Self.decimalUnits)
  }

  /// `1234`, `12.3k`, `1.05G`: bytes, in powers of ten.
  mutating func append(bytes value: UInt64) {
    if value < 10_000 { return append(decimal: value) }
    append(scaled: value, Self.decimalUnits)
  }

  /// `650ns`, `65.0µs`, `1.23ms`, `2.50s`.
  mutating func append(duration nanoseconds: UInt64) {
    if nanoseconds < 1000 {
      append(decimal: nanoseconds)
      return append("ns")
    }
    append(scaled: min(nanoseconds, 999_999_999_999), Self.timeUnits)
  }

  /// `4.0`, from tenths.
  mutating func append(tenths value: UInt64) {
    append(decimal: value / 10)
    append(".")
    append(decimal: value % 10)
  }

  private static let decimalUnits: [StaticString] = ["", "k", "M", "G", "T", "P", "E"]
  private static let timeUnits: [StaticString] = ["ns", "µs", "ms", "s"]

  private mutating func append(scaled value: UInt64, _ units: [StaticString]) {
    var unit = 0
    var scale: UInt64 = 1
    while unit + 1 < units.count, value / scale >= 1000 {
      scale *= 1000
      unit += 1
    }
    let whole = value / scale
    append(decimal: whole)
    if scale > 1, whole < 100 {
      let hundredths = value % scale / (scale / 1000) / 10
      append(".")
      append(decimal: whole < 10 ? hundredths : hundredths / 10, digits: whole < 10 ? 2 : 1)
    }
    append(units[unit])
  }
}
