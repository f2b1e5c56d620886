package import Decoding
import Records

/// The ranges that one round of reading wants, coalesced before they are read.
///
/// process_vm_readv(2) costs about 160 ns for every remote range whatever its size, and programs
/// lay the parts of a batch side by side, so ranges that touch, overlap, are equal or lie within a
/// few hundred bytes are read as one. No coalesced span touches a page that none of its ranges
/// touches, so coalescing never adds a fault.
package struct RangeList {
  /// A gap of so many bytes costs less to read than a further range.
  private static let gap: UInt64 = 256

  /// What was asked for; ascending after `coalesce`.
  package private(set) var requested: [RemoteRange] = []
  package private(set) var spans: [RemoteRange] = []
  /// What the spans add up to.
  package private(set) var byteCount = 0
  private var ascending = true

  package init() {}

  /// True where the same ranges were asked for. Both must be coalesced.
  package static func == (left: RangeList, right: RangeList) -> Bool {
    left.requested == right.requested
  }

  /// Forgets everything and keeps the storage.
  package mutating func reset() {
    requested.removeAll(keepingCapacity: true)
    spans.removeAll(keepingCapacity: true)
    byteCount = 0
    ascending = true
  }

  /// Asks for a range; one that runs beyond the end of the address space is cut there.
  package mutating func want(_ range: RemoteRange) {
    var range = range
    guard range.count > 0 else { return }
    let room = UInt64.max - range.start.value
    if UInt64(range.count) > room { range.count = Int(room) }
    guard range.count > 0 else { return }
    if let last = requested.last {
      if last == range { return }
      if range.start < last.start { ascending = false }
    }
    requested.append(range)
  }

  /// Makes the spans.
  package mutating func coalesce() {
    if !ascending {
      requested.sort { $0.start < $1.start }
      ascending = true
    }
    for range in requested {
      let start = range.start.value
      let end = start &+ UInt64(range.count)
      if let last = spans.last {
        let lastEnd = last.start.value &+ UInt64(last.count)
        if start <= lastEnd || start &- lastEnd <= Self.gap {
          spans[spans.count - 1].count = Int(max(end, lastEnd) &- last.start.value)
          continue
        }
      }
      spans.append(range)
    }
    byteCount = spans.reduce(0) { $0 + $1.count }
  }
}
