package import Decoding
package import Records

/// Memory of a tracee that does not exist: pages that hold bytes, and pages that fault.
package struct FakeMemory {
  private static let pageSize = MemoryImage.pageSize
  private var pages: [UInt64: [UInt8]] = [:]
  private var withheld: Set<UInt64> = []

  package init() {}

  /// Writes bytes, and makes the pages they touch readable.
  package mutating func write(_ bytes: some Sequence<UInt8>, at address: UInt64) {
    var position = address
    for byte in bytes {
      pages[
        position / Self.pageSize, default: Array(repeating: 0, count: Int(Self.pageSize))
      ][Int(position % Self.pageSize)] = byte
      position &+= 1
    }
  }

  /// Makes the page of `address` fault.
  package mutating func unmap(_ address: UInt64) { pages[address / Self.pageSize] = nil }

  /// Makes the page of `address` one that only the program's own calls may read.
  package mutating func withhold(_ address: UInt64) {
    unmap(address)
    withheld.insert(address / Self.pageSize)
  }

  /// Reads ranges as a capture does: each up to its first page that faults.
  package func image(of ranges: [RemoteRange]) -> MemoryImage {
    var wanted: [(start: UInt64, end: UInt64)] = []
    var faults: Set<UInt64> = []
    for range in ranges {
      let limit = range.start.advanced(by: UInt64(range.count))?.value ?? UInt64.max
      var end = range.start.value
      while end < limit {
        let page = end / Self.pageSize
        guard pages[page] != nil else {
          faults.insert(page)
          break
        }
        let (next, overflow) = (page * Self.pageSize).addingReportingOverflow(Self.pageSize)
        end = overflow ? limit : min(next, limit)
      }
      if end > range.start.value { wanted.append((start: range.start.value, end: end)) }
    }
    var image = MemoryImage()
    var done: UInt64 = 0
    for run in wanted.sorted(by: { $0.start < $1.start }) where run.end > done {
      let start = max(run.start, done)
      image.append((start..<run.end).map { byte(at: $0) }, from: start)
      done = run.end
    }
    for page in faults.sorted() {
      let address = page * Self.pageSize
      withheld.contains(page) ? image.noteWithheld(at: address) : image.noteFault(at: address)
    }
    return image
  }

  private func byte(at address: UInt64) -> UInt8 {
    pages[address / Self.pageSize]?[Int(address % Self.pageSize)] ?? 0
  }
}

extension FakeMemory {
  /// Captures a call as a tracer at its entry would.
  package func snapshot(
    _ abi: ABI, _ arguments: SendArguments, payloadLimit: UInt64 = 32
  ) -> CallSnapshot {
    let layout = MessageLayout.of(abi)
    var snapshot = CallSnapshot()
    snapshot.abi = abi
    snapshot.arguments = arguments
    snapshot.payloadLimit = payloadLimit
    guard arguments.entryCount > 0 else { return snapshot }
    let vector = RemoteRange(
      start: arguments.vector, count: arguments.entryCount * layout.stride)
    snapshot.vector = image(of: [vector])

    let vectorBytes = snapshot.vector.bytes
    let headers = stride(from: 0, to: vectorBytes.count, by: layout.stride).compactMap {
      layout.header(in: vectorBytes, at: $0)
    }
    snapshot.headers = image(
      of: headers.flatMap {
        [$0.nameRange, $0.iovecRange(layout), $0.controlRange].compactMap { $0 }
      })
    snapshot.payload = image(
      of: headers.flatMap { payloadRanges($0, layout, limit: payloadLimit) })
    return snapshot
  }

  private func payloadRanges(
    _ header: MessageHeader, _ layout: MessageLayout, limit: UInt64
  ) -> [RemoteRange] {
    guard let range = header.iovecRange(layout) else { return [] }
    let bytes = image(of: [range]).bytes
    var left = limit
    var ranges: [RemoteRange] = []
    for offset in stride(from: 0, to: bytes.count, by: layout.iovecStride) {
      guard let iovec = layout.iovec(in: bytes, at: offset) else { break }
      let take = min(iovec.length, left, IOVector.maximumTotal)
      if take > 0 { ranges.append(RemoteRange(start: iovec.base, count: Int(take))) }
      left -= take
    }
    return ranges
  }
}
