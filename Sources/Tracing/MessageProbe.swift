import Decoding
import Records

/// Looks at a message again when its call has ended: whether it is what it was, whether its payload
/// can be read, and its `msg_len` be written.
enum MessageProbe {
  static func probe(
    _ snapshot: borrowing CallSnapshot, _ index: Int, _ thread: TracedThread,
    memory: borrowing TraceeMemory, into evidence: inout Evidence
  ) {
    guard let ranges = snapshot.ranges(ofMessage: index) else {
      evidence.messageIsUnchanged = isStillUnreadable(snapshot, index, memory)
      return
    }
    evidence.messageIsUnchanged = isUnchanged(snapshot, ranges, memory)
    evidence.payloadStartIsUnchanged = payloadStartIsUnchanged(snapshot, ranges.payload, memory)
    evidence.payload = payloadAccess(ranges.payload, thread.tid, memory)
    evidence.sentLengthIsWritable = isWritable(ranges.sentLength, thread.process, memory)
  }

  private static func isUnchanged(
    _ snapshot: borrowing CallSnapshot, _ ranges: CallSnapshot.MessageRanges,
    _ memory: borrowing TraceeMemory
  ) -> Bool {
    let header = read([ranges.header], memory)
    let parts = read(ranges.parts, memory)
    return snapshot.vector.agrees(with: header, on: ranges.header)
      && ranges.parts.allSatisfy { part in
        switch snapshot.headers.extent(of: part).missing {
        // What was not looked at at the entry is not compared.
        case .budget, .withheld: true
        case .nothing, .fault: snapshot.headers.agrees(with: parts, on: part)
        }
      }
  }

  /// Of a message whose header could not be read.
  private static func isStillUnreadable(
    _ snapshot: borrowing CallSnapshot, _ index: Int, _ memory: borrowing TraceeMemory
  ) -> Bool? {
    guard let range = snapshot.headerRange(ofMessage: index) else { return nil }
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

  /// Tries a byte of each page; nil where one is not for us to read, or there are too many, and none
  /// is a fault: whatever the kernel finds there, it comes to the fault as well.
  private static func payloadAccess(
    _ iovecs: [IOVector], _ tid: Int32, _ memory: borrowing TraceeMemory
  ) -> PayloadAccess? {
    var stack: Range<UInt64>?
    var before: UInt64 = 0
    var isAllRead = true
    var pagesLeft = maximumPages
    for iovec in iovecs where iovec.length > 0 {
      guard pagesLeft > 0 else { return nil }
      let start = iovec.base.value
      let length = min(iovec.length, UInt64(pagesLeft) * MemoryImage.pageSize)
      if length < iovec.length { isAllRead = false }
      // A length may lead over the end of the address space.
      let (end, isOver) = start.addingReportingOverflow(length - 1)
      let firstPage = start / MemoryImage.pageSize
      let lastPage = (isOver ? .max : end) / MemoryImage.pageSize
      var pages = [RemoteRange(start: iovec.base, count: 1)]
      for page in firstPage..<lastPage {
        pages.append(
          RemoteRange(start: RemoteAddress((page + 1) * MemoryImage.pageSize), count: 1))
      }
      pagesLeft -= pages.count
      let image = read(pages, memory)
      for range in pages {
        switch image.extent(of: range).missing {
        case .nothing: continue
        case .fault:
          let address = range.start.value
          if stack?.contains(address) == true { continue }
          stack = GrowingStack.room(around: address, tid: tid)
          if stack != nil { continue }
          return .fault(at: range.start, after: before &+ (range.start.value &- start))
        case .withheld, .budget: isAllRead = false
        }
      }
      before &+= iovec.length
    }
    return isAllRead ? .readable : nil
  }

  /// So much of a message is tried, 8 MiB: more than any datagram has, and two pages for each of
  /// 1,024 iovecs.
  private static let maximumPages = 2048

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
    if process.mappings == nil { process.mappings = Mappings(process.pid) }
    guard let mappings = process.mappings else { return nil }
    for end in [address.value, address.value &+ 3] {
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
