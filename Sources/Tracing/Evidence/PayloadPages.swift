import Decoding
import Records

/// A byte of each page that a payload lies on, to be tried.
struct PayloadPages {
  /// Each with how much of the payload lies before its iovec, and before it there.
  private(set) var tried: [(range: RemoteRange, before: UInt64)] = []
  /// False where there are too many, or a length leads over the end of the address space.
  private var areAll = true

  /// So much of a message is tried, 8 MiB: more than any datagram has, and two pages for each of
  /// 1,024 iovecs.
  private static let maximumPages = 2048

  init(_ iovecs: [IOVector]) {
    var before: UInt64 = 0
    for iovec in iovecs where iovec.length > 0 {
      let pagesLeft = Self.maximumPages - tried.count
      guard pagesLeft > 0 else {
        areAll = false
        return
      }
      let start = iovec.base.value
      let length = min(iovec.length, UInt64(pagesLeft) * MemoryImage.pageSize)
      if length < iovec.length { areAll = false }
      // A length may lead over the end of the address space.
      let (end, isOver) = start.addingReportingOverflow(length - 1)
      let firstPage = start / MemoryImage.pageSize
      let lastPage = (isOver ? .max : end) / MemoryImage.pageSize
      tried.append((RemoteRange(start: iovec.base, count: 1), before))
      for page in firstPage..<lastPage {
        let next = (page + 1) * MemoryImage.pageSize
        tried.append(
          (RemoteRange(start: RemoteAddress(next), count: 1), before &+ (next &- start)))
      }
      before &+= iovec.length
    }
  }

  /// What became of the attempt; nil where one is not for us to read, or there are too many, and
  /// none is a fault: whatever the kernel finds there, it comes to the fault as well.
  func access(in image: borrowing MemoryImage, of tid: Int32) -> PayloadAccess? {
    var isAllRead = areAll
    var stack: Range<UInt64>?
    for (range, before) in tried {
      switch image.extent(of: range).missing {
      case .nothing: continue
      case .fault:
        let address = range.start.value
        if stack?.contains(address) == true { continue }
        stack = GrowingStack.room(around: address, tid: tid)
        if stack != nil { continue }
        return .fault(at: range.start, after: before)
      case .withheld, .budget: isAllRead = false
      }
    }
    return isAllRead ? .readable : nil
  }
}
