package import Records

/// Numbers, hexadecimal and base64.
extension ByteBuffer {
  package mutating func append(decimal value: UInt64) {
    if value < 10 { return append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value)) }
    append(decimal: value, digits: Self.decimalDigits(of: value))
  }

  package mutating func append(decimal value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    append(decimal: value.magnitude)
  }

  package mutating func append(decimal value: UInt32) { append(decimal: UInt64(value)) }
  package mutating func append(decimal value: Int32) { append(decimal: Int64(value)) }
  package mutating func append(decimal value: Int) { append(decimal: Int64(value)) }

  /// Appends the last `digits` decimal digits, with leading zeros.
  package mutating func append(decimal value: UInt64, digits: Int) {
    append(upTo: digits) { out in
      out.append(repeating: UInt8(ascii: "0"), count: digits)
      var rest = value
      var place = digits - 1
      while place >= 0 {
        out[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
        place -= 1
      }
    }
  }

  static func decimalDigits(of value: UInt64) -> Int {
    var digits = 1
    var bound: UInt64 = 10
    while value >= bound {
      digits += 1
      let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
      if overflow { break }
      bound = next
    }
    return digits
  }

  /// `0x7ffd1000`; a null pointer is `0x0`.
  package mutating func append(_ address: RemoteAddress) { append(pointer: address.value) }

  package mutating func append(pointer value: UInt64) {
    append("0x")
    append(hex: value, digits: max(1, 16 - value.leadingZeroBitCount / 4))
  }

  /// Appends the last `digits` hexadecimal digits, with leading zeros, without `0x`.
  package mutating func append(hex value: UInt64, digits: Int) {
    append(upTo: digits) { out in
      var shift = 4 * UInt64(digits)
      while shift > 0 {
        shift -= 4
        out.append(Self.hexDigit((value >> shift) & 0xf))
      }
    }
  }

  /// Two lower-case hexadecimal digits a byte.
  package mutating func append(hex data: Span<UInt8>) {
    append(upTo: data.count * 2) { out in
      for index in data.indices {
        out.append(Self.hexDigit(UInt64(data[index] >> 4)))
        out.append(Self.hexDigit(UInt64(data[index] & 0xf)))
      }
    }
  }

  static func hexDigit(_ nibble: UInt64) -> UInt8 {
    let nibble = UInt8(truncatingIfNeeded: nibble)
    return nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") - 10 + nibble
  }

  /// RFC 4648 §4, with padding.
  package mutating func append(base64 data: Span<UInt8>) {
    append(upTo: (data.count + 2) / 3 * 4) { out in
      var index = 0
      while index + 2 < data.count {
        let group =
          UInt32(data[index]) << 16 | UInt32(data[index + 1]) << 8 | UInt32(data[index + 2])
        out.append(Self.base64Digit(group >> 18))
        out.append(Self.base64Digit(group >> 12))
        out.append(Self.base64Digit(group >> 6))
        out.append(Self.base64Digit(group))
        index += 3
      }
      let left = data.count - index
      guard left > 0 else { return }
      let group = UInt32(data[index]) << 16 | (left == 2 ? UInt32(data[index + 1]) << 8 : 0)
      out.append(Self.base64Digit(group >> 18))
      out.append(Self.base64Digit(group >> 12))
      out.append(left == 2 ? Self.base64Digit(group >> 6) : UInt8(ascii: "="))
      out.append(UInt8(ascii: "="))
    }
  }

  private static func base64Digit(_ bits: UInt32) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: bits & 0x3f)
    return switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + (value - 26)
    case 52..<62: UInt8(ascii: "0") + (value - 52)
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
  }
}
