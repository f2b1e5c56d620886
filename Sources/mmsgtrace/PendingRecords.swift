import Output

/// Records that are formatted and not yet written, and where each of them ends.
struct PendingRecords {
  private var buffer = ByteBuffer()
  private var ends: [Int] = []

  var byteCount: Int { buffer.count }
  var bytes: Span<UInt8> { buffer.bytes.span }

  /// Adds the record that `write` appends; false where it appends nothing.
  mutating func add(_ write: (inout ByteBuffer) -> Void) -> Bool {
    let before = buffer.count
    write(&buffer)
    guard buffer.count > before else { return false }
    ends.append(buffer.count)
    return true
  }

  /// The bytes that the whole records among the first `count` bytes have, and how many records are
  /// left.
  func wholeRecords(in count: Int) -> (bytes: Int, rest: Int) {
    (ends.last { $0 <= count } ?? 0, ends.count { $0 > count })
  }

  mutating func clear() {
    buffer.clear()
    ends.removeAll(keepingCapacity: true)
  }
}
