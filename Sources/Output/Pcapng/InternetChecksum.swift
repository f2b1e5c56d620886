/// The checksum of IPv4, UDP and TCP (RFC 1071): the complement of the sum of all 16-bit words.
struct InternetChecksum {
  private var sum: UInt64 = 0
  /// True in the middle of a word.
  private var isOdd = false

  /// Adds bytes as they follow each other, in as many parts as they come.
  mutating func add(_ bytes: Span<UInt8>) {
    for index in bytes.indices {
      sum &+= isOdd ? UInt64(bytes[index]) : UInt64(bytes[index]) << 8
      isOdd.toggle()
    }
  }

  var value: UInt16 {
    var folded = sum
    while folded > 0xffff { folded = (folded & 0xffff) + (folded >> 16) }
    return ~UInt16(truncatingIfNeeded: folded)
  }
}
