import Records

/// Finds what of a call's messages was changed while the call ran: what was read at its exit
/// against what was read at its entry.
///
/// What could not be read at either end for a budget is passed by; what could be read at entry and
/// faults at exit has changed.
struct MutationReader {
  private let layout: MessageLayout
  private let arguments: SendArguments
  private let payloadLimit: UInt64

  init(_ snapshot: borrowing CallSnapshot, _ arguments: SendArguments) {
    layout = MessageLayout.of(snapshot.abi)
    self.arguments = arguments
    payloadLimit = snapshot.payloadLimit
  }

  /// The parts of message `index` that changed, in the kernel's order; nil where they were not read
  /// again.
  func changes(
    _ index: Int, _ message: borrowing Message, _ snapshot: borrowing CallSnapshot
  ) -> [MessagePart]? {
    guard let again = snapshot.again, let header = message.header else { return nil }
    var changed: [MessagePart] = []
    let start = arguments.vector.value &+ UInt64(index * layout.stride)
    if headerChanged(
      RemoteRange(start: RemoteAddress(start), count: layout.sentLengthOffset), header,
      again.vector)
    {
      changed.append(.header)
    }
    if let name = header.nameRange, differs(name, snapshot.headers, again.headers) {
      changed.append(.name)
    }
    if let iovecs = header.iovecRange(layout), differs(iovecs, snapshot.headers, again.headers) {
      changed.append(.iov)
    }
    if let control = header.controlRange, differs(control, snapshot.headers, again.headers) {
      changed.append(.control)
    }
    if payloadChanged(message, snapshot.payload, again.payload) { changed.append(.payload) }
    return changed
  }

  /// Its fields, since nobody reads the padding between them.
  private func headerChanged(
    _ range: RemoteRange, _ header: MessageHeader, _ after: borrowing MemoryImage
  ) -> Bool {
    let extent = after.extent(of: range)
    switch extent.missing {
    case .nothing: return layout.header(in: after.bytes, at: extent.bytes.lowerBound) != header
    case .fault: return true
    case .withheld, .budget: return false
    }
  }

  private func payloadChanged(
    _ message: borrowing Message, _ before: borrowing MemoryImage, _ after: borrowing MemoryImage
  ) -> Bool {
    guard let iovecs = message.iovecs else { return false }
    var left = min(message.bytes ?? 0, payloadLimit)
    for iovec in iovecs where left > 0 {
      let count = Int(min(iovec.length, left))
      left -= UInt64(count)
      guard count > 0 else { continue }
      if differs(RemoteRange(start: iovec.base, count: count), before, after) { return true }
    }
    return false
  }

  private func differs(
    _ range: RemoteRange, _ before: borrowing MemoryImage, _ after: borrowing MemoryImage
  ) -> Bool {
    let old = before.extent(of: range)
    let new = after.extent(of: range)
    if new.bytes.count < old.bytes.count, case .fault = new.missing { return true }
    let count = min(old.bytes.count, new.bytes.count)
    for offset in 0..<count
    where before.bytes[old.bytes.lowerBound + offset] != after.bytes[new.bytes.lowerBound + offset]
    {
      if !isSentLength(range.start.value &+ UInt64(offset)) { return true }
    }
    return false
  }

  /// True for an address within the `msg_len` of an entry, which the kernel writes itself: what a
  /// message passes may overlap with the array.
  private func isSentLength(_ address: UInt64) -> Bool {
    let offset = address &- arguments.vector.value
    let (index, place) = offset.quotientAndRemainder(dividingBy: UInt64(layout.stride))
    let start = UInt64(layout.sentLengthOffset)
    return index < UInt64(arguments.entryCount) && place >= start && place < start + 4
  }
}
