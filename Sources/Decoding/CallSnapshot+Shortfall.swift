package import Records

// What the tracer has to know of a call while the thread is stopped: whether it fell short, at
// which message, and what that message is made of. Asked at the exit, of calls that fell short
// alone.
extension CallSnapshot {
  /// The message whose failure the count hides, or that made the call fail; nil where nothing
  /// failed, or where the error says all there is to say.
  package var failedMessage: Int? {
    guard let arguments, let value = exit?.returnValue, arguments.entryCount > 0 else { return nil }
    if value < 0 { return Self.plainErrors.contains(value) ? nil : 0 }
    guard value > 0, value < arguments.entryCount else { return nil }
    let count = Int(value)
    return isTakenInFull(count - 1) ? count : nil
  }

  /// The last counted message, where it seems to have been taken in part; nil where it was not.
  package var messageInPart: Int? {
    guard let arguments, let value = exit?.returnValue, value > 0, value <= arguments.entryCount
    else { return nil }
    let last = Int(value) - 1
    return isTakenInFull(last) ? nil : last
  }

  /// EINTR, EBADF, EAGAIN, ENOSYS, ENOTSOCK: returned, they need no explanation.
  private static let plainErrors: Set<Int64> = [-4, -9, -11, -38, -88]

  /// False where the kernel took a message in part, which ends a call without an error.
  private func isTakenInFull(_ index: Int) -> Bool {
    if let socket,
      SocketDescription.takesWholeMessages(
        AddressFamily(rawValue: socket.family), SocketType(rawValue: socket.type),
        protocolNumber: socket.protocolNumber)
    {
      return true
    }
    guard let ranges = ranges(ofMessage: index), let taken = sentLength(ofMessage: index)
    else { return true }
    let asked = ranges.payload.reduce(UInt64(0)) {
      min($0 &+ $1.length, IOVector.maximumTotal)
    }
    return UInt64(taken) >= asked
  }

  /// The first bytes that a stream did not take of its last message, as far as they lie in one
  /// iovec; nil where it took all.
  package var cut: RemoteRange? {
    guard let arguments, let value = exit?.returnValue, value > 0, value <= arguments.entryCount,
      socket?.type == SocketType.stream.rawValue
    else { return nil }
    let (last, layout) = (Int(value) - 1, MessageLayout.of(abi))
    guard let header = header(ofMessage: last), let array = header.iovecRange(layout),
      var left = sentLength(ofMessage: last).map(UInt64.init)
    else { return nil }
    let extent = headers.extent(of: array)
    for slot in 0..<extent.bytes.count / layout.iovecStride {
      let offset = extent.bytes.lowerBound + slot * layout.iovecStride
      guard let iovec = layout.iovec(in: headers.bytes, at: offset) else { return nil }
      if left < iovec.length, let start = iovec.base.advanced(by: left) {
        return RemoteRange(start: start, count: Int(clamping: iovec.length - left))
      }
      left -= min(left, iovec.length)
    }
    return nil
  }

  /// Where a message lies, as far as the entry snapshot tells.
  package struct MessageRanges: Sendable {
    package var header: RemoteRange
    /// Address, iovec array and control block.
    package var parts: [RemoteRange] = []
    /// What its iovecs point at; empty where they could not be read.
    package var payload: [IOVector] = []
  }

  /// Nil where the message's header could not be read.
  package func ranges(ofMessage index: Int) -> MessageRanges? {
    guard let range = headerRange(ofMessage: index), let header = header(ofMessage: index) else {
      return nil
    }
    let layout = MessageLayout.of(abi)
    var ranges = MessageRanges(header: range)
    if let name = header.nameRange { ranges.parts.append(name) }
    if let control = header.controlRange { ranges.parts.append(control) }
    guard let array = header.iovecRange(layout) else { return ranges }
    ranges.parts.append(array)
    let extent = headers.extent(of: array)
    guard extent.missing == .nothing else { return ranges }
    ranges.payload = (0..<Int(header.iovecCount)).compactMap {
      layout.iovec(in: headers.bytes, at: extent.bytes.lowerBound + $0 * layout.iovecStride)
    }
    return ranges
  }

  /// A message's address: at most 128 bytes; nil where it has none, or it could not be read.
  package func addressBytes(ofMessage index: Int) -> [UInt8]? {
    guard let range = header(ofMessage: index)?.nameRange else { return nil }
    let extent = headers.extent(of: range)
    return extent.missing == .nothing ? Array(headers.bytes[extent.bytes]) : nil
  }

  /// A message's control messages, as far as they could be read.
  package func controlMessages(ofMessage index: Int) -> [ControlMessage] {
    guard let range = header(ofMessage: index)?.controlRange else { return [] }
    let extent = headers.extent(of: range)
    var budget = FairBudget.controlMessages(entries: 1)
    return ControlMessageWalk(
      headers.bytes, in: extent.bytes, length: range.count, layout: MessageLayout.of(abi),
      most: budget.take(.max)
    ).messages
  }

  /// True where a message has a control block.
  package func hasControl(ofMessage index: Int) -> Bool {
    header(ofMessage: index)?.controlRange != nil
  }

  /// True where a message has an address.
  package func hasName(ofMessage index: Int) -> Bool {
    header(ofMessage: index)?.nameRange != nil
  }

  /// Where a message's header lies.
  package func headerRange(ofMessage index: Int) -> RemoteRange? {
    guard let arguments else { return nil }
    let layout = MessageLayout.of(abi)
    let start = arguments.vector.value &+ UInt64(index * layout.stride)
    return RemoteRange(start: RemoteAddress(start), count: layout.sentLengthOffset)
  }

  /// Where a message's `msg_len` lies, which the kernel writes.
  package func lengthAddress(ofMessage index: Int) -> RemoteAddress? {
    headerRange(ofMessage: index).map { RemoteAddress($0.start.value &+ UInt64($0.count)) }
  }

  private func header(ofMessage index: Int) -> MessageHeader? {
    guard let range = headerRange(ofMessage: index) else { return nil }
    let extent = vector.extent(of: range)
    guard extent.missing == .nothing else { return nil }
    return MessageLayout.of(abi).header(in: vector.bytes, at: extent.bytes.lowerBound)
  }
}

extension MemoryImage {
  /// True where both hold the same bytes of `range`, and miss the same.
  package func agrees(with other: borrowing MemoryImage, on range: RemoteRange) -> Bool {
    let (mine, others) = (extent(of: range), other.extent(of: range))
    guard mine.bytes.count == others.bytes.count else { return false }
    return bytes[mine.bytes].elementsEqual(other.bytes[others.bytes])
  }
}
