package import Records

/// What was read of the tracee's memory in one go, and what could not be.
///
///     bytes   [ span 0 | span 1 | … ]      spans ascend by address and are disjoint
package struct MemoryImage: Sendable {
  /// A run of consecutive addresses that was read.
  package struct Span: Hashable, Sendable {
    package var start: UInt64
    package var count: Int
    /// Where it lies in `bytes`.
    package var offset: Int

    package init(start: UInt64, count: Int, offset: Int) {
      self.start = start
      self.count = count
      self.offset = offset
    }
  }

  /// The part of a range that the image holds.
  package struct Extent: Hashable, Sendable {
    /// Where it lies in `bytes`.
    package var bytes: Range<Int>
    package var missing: Missing
  }

  /// Why the rest of a range is not there.
  package enum Missing: Hashable, Sendable {
    /// All of it is there.
    case nothing
    /// It could not be read, from this address on.
    case fault(RemoteAddress)
    /// It was not read from this address on, although the program's system calls may read it, or
    /// wait for it: memory of a device, secret memory (memfd_secret(2)), or a page that
    /// userfaultfd(2) keeps back.
    case withheld(RemoteAddress)
    /// It was not asked for, since a budget was used up, or since nothing can be read at all.
    case budget
  }

  /// Faults are told apart by page: a range that begins in an unreadable page is unreadable.
  package static let pageSize: UInt64 = 4096

  package private(set) var bytes: [UInt8] = []
  package private(set) var spans: [Span] = []
  /// The numbers of the pages that could not be read, ascending.
  package private(set) var unreadablePages: [UInt64] = []
  /// Of pages that were not read although the program's system calls may read them, ascending.
  package private(set) var withheldPages: [UInt64] = []

  /// What keeps us from reading the process, whatever the address.
  package enum Obstacle: Sendable {
    /// We may not (EPERM).
    case refused
    /// It was killed (ESRCH).
    case gone
  }

  package private(set) var obstacle: Obstacle?

  /// True where no page was missing.
  package var isWhole: Bool { unreadablePages.isEmpty && withheldPages.isEmpty }

  /// True where nothing kept anything from being read.
  package var isComplete: Bool { isWhole && obstacle == nil }

  package init() {}

  /// The bytes of memory that it has room for, used or not.
  package var storage: Int {
    bytes.capacity + spans.capacity * MemoryLayout<Span>.stride
      + (unreadablePages.capacity + withheldPages.capacity) * MemoryLayout<UInt64>.stride
  }

  /// Forgets everything and keeps the storage.
  package mutating func reset() {
    obstacle = nil
    bytes.empty()
    spans.empty()
    unreadablePages.empty()
    withheldPages.empty()
  }

  /// Becomes the same as another one, in its own storage.
  package mutating func copy(_ other: borrowing MemoryImage) {
    reset()
    obstacle = other.obstacle
    bytes += other.bytes
    spans += other.spans
    unreadablePages += other.unreadablePages
    withheldPages += other.withheldPages
  }

  /// How much of `range` is there.
  package func extent(of range: RemoteRange) -> Extent {
    let start = range.start.value
    // The last span that begins at or before the range.
    var low = 0
    var high = spans.count
    while low < high {
      let middle = (low + high) / 2
      if spans[middle].start <= start { low = middle + 1 } else { high = middle }
    }
    var available = 0
    var offset = 0
    if low > 0 {
      let span = spans[low - 1]
      let inside = start - span.start
      if inside < UInt64(span.count) {
        offset = span.offset + Int(inside)
        available = min(range.count, span.count - Int(inside))
      }
    }
    if available == range.count {
      return Extent(bytes: offset..<offset + available, missing: .nothing)
    }
    let next = start &+ UInt64(available)
    return Extent(bytes: offset..<offset + available, missing: missing(at: next))
  }

  /// Why what is not there at `address` is not.
  private func missing(at address: UInt64) -> Missing {
    let page = address / Self.pageSize
    // No program has anything in the last page of all, and so nothing is read of it.
    if page == UInt64.max / Self.pageSize || unreadablePages.holds(page) {
      return .fault(RemoteAddress(address))
    }
    return withheldPages.holds(page) ? .withheld(RemoteAddress(address)) : .budget
  }
}

extension Array {
  /// Most of an image's are empty most of the time.
  fileprivate mutating func empty() {
    if !isEmpty { removeAll(keepingCapacity: true) }
  }
}

extension [UInt64] {
  /// Whether a number is among these, which ascend.
  fileprivate func holds(_ number: UInt64) -> Bool {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == number
  }
}

// Filling, by the capture and by tests.
extension MemoryImage {
  /// Adds bytes read from `address`, which must lie behind all that was added before.
  package mutating func append(_ new: some Collection<UInt8>, from address: UInt64) {
    guard !new.isEmpty else { return }
    bytes.append(contentsOf: new)
    noteSpan(from: address, count: new.count)
  }

  /// Makes room for `count` more bytes, lets `fill` write them, and keeps as many as it returns.
  /// `noteSpan` then says where they came from.
  package mutating func append(
    count: Int, fill: (UnsafeMutableRawBufferPointer) -> Int
  ) -> Int {
    var filled = 0
    bytes.append(addingCapacity: count) { output in
      unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
        filled = min(max(unsafe fill(UnsafeMutableRawBufferPointer(buffer)), 0), count)
        initialized = filled
      }
    }
    return filled
  }

  /// Says that the next `count` bytes of `bytes` that no span covers yet came from `address`.
  package mutating func noteSpan(from address: UInt64, count: Int) {
    guard count > 0 else { return }
    let offset = spans.last.map { $0.offset + $0.count } ?? 0
    if let last = spans.last, last.start &+ UInt64(last.count) == address {
      spans[spans.count - 1].count += count
    } else {
      spans.append(Span(start: address, count: count, offset: offset))
    }
  }

  /// Says that the process cannot be read, which is no fault of its addresses.
  package mutating func note(_ obstacle: Obstacle) { self.obstacle = obstacle }

  /// Says that the page of `address` could not be read; ascending over the calls.
  package mutating func noteFault(at address: UInt64) {
    let page = address / Self.pageSize
    if unreadablePages.last != page { unreadablePages.append(page) }
  }

  /// Says that the page of `address` was not read although the program's system calls may read it;
  /// ascending over the calls.
  package mutating func noteWithheld(at address: UInt64) {
    let page = address / Self.pageSize
    if withheldPages.last != page { withheldPages.append(page) }
  }
}
