import Records

/// Numbers of binary formats.
extension ByteBuffer {
  mutating func append<Number: FixedWidthInteger & UnsignedInteger>(littleEndian value: Number) {
    for place in 0..<Number.bitWidth / 8 { append(UInt8(truncatingIfNeeded: value >> (8 * place))) }
  }

  mutating func append<Number: FixedWidthInteger & UnsignedInteger>(bigEndian value: Number) {
    for place in (0..<Number.bitWidth / 8).reversed() {
      append(UInt8(truncatingIfNeeded: value >> (8 * place)))
    }
  }

  mutating func append(bigEndian address: IPv6Address) {
    append(bigEndian: address.high)
    append(bigEndian: address.low)
  }

  /// Appends zeros until `length` is a multiple of four.
  mutating func appendPadding(of length: Int) {
    for _ in 0..<(4 - length & 3) & 3 { append(UInt8(0)) }
  }
}
