import Decoding
import Records
import Testing

@Suite struct MemoryImageTests {
  /// 0x1000…0x100f and 0x1010…0x101f (joined), 0x3000…0x3003; pages 2 and 5 fault, and page 7
  /// was not for us to read.
  private static let image: MemoryImage = {
    var image = MemoryImage()
    image.append((0..<16).map { UInt8($0) }, from: 0x1000)
    image.append((16..<32).map { UInt8($0) }, from: 0x1010)
    image.append([100, 101, 102, 103], from: 0x3000)
    image.noteFault(at: 0x2345)
    image.noteFault(at: 0x2fff)
    image.noteFault(at: 0x5000)
    image.noteWithheld(at: 0x7123)
    image.noteWithheld(at: 0x7fff)
    return image
  }()

  @Test func neighboursBecomeOneSpan() {
    #expect(Self.image.spans.count == 2)
    #expect(Self.image.unreadablePages == [2, 5] && Self.image.withheldPages == [7])
    #expect(!Self.image.isWhole)
  }

  @Test(
    arguments: [
      (0x1000, 32, 0..<32, .nothing, "a whole span, put together from two"),
      (0x1008, 16, 8..<24, .nothing, "across the seam"),
      (0x101f, 1, 31..<32, .nothing, "its last byte"),
      (0x1010, 17, 16..<32, .budget, "one byte beyond, in a page that is readable"),
      (0x1020, 1, 0..<0, .budget, "behind it"),
      (0x0fff, 2, 0..<0, .budget, "begins before it: what is first is missing"),
      (0x2000, 8, 0..<0, .fault(RemoteAddress(0x2000)), "in a bad page"),
      (0x2ffe, 8, 0..<0, .fault(RemoteAddress(0x2ffe)), "the end of a bad page"),
      (0x3000, 4, 32..<36, .nothing, "the second span"),
      (0x3003, 2, 35..<36, .budget, "beyond the second span"),
      (0x5fff, 1, 0..<0, .fault(RemoteAddress(0x5fff)), "the last bad page"),
      (0x6000, 1, 0..<0, .budget, "behind all faults"),
      (0x7123, 1, 0..<0, .withheld(RemoteAddress(0x7123)), "in a page that is not for us"),
      (0x8000, 1, 0..<0, .budget, "behind all"),
      (0, 1, 0..<0, .budget, "before all"),
      (
        UInt64.max, 8, 0..<0, .fault(RemoteAddress(.max)),
        "no program has anything in the last page of all"
      ),
    ] as [(UInt64, Int, Range<Int>, MemoryImage.Missing, Comment)])
  func extents(
    start: UInt64, count: Int, bytes: Range<Int>, missing: MemoryImage.Missing, reason: Comment
  ) {
    let extent = Self.image.extent(of: RemoteRange(start: RemoteAddress(start), count: count))
    #expect(extent.bytes.count == bytes.count, reason)
    if !bytes.isEmpty { #expect(extent.bytes == bytes, reason) }
    #expect(extent.missing == missing, reason)
  }

  @Test func aSpanThatEndsInABadPage() {
    var image = MemoryImage()
    image.append([1, 2], from: 0x1ffe)
    image.noteFault(at: 0x2000)
    let extent = image.extent(of: RemoteRange(start: RemoteAddress(0x1ffe), count: 4))
    #expect(extent.bytes == 0..<2)
    #expect(extent.missing == .fault(RemoteAddress(0x2000)))
  }

  @Test func resetForgetsEverything() {
    var image = Self.image
    image.reset()
    #expect(image.isWhole)
    #expect(image.bytes.isEmpty && image.spans.isEmpty && image.unreadablePages.isEmpty)
    image.append([9], from: 0x10)
    #expect(image.spans == [MemoryImage.Span(start: 0x10, count: 1, offset: 0)])
  }
}
