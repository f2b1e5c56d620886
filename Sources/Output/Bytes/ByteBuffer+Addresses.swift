package import Records

/// Internet addresses.
extension ByteBuffer {
  /// `127.0.0.1`, from an address in host order.
  package mutating func append(ipv4 address: UInt32) {
    append(decimal: address >> 24)
    append(UInt8(ascii: "."))
    append(decimal: address >> 16 & 0xff)
    append(UInt8(ascii: "."))
    append(decimal: address >> 8 & 0xff)
    append(UInt8(ascii: "."))
    append(decimal: address & 0xff)
  }

  /// RFC 5952: lower case, no leading zeros, `::` for the first longest run of two or more zero
  /// groups, and the dotted form for IPv4-mapped addresses (its section 5).
  package mutating func append(ipv6 address: IPv6Address) {
    if address.high == 0, address.low >> 32 == 0xffff {
      append("::ffff:")
      return append(ipv4: UInt32(truncatingIfNeeded: address.low))
    }
    let zeros = Self.longestZeroRun(of: address)
    var group = 0
    while group < 8 {
      if group == zeros.lowerBound, !zeros.isEmpty {
        append("::")
        group = zeros.upperBound
        continue
      }
      if group > 0, group != zeros.upperBound || zeros.isEmpty { append(UInt8(ascii: ":")) }
      let value = UInt64(Self.group(group, of: address))
      append(hex: value, digits: max(1, 16 - value.leadingZeroBitCount / 4))
      group += 1
    }
  }

  private static func group(_ index: Int, of address: IPv6Address) -> UInt16 {
    let half = index < 4 ? address.high : address.low
    return UInt16(truncatingIfNeeded: half >> UInt64(48 - 16 * (index & 3)))
  }

  private static func longestZeroRun(of address: IPv6Address) -> Range<Int> {
    var longest = 0..<0
    var start = 0
    for index in 0...8 where index == 8 || group(index, of: address) != 0 {
      if index - start > max(1, longest.count) { longest = start..<index }
      start = index + 1
    }
    return longest
  }
}
