import CTracee
import Decoding
import Glibc
import Records

/// Looks at a message again when its call has ended: whether it is what it was, whether its payload
/// can be read, and its `msg_len` be written.
enum MessageProbe {
  static func probe(
    _ snapshot: borrowing CallSnapshot, _ index: Int, _ thread: TracedThread,
    memory: borrowing TraceeMemory, into evidence: inout Evidence
  ) {
    guard let ranges = snapshot.ranges(ofMessage: index) else { return }
    evidence.messageIsUnchanged = isUnchanged(snapshot, ranges, memory)
    evidence.payload = payloadAccess(ranges.payload, memory)
    evidence.sentLengthIsWritable = MappingAccess(thread.process)?
      .isWritable(ranges.sentLength, count: 4)
  }

  private static func isUnchanged(
    _ snapshot: borrowing CallSnapshot, _ ranges: CallSnapshot.MessageRanges,
    _ memory: borrowing TraceeMemory
  ) -> Bool {
    let header = read([ranges.header], memory)
    let parts = read(ranges.parts, memory)
    return snapshot.vector.agrees(with: header, on: ranges.header)
      && ranges.parts.allSatisfy { part in
        // What a budget cut at the entry is not compared.
        snapshot.headers.extent(of: part).missing == .budget
          || snapshot.headers.agrees(with: parts, on: part)
      }
  }

  /// Tries a byte of each page.
  private static func payloadAccess(
    _ iovecs: [IOVector], _ memory: borrowing TraceeMemory
  ) -> PayloadAccess {
    var before: UInt64 = 0
    for iovec in iovecs where iovec.length > 0 {
      let start = iovec.base.value
      let length = min(iovec.length, UInt64(maximumPages) * MemoryImage.pageSize)
      var pages = [RemoteRange(start: iovec.base, count: 1)]
      var page = start / MemoryImage.pageSize &+ 1
      while page &* MemoryImage.pageSize < start &+ length, pages.count < maximumPages {
        pages.append(
          RemoteRange(start: RemoteAddress(page &* MemoryImage.pageSize), count: 1))
        page &+= 1
      }
      let image = read(pages, memory)
      for range in pages where image.extent(of: range).missing != .nothing {
        return .fault(at: range.start, after: before &+ (range.start.value &- start))
      }
      before &+= iovec.length
    }
    return .readable
  }

  /// So much of an iovec is tried: more than any datagram has.
  private static let maximumPages = 512

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
}

/// What a process's mappings allow at an address.
struct MappingAccess {
  private let maps: Descriptor
  private let pid: Int32

  /// Nil where the mappings may not be read.
  init?(_ process: TracedProcess) {
    if process.maps == nil {
      let fd = unsafe open("/proc/\(process.pid)/maps", O_RDONLY | O_CLOEXEC)
      guard fd >= 0 else { return nil }
      process.maps = Descriptor(fd)
    }
    guard let maps = process.maps else { return nil }
    self.maps = maps
    pid = process.pid
  }

  /// Whether all of `count` bytes, less than a page, can be written; nil where that is not known.
  func isWritable(_ address: RemoteAddress, count: UInt64) -> Bool? {
    for end in [address.value, address.value &+ count &- 1] {
      switch tracee_mapping_access(maps.number, end) {
      case -ENOENT: return false
      case ..<0: return readable(end)
      case let access: if access & Int32(TRACEE_MAPPING_WRITABLE) == 0 { return false }
      }
    }
    return true
  }

  /// The same from the text, for kernels before 6.11.
  private func readable(_ address: UInt64) -> Bool? {
    guard let text = ProcFile.text("/proc/\(pid)/maps") else { return nil }
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ", maxSplits: 2)
      let bounds = fields.first?.split(separator: "-") ?? []
      guard fields.count > 1, bounds.count == 2, let start = UInt64(bounds[0], radix: 16),
        let end = UInt64(bounds[1], radix: 16), start <= address, address < end
      else { continue }
      return fields[1].dropFirst().hasPrefix("w")
    }
    return false
  }
}
