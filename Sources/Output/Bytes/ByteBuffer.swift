/// Bytes on their way out, in memory that is used again for every record.
///
/// Formats only append to it. Whoever writes it away clears it; its capacity stays, so that after
/// the first records nothing is allocated.
package struct ByteBuffer: Sendable {
  /// What was appended since the last `clear()`.
  package private(set) var bytes: [UInt8] = []

  package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  package var count: Int { bytes.count }
  package var isEmpty: Bool { bytes.isEmpty }

  /// Forgets the bytes and keeps the memory.
  package mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  package mutating func append(_ byte: UInt8) { bytes.append(byte) }

  /// Appends a literal as it stands.
  package mutating func append(_ literal: StaticString) {
    unsafe bytes.append(
      contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  /// Appends bytes as they stand: only for what is known to be harmless.
  package mutating func append(_ more: Span<UInt8>) {
    unsafe more.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
  }

  /// Appends a name of ours as it stands; text of a tracee goes through an escaping of a format.
  package mutating func append(verbatim name: String) { append(name.utf8.span) }

  /// Appends `count` spaces, none if it is negative.
  package mutating func append(spaces count: Int) {
    guard count > 0 else { return }
    bytes.append(addingCapacity: count) { $0.append(repeating: UInt8(ascii: " "), count: count) }
  }

  /// Appends at most `capacity` bytes that `fill` makes in place.
  mutating func append(upTo capacity: Int, _ fill: (inout OutputSpan<UInt8>) -> Void) {
    bytes.append(addingCapacity: capacity, initializingWith: fill)
  }
}
