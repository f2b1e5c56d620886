import Decoding
import Glibc
import Records

/// Where the bytes of a thread's last call lay: the guess for its next one.
struct CapturePlan {
  var tid: Int32 = 0
  var abi = ABI.x86_64
  var vector = RangeList()
  var headers = RangeList()
  var payload = RangeList()
  /// True where the messages were read as a whole, to be compared.
  var readsContents = false

  /// What told where the rest lay: the array, then names, iovec arrays and control blocks. Empty
  /// where there is too much of it to be compared.
  private var known = (vector: MemoryImage(), headers: MemoryImage())
  /// True where records have these in the same memory.
  private var isShared = false
  /// What the budgets were made of.
  private var room = 0
  /// True where a message of it had control data.
  private var hasControl = false

  /// More than this is not remembered: 16 plans are kept.
  private static let maximumBytes = 256 << 10

  /// True where it is of the same thread and a call with the same array, to be read as far.
  func begins(with wanted: RangeList, tid: Int32, abi: ABI, readsContents: Bool) -> Bool {
    self.tid == tid && self.abi == abi && self.readsContents == readsContents
      && vector.requested == wanted.requested
  }

  /// True where all that tells where the bytes of a call lie is as it was: then they lie there.
  func isConfirmed(
    by vector: borrowing MemoryImage, _ headers: borrowing MemoryImage, room: Int
  ) -> Bool {
    !known.vector.bytes.isEmpty && self.room == room
      && vector.bytes.isSame(as: known.vector.bytes)
      && headers.bytes.isSame(as: known.headers.bytes)
  }

  /// Gives a call that is confirmed what the last one had, without copying it: what is not written
  /// on the tracer's way need not be fetched from memory either.
  mutating func share(with snapshot: inout CallSnapshot) {
    snapshot.vector = known.vector
    snapshot.headers = known.headers
    snapshot.hasControl = hasControl
    snapshot.sharesHeaders = true
    isShared = true
  }

  /// Remembers what tells where the bytes of a call lie, so that the next one need not be walked.
  mutating func remember(
    _ vector: borrowing MemoryImage, _ headers: borrowing MemoryImage, room: Int, hasControl: Bool
  ) {
    if isShared { known = (MemoryImage(), MemoryImage()) }
    isShared = false
    known.vector.reset()
    known.headers.reset()
    guard vector.bytes.count + headers.bytes.count <= Self.maximumBytes else { return }
    known.vector.copy(vector)
    known.headers.copy(headers)
    self.room = room
    self.hasControl = hasControl
  }
}

extension [UInt8] {
  fileprivate func isSame(as other: Self) -> Bool {
    guard count == other.count else { return false }
    return unsafe withUnsafeBytes { own in
      unsafe other.withUnsafeBytes { bytes in
        guard let first = own.baseAddress, let second = bytes.baseAddress else { return true }
        return unsafe memcmp(first, second, own.count) == 0
      }
    }
  }
}
