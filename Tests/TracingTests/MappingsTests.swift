import Decoding
import Glibc
import Records
import Testing

@testable import Tracing

/// Of the process that runs the tests.
@Suite struct MappingsTests {
  private static let page = Int(MemoryImage.pageSize)

  /// Pages of our own: one full of 1s, one of 2s that nobody may read or write, one of 3s.
  private func withPages(_ work: (_ start: UInt64) throws -> Void) throws {
    let size = 3 * Self.page
    let area = unsafe mmap(
      nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start = unsafe area, unsafe start != MAP_FAILED else {
      Issue.record("mmap: \(errno)")
      return
    }
    defer { _ = unsafe munmap(start, size) }
    for index in 0..<3 { _ = unsafe memset(start + index * Self.page, Int32(index + 1), Self.page) }
    #expect(unsafe mprotect(start + Self.page, Self.page, PROT_NONE) == 0)
    try work(UInt64(UInt(bitPattern: start)))
  }

  private func mapping(_ answer: Mappings.Answer) -> Mapping? {
    guard case .mapping(let mapping) = answer else { return nil }
    return mapping
  }

  private func isNothing(_ answer: Mappings.Answer) -> Bool {
    guard case .nothing = answer else { return false }
    return true
  }

  /// Both answers, where what stands beside the place was the same behind them as before: other
  /// tests map memory at the same time.
  private func settled(
    _ mappings: Mappings, _ place: UInt64
  ) -> (asked: Mapping, told: Mapping?)? {
    for _ in 0..<1000 {
      guard let asked = mapping(mappings.find(place)) else { return nil }
      let told = mapping(mappings.findInText(place))
      if asked == mapping(mappings.find(place)) { return (asked, told) }
    }
    return nil
  }

  @Test func queriesAndTheTextAgree() throws {
    let mappings = try #require(Mappings(getpid()))
    try withPages { start in
      for page in 0..<3 {
        let place = start + UInt64(page * Self.page)
        let (asked, told) = try #require(settled(mappings, place))
        #expect(asked == told)
        #expect(asked.start <= place && place < asked.end && !asked.hasFile)
        let isOpen = page != 1
        #expect(asked.isReadable == isOpen && asked.isWritable == isOpen && !asked.isExecutable)
        #expect(asked.isReadableInKernel == isOpen)
      }
    }
    #expect(isNothing(mappings.find(16)) && isNothing(mappings.findInText(16)))
  }

  @Test(arguments: [true, false]) func memoryThatOthersMayHave(isShared: Bool) throws {
    let mappings = try #require(Mappings(getpid()))
    let kind = (isShared ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS
    let area = unsafe mmap(nil, Self.page, PROT_READ | PROT_WRITE, kind, -1, 0)
    guard let area = unsafe area, unsafe area != MAP_FAILED else {
      Issue.record("mmap: \(errno)")
      return
    }
    defer { _ = unsafe munmap(area, Self.page) }
    let start = UInt64(UInt(bitPattern: area))
    let (asked, told) = (mapping(mappings.find(start)), mapping(mappings.findInText(start)))
    #expect(asked?.isShared == isShared && asked == told)
    try withPages { other in
      let ranges = [other, start].map { RemoteRange(start: RemoteAddress($0), count: 8) }
      #expect(mappings.arePrivate(ranges) == !isShared && mappings.arePrivate([ranges[0]]))
    }
  }

  @Test func pagesBehindTheEndOfAFile() throws {
    let path = "/tmp/mmsgtrace-mappings-\(getpid())"
    let file = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    #expect(unsafe file >= 0 && unlink(path) == 0)
    defer { _ = close(file) }
    #expect(ftruncate(file, off_t(Self.page + 1)) == 0)
    let size = 3 * Self.page
    let area = unsafe mmap(nil, size, PROT_READ, MAP_SHARED, file, 0)
    guard let start = unsafe area, unsafe start != MAP_FAILED else {
      Issue.record("mmap: \(errno)")
      return
    }
    defer { _ = unsafe munmap(start, size) }
    let mappings = try #require(Mappings(getpid()))
    for page in 0..<3 {
      let place = UInt64(UInt(bitPattern: start)) + UInt64(page * Self.page) + 7
      let found = try #require(mapping(mappings.find(place)))
      #expect(found == mapping(mappings.findInText(place)) && found.hasFile)
      let isBehind = mappings.isBehindEndOfFile(place, of: found)
      // Where we may not ask, it is not known.
      #expect(isBehind == (page == 2) || isBehind == nil && geteuid() != 0)
    }
  }

  /// Up to what nobody may read, although /proc/PID/mem would give it.
  @Test func whatIsThereIsRead() throws {
    let memory = try #require(PresentMemory(getpid()))
    try withPages { start in
      var bytes = [UInt8](repeating: 0, count: 3 * Self.page)
      let got = unsafe bytes.withUnsafeMutableBytes {
        unsafe memory.read(from: start + 5, into: $0)
      }
      #expect(got == Self.page - 5)
      #expect(bytes.prefix(got).allSatisfy { $0 == 1 } && bytes[got...].allSatisfy { $0 == 0 })
      let behind = unsafe bytes.withUnsafeMutableBytes {
        unsafe memory.read(from: start + UInt64(2 * Self.page), into: $0)
      }
      #expect(behind >= Self.page && bytes[0] == 3)
    }
  }
}
