import Decoding
import Records
import TestSupport
import Testing
import Tracing

@Suite struct RangeListTests {
  struct Row: CustomTestStringConvertible {
    var reason: String
    /// Start and count of each, in the order in which they are asked for.
    var wanted: [(UInt64, Int)]
    var spans: [(UInt64, Int)]
    var testDescription: String { reason }
  }

  private static let top = UInt64.max

  private static let rows: [Row] = [
    Row(reason: "nothing", wanted: [], spans: []),
    Row(reason: "an empty range is none", wanted: [(0x1000, 0)], spans: []),
    Row(reason: "a negative count is none", wanted: [(0x1000, -1)], spans: []),
    Row(reason: "one", wanted: [(0x1000, 8)], spans: [(0x1000, 8)]),
    Row(reason: "equal", wanted: [(0x1000, 8), (0x1000, 8)], spans: [(0x1000, 8)]),
    Row(
      reason: "equal, not one after the other",
      wanted: [(0x1000, 8), (0x9000, 4), (0x1000, 8)], spans: [(0x1000, 8), (0x9000, 4)]),
    Row(reason: "touching", wanted: [(0x1000, 8), (0x1008, 8)], spans: [(0x1000, 16)]),
    Row(reason: "overlapping", wanted: [(0x1000, 8), (0x1004, 8)], spans: [(0x1000, 12)]),
    Row(reason: "one in the other", wanted: [(0x1000, 64), (0x1010, 8)], spans: [(0x1000, 64)]),
    Row(
      reason: "the longer of two that begin together comes last",
      wanted: [(0x1000, 8), (0x1000, 64)], spans: [(0x1000, 64)]),
    Row(
      reason: "the longer of two that begin together comes first",
      wanted: [(0x1000, 64), (0x1000, 8)], spans: [(0x1000, 64)]),
    Row(
      reason: "256 bytes apart are read along", wanted: [(0x1000, 8), (0x1108, 8)],
      spans: [(0x1000, 0x110)]),
    Row(
      reason: "257 are not", wanted: [(0x1000, 8), (0x1109, 8)],
      spans: [(0x1000, 8), (0x1109, 8)]),
    Row(
      reason: "a gap over the end of a page, which both sides touch",
      wanted: [(0x1ff0, 8), (0x2010, 8)], spans: [(0x1ff0, 0x28)]),
    Row(
      reason: "up to the end of a page, and from the next one on",
      wanted: [(0x1f00, 0x100), (0x2000, 8)], spans: [(0x1f00, 0x108)]),
    Row(
      reason: "the gap counts from the furthest end, not from the last one",
      wanted: [(0x1000, 0x1000), (0x1010, 8), (0x2080, 8)], spans: [(0x1000, 0x1088)]),
    Row(
      reason: "descending", wanted: [(0x3000, 8), (0x2000, 8), (0x1000, 8)],
      spans: [(0x1000, 8), (0x2000, 8), (0x3000, 8)]),
    Row(
      reason: "descending and touching", wanted: [(0x1010, 8), (0x1008, 8), (0x1000, 8)],
      spans: [(0x1000, 24)]),
    Row(
      reason: "a chain that closes late", wanted: [(0x1000, 8), (0x1200, 8), (0x1100, 8)],
      spans: [(0x1000, 0x208)]),
    Row(reason: "page 0", wanted: [(0, 16)], spans: [(0, 16)]),
    Row(
      reason: "cut before the very last byte, so that no end wraps around",
      wanted: [(top - 15, 64)], spans: [(top - 15, 15)]),
    Row(
      reason: "two that end there", wanted: [(top - 15, 64), (top - 7, 64)],
      spans: [(top - 15, 15)]),
    Row(
      reason: "the end of the address space is not near its beginning",
      wanted: [(top - 15, 64), (0, 8)], spans: [(0, 8), (top - 15, 15)]),
    Row(reason: "the largest count", wanted: [(top - 7, Int.max)], spans: [(top - 7, 7)]),
  ]

  @Test(arguments: rows)
  func coalesces(_ row: Row) {
    let list = Self.coalesced(row.wanted.map { Self.range($0.0, $0.1) })
    #expect(list.spans == row.spans.map { Self.range($0.0, $0.1) })
    #expect(
      zip(list.requested, list.requested.dropFirst()).allSatisfy { $0.start <= $1.start })
  }

  @Test func resetForgetsEverything() {
    var list = Self.coalesced([Self.range(0x3000, 8), Self.range(0x1000, 8)])
    list.reset()
    #expect(list.requested.isEmpty && list.spans.isEmpty)
    list.want(Self.range(0x2000, 8))
    list.coalesce()
    #expect(list.spans == [Self.range(0x2000, 8)])
    #expect(list.requested == [Self.range(0x2000, 8)])
  }

  @Test func randomRanges() {
    let seed = SeededGenerator.printedSeed(for: "ranges")
    var random = SeededGenerator(seed: seed)
    for round in 0..<3000 {
      let wanted = Self.randomRanges(&random)
      let broken = Self.brokenPromise(Self.coalesced(wanted), of: wanted)
      #expect(broken == nil, "seed \(seed), round \(round): \(wanted)")
      if broken != nil { return }
    }
  }

  /// The search for broken promises finds each of them.
  @Test(
    arguments: [
      ([(0x1000, 8)], "a range is lost"),
      ([(0x1000, 8), (0x3000, 4)], "a range is cut"),
      ([(0x3000, 8), (0x1000, 8)], "descending"),
      ([(0x1000, 8), (0x1004, 8), (0x3000, 8)], "overlapping"),
      ([(0x1000, 0x2008)], "the page between is touched"),
      ([(0xf00, 0x108), (0x3000, 8)], "the page before is touched"),
    ] as [([(UInt64, Int)], String)])
  func theSearchCanFail(spans: [(UInt64, Int)], reason: String) {
    let wanted = [Self.range(0x1000, 8), Self.range(0x3000, 8)]
    let spans = spans.map { Self.range($0.0, $0.1) }
    #expect(Self.brokenPromise(spans, requested: wanted, of: wanted) != nil, "\(reason)")
  }

  private static func range(_ start: UInt64, _ count: Int) -> RemoteRange {
    RemoteRange(start: RemoteAddress(start), count: count)
  }

  private static func coalesced(_ wanted: [RemoteRange]) -> RangeList {
    var list = RangeList()
    for range in wanted { list.want(range) }
    list.coalesce()
    return list
  }

  /// Crowds around a few places, the ends of pages and of the address space among them.
  private static func randomRanges(_ random: inout SeededGenerator) -> [RemoteRange] {
    let places: [UInt64] = [0, 0x1000, 0x1ff8, 0x7f00_0000_0000, top - 0x3000, top - 8]
    var ranges = (0..<Int.random(in: 0...40, using: &random)).map { _ in
      let reach: UInt64 = Bool.random(using: &random) ? 0x200 : 0x4000
      let place = places.randomElement(using: &random) ?? 0
      let start = place.addingReportingOverflow(UInt64.random(in: 0..<reach, using: &random))
      let most = Bool.random(using: &random) ? 64 : 9000
      return range(
        start.overflow ? place : start.partialValue, Int.random(in: 0...most, using: &random))
    }
    switch Int.random(in: 0..<3, using: &random) {
    case 0: ranges.sort { $0.start < $1.start }
    case 1: ranges.sort { $0.start > $1.start }
    default: break
    }
    return ranges
  }

  private static func brokenPromise(_ list: RangeList, of wanted: [RemoteRange]) -> String? {
    brokenPromise(list.spans, requested: list.requested, of: wanted)
  }

  /// What is wrong with some spans, or nil.
  private static func brokenPromise(
    _ spans: [RemoteRange], requested: [RemoteRange], of wanted: [RemoteRange]
  ) -> String? {
    let wanted = wanted.filter { $0.count > 0 && $0.start.value < top }
    for (left, right) in zip(spans, spans.dropFirst()) where end(left) >= right.start.value {
      return "\(right) does not lie behind \(left)"
    }
    for (left, right) in zip(requested, requested.dropFirst()) where left.start > right.start {
      return "what was requested does not ascend"
    }
    for range in wanted where !spans.contains(where: { contains($0, range) }) {
      return "\(range) is in no span"
    }
    let pages = Set(wanted.flatMap { Self.pages($0) })
    for span in spans where !pages.isSuperset(of: Self.pages(span)) {
      return "\(span) touches a page that nothing asked for"
    }
    return nil
  }

  /// The end, cut as `want` cuts it.
  private static func end(_ range: RemoteRange) -> UInt64 {
    let (end, overflow) = range.start.value.addingReportingOverflow(UInt64(range.count))
    return overflow ? top : end
  }

  private static func contains(_ span: RemoteRange, _ range: RemoteRange) -> Bool {
    span.start <= range.start && end(range) <= end(span)
  }

  private static func pages(_ range: RemoteRange) -> ClosedRange<UInt64> {
    range.start.value / 4096...(end(range) - 1) / 4096
  }
}
