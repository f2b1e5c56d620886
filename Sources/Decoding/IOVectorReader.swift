import Records

/// Collects the iovecs of a call's messages in one array (kernel.md §2.1, rows 6–10).
struct IOVectorReader {
  private(set) var iovecs: [IOVector] = []
  private let layout: MessageLayout
  private let space: AddressSpace

  /// Room is made for as many as the headers speak of, up to this; an array that hostile headers
  /// make larger grows as it is filled.
  private static let largestReserve: UInt64 = 1 << 16

  init(_ layout: MessageLayout, _ space: AddressSpace, capacityFor entries: [Entry]) {
    self.layout = layout
    self.space = space
    var total: UInt64 = 0
    for entry in entries {
      total += min(entry.header?.iovecCount ?? 0, MessageHeader.maximumIOVectors)
    }
    iovecs.reserveCapacity(Int(min(total, Self.largestReserve)))
  }

  /// Reads the iovecs of one entry and adds up their lengths.
  mutating func read(_ entry: inout Entry, _ image: borrowing MemoryImage) {
    guard let header = entry.header else { return }
    guard let range = header.iovecRange(layout) else {
      if header.iovecCount == 0 {
        entry.iovecs = iovecs.count..<iovecs.count
        entry.bytes = 0
      } else {
        entry.refusal = .tooMany
      }
      return
    }
    let extent = image.extent(of: range)
    let first = iovecs.count
    append(image.bytes, extent.bytes)
    entry.refusal = refusal(from: first, of: Int(header.iovecCount))
    switch extent.missing {
    case .nothing: break
    case .fault(let address): entry.iovecFault = address
    case .withheld(let address):
      entry.truncated = true
      entry.withheld = address
    case .budget: entry.truncated = true
    }
    guard entry.refusal == nil, entry.iovecFault == nil else {
      iovecs.removeLast(iovecs.count - first)
      return
    }
    entry.iovecs = first..<iovecs.count
    // What a budget cut has a sum that is not known.
    if !entry.truncated { addUp(from: first, into: &entry) }
  }

  private mutating func append(_ bytes: [UInt8], _ range: Range<Int>) {
    var offset = range.lowerBound
    while range.upperBound - offset >= layout.iovecStride,
      let iovec = layout.iovec(in: bytes, at: offset)
    {
      iovecs.append(iovec)
      offset += layout.iovecStride
    }
  }

  /// Lengths first, over all of them, then addresses: the kernel's order.
  private func refusal(from first: Int, of count: Int) -> IOVectorRefusal? {
    for index in first..<iovecs.count where layout.isNegative(iovecs[index].length) {
      return .negativeLength(index: index - first, length: iovecs[index].length)
    }
    for index in first..<iovecs.count {
      // Newer kernels cut a single iovec to the largest total before they look at its end.
      let length =
        count == 1 ? min(iovecs[index].length, IOVector.maximumTotal) : iovecs[index].length
      if space.surelyExcludes(base: iovecs[index].base, length: length) {
        return .outsideAddressSpace(index: index - first, base: iovecs[index].base)
      }
    }
    return nil
  }

  private func addUp(from first: Int, into entry: inout Entry) {
    var sum: UInt64 = 0
    for index in first..<iovecs.count {
      let left = IOVector.maximumTotal - sum
      if iovecs[index].length > left { entry.sumIsCut = true }
      sum += min(iovecs[index].length, left)
    }
    entry.bytes = sum
  }
}
