import Decoding
import Glibc
import Testing

@testable import Tracing

/// Of the process that runs the tests: one after the other, since what one gives back another may
/// get.
@Suite(.serialized) struct GrowingStackTests {
  private static let page = Int(MemoryImage.pageSize)

  /// A page at the end of nine mebibytes of which nothing else is mapped.
  private func withLastPage(_ flags: Int32, _ work: (_ start: UInt64) throws -> Void) throws {
    let size = 9 << 20
    let area = unsafe mmap(nil, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start = unsafe area, unsafe start != MAP_FAILED else {
      Issue.record("mmap: \(errno)")
      return
    }
    let last = unsafe start + size - Self.page
    _ = unsafe munmap(start, size)
    let mapped = unsafe mmap(
      last, Self.page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | flags, -1,
      0)
    #expect(unsafe mapped == last)
    defer { _ = unsafe munmap(last, Self.page) }
    try work(UInt64(UInt(bitPattern: last)))
  }

  @Test func aStackGrowsAndOtherMemoryDoesNot() throws {
    let growsDown: Int32 = 0x100
    try withLastPage(growsDown) { start in
      let near = try #require(GrowingStack.room(around: start - 1, tid: getpid()))
      #expect(near.upperBound == start && near.contains(start - 64 * UInt64(Self.page)))
      #expect(GrowingStack.room(around: start, tid: getpid()) == nil)
      #expect(GrowingStack.room(around: near.lowerBound - 1, tid: getpid()) == nil)
    }
    try withLastPage(0) { start in
      #expect(GrowingStack.room(around: start - 1, tid: getpid()) == nil)
    }
  }

  /// What the kernel reads there it finds, and no further down than is said.
  @Test func theKernelReadsInTheRoomAlone() throws {
    let growsDown: Int32 = 0x100
    var ends: [Int32] = [-1, -1]
    #expect(unsafe pipe(&ends) == 0)
    let (reading, writing) = (Descriptor(ends[0]), Descriptor(ends[1]))
    #expect(reading.number >= 0)
    try withLastPage(growsDown) { start in
      let room = try #require(GrowingStack.room(around: start - 1, tid: getpid()))
      func written(_ address: UInt64) -> Int {
        unsafe write(writing.number, UnsafeRawPointer(bitPattern: UInt(address)), 1)
      }
      #expect(written(room.lowerBound - 1) == -1)
      #expect(written(room.lowerBound) == 1)
    }
  }
}
