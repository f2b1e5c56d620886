import Decoding
import Records
import Testing

@testable import Tracing

/// Which bytes of a payload are tried, and what is made of those that are not there.
@Suite struct PayloadPagesTests {
  private let pages = PayloadPages([
    IOVector(base: RemoteAddress(0x1ff0), length: 0x20), IOVector(base: .init(0), length: 0),
    IOVector(base: RemoteAddress(0x5010), length: 0x1000),
  ])

  @Test func aByteOfEachPage() {
    #expect(pages.tried.map(\.range.start.value) == [0x1ff0, 0x2000, 0x5010, 0x6000])
    #expect(pages.tried.map(\.before) == [0, 0x10, 0x20, 0x20 + 0xff0])
    #expect(pages.tried.allSatisfy { $0.range.count == 1 })
  }

  @Test func theFirstThatIsNotThere() {
    // Nothing is mapped so low, where no stack grows either.
    var image = MemoryImage()
    for (range, _) in pages.tried.dropLast() { image.noteFault(at: range.start.value) }
    #expect(
      pages.access(in: image, of: -1) == .fault(at: RemoteAddress(0x1ff0), after: 0))
    #expect(PayloadPages([]).access(in: image, of: -1) == .readable)
  }

  @Test func notAllOfWhatIsTooLong() {
    let long = PayloadPages([IOVector(base: RemoteAddress(0x1000), length: .max)])
    #expect(long.tried.count <= 2049)
    #expect(
      PayloadPages([IOVector(base: RemoteAddress(0x1000), length: 16 << 20)])
        .access(in: MemoryImage(), of: -1) == nil)
  }
}
