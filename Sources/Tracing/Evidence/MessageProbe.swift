import Decoding
import Records

/// Looks at a message again when its call has ended: whether it is what it was, whether its payload
/// can be read, and its `msg_len` be written.
enum MessageProbe {
  static func probe(
    _ snapshot: borrowing CallSnapshot, _ index: Int, _ thread: TracedThread,
    memory: borrowing TraceeMemory, into evidence: inout Evidence
  ) {
    if let address = snapshot.lengthAddress(ofMessage: index) {
      evidence.sentLengthIsWritable = isWritable(address, thread.process, memory)
    }
    guard let ranges = snapshot.ranges(ofMessage: index) else {
      evidence.messageIsUnchanged = isStillUnreadable(snapshot, index, thread, memory)
      return
    }
    let pages = PayloadPages(ranges.payload)
    let image = read([ranges.header] + ranges.parts + pages.tried.map(\.range), memory)
    evidence.messageIsUnchanged = isUnchanged(snapshot, ranges, image)
    if evidence.messageIsUnchanged == true, !isPrivate([ranges.header] + ranges.parts, thread) {
      evidence.messageIsUnchanged = nil
    }
    evidence.payloadStartIsUnchanged = payloadStartIsUnchanged(snapshot, ranges.payload, memory)
    evidence.payload = pages.access(in: image, of: thread.tid)
  }

  /// Whether header, address, iovecs and control block of a message are what they were at the
  /// entry.
  static func isUnchanged(
    _ snapshot: borrowing CallSnapshot, _ index: Int, _ thread: TracedThread,
    memory: borrowing TraceeMemory
  ) -> Bool {
    guard let ranges = snapshot.ranges(ofMessage: index) else { return false }
    let all = [ranges.header] + ranges.parts
    return isUnchanged(snapshot, ranges, read(all, memory)) && isPrivate(all, thread)
  }

  /// False for memory that another process may have as well: it may have been changed there, and
  /// back again.
  private static func isPrivate(_ ranges: [RemoteRange], _ thread: TracedThread) -> Bool {
    thread.process.currentMappings?.arePrivate(ranges) ?? true
  }

  private static func isUnchanged(
    _ snapshot: borrowing CallSnapshot, _ ranges: CallSnapshot.MessageRanges,
    _ image: borrowing MemoryImage
  ) -> Bool {
    guard snapshot.vector.agrees(with: image, on: ranges.header) else { return false }
    for part in ranges.parts {
      switch snapshot.headers.extent(of: part).missing {
      // What was not looked at at the entry is not compared.
      case .budget, .withheld: continue
      case .nothing, .fault:
        guard snapshot.headers.agrees(with: image, on: part) else { return false }
      }
    }
    return true
  }

  /// Of a message whose header could not be read.
  private static func isStillUnreadable(
    _ snapshot: borrowing CallSnapshot, _ index: Int, _ thread: TracedThread,
    _ memory: borrowing TraceeMemory
  ) -> Bool? {
    guard let range = snapshot.headerRange(ofMessage: index), isPrivate([range], thread) else {
      return nil
    }
    let header = read([range], memory)
    guard case .fault = header.extent(of: range).missing else { return false }
    return snapshot.vector.agrees(with: header, on: range)
  }

  /// Type and code of ICMP; nil for other sockets than those that look at them, and where they were
  /// not kept.
  private static func payloadStartIsUnchanged(
    _ snapshot: borrowing CallSnapshot, _ iovecs: [IOVector], _ memory: borrowing TraceeMemory
  ) -> Bool? {
    guard let socket = snapshot.socket, socket.type == SocketType.datagram.rawValue,
      socket.family == 2 && socket.protocolNumber == 1
        || socket.family == 10 && socket.protocolNumber == 58
    else { return nil }
    var left: UInt64 = 2
    for iovec in iovecs where iovec.length > 0 && left > 0 {
      let range = RemoteRange(start: iovec.base, count: Int(min(iovec.length, left)))
      left -= UInt64(range.count)
      guard snapshot.payload.extent(of: range).missing == .nothing else { return nil }
      guard snapshot.payload.agrees(with: read([range], memory), on: range) else { return false }
    }
    return true
  }

  private static func read(
    _ ranges: [RemoteRange], _ memory: borrowing TraceeMemory
  ) -> MemoryImage {
    var list = RangeList()
    for range in ranges { list.want(range) }
    list.coalesce()
    var image = MemoryImage()
    memory.read(list.spans, requested: list.requested, into: &image)
    return image
  }

  /// Whether the kernel can write a `msg_len`; nil where that is not known.
  private static func isWritable(
    _ address: RemoteAddress, _ process: TracedProcess, _ memory: borrowing TraceeMemory
  ) -> Bool? {
    let range = RemoteRange(start: address, count: 4)
    guard let mappings = process.currentMappings else { return nil }
    let (first, last) = (address.value, address.value &+ 3)
    let isOnOnePage = first / MemoryImage.pageSize == last / MemoryImage.pageSize
    for end in isOnOnePage ? [first] : [first, last] {
      switch mappings.find(end) {
      case .unknown: return nil
      case .nothing: return false
      case .mapping(let mapping):
        guard mapping.isWritable else { return false }
        switch mappings.isBehindEndOfFile(end, of: mapping) {
        case true?: return false
        case nil where read([range], memory).extent(of: range).missing != .nothing: return nil
        case false?, nil: continue
        }
      }
    }
    return true
  }
}
