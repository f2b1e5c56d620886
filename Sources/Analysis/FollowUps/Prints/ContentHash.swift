/// Hashes of what messages hold, taken eight bytes at a time: it may be all that a program sends.
///
///     words      0 1 │ 2 3 │ 4 5 │ 6 7 │ …      the last one filled up with zeros
///     first      ×         ×                    each pair is folded into its half: the two are
///     second           ×         ×              multiplied to 128 bits, whose halves are xored
///
/// The keys are drawn anew for each, so that no program can choose bytes that look like others.
/// Hashes of different ones do not compare.
struct ContentHash {
  private let keys = (Self.key(), Self.key(), Self.key(), Self.key())

  private static func key() -> UInt64 { UInt64.random(in: 1...UInt64.max) }

  /// Of `bytes`, the first ones of a message of that length.
  func hash(_ length: UInt64, _ bytes: ArraySlice<UInt8>) -> UInt64 {
    let bytes = unsafe bytes.span.bytes
    let count = bytes.byteCount
    var first = length ^ keys.0
    var second = keys.1
    var offset = 0
    while count - offset >= 32 {
      first = Self.fold(bytes.word(at: offset) ^ keys.2, bytes.word(at: offset + 8) ^ first)
      second = Self.fold(bytes.word(at: offset + 16) ^ keys.3, bytes.word(at: offset + 24) ^ second)
      offset += 32
    }
    while offset < count {
      first = Self.fold(
        bytes.wordOrRest(at: offset) ^ keys.2, bytes.wordOrRest(at: offset + 8) ^ first)
      offset += 16
    }
    return Self.fold(first ^ keys.1, second ^ keys.3 ^ UInt64(count))
  }

  /// Of two hashes, in this order.
  func hash(_ first: UInt64, _ second: UInt64) -> UInt64 {
    Self.fold(Self.fold(first ^ keys.0, keys.1) ^ keys.2, second ^ keys.3)
  }

  @inline(__always)
  private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}

extension RawSpan {
  /// The eight bytes at `offset`, which must lie within.
  @inline(__always)
  func word(at offset: Int) -> UInt64 {
    // Any eight bytes are a number.
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  /// As many of the eight bytes at `offset` as there are, and zeros for the others.
  @inline(__always)
  func wordOrRest(at offset: Int) -> UInt64 {
    if byteCount - offset >= 8 { return word(at: offset) }
    var word: UInt64 = 0
    for place in stride(from: byteCount - 1, through: offset, by: -1) {
      word = word << 8 | UInt64(unsafe unsafeLoad(fromByteOffset: place, as: UInt8.self))
    }
    return word
  }
}
