import Testing

@testable import Tracing

/// Pages of the kernel's trace buffers.
@Suite struct SendLengthPageTests {
  static let eventText = """
    name: sock_send_length
    ID: 2284
    format:
    \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
    \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
    \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
    \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

    \tfield:void * sk;\toffset:8;\tsize:8;\tsigned:0;
    \tfield:__u16 family;\toffset:16;\tsize:2;\tsigned:0;
    \tfield:__u16 protocol;\toffset:18;\tsize:2;\tsigned:0;
    \tfield:int ret;\toffset:20;\tsize:4;\tsigned:1;
    \tfield:int flags;\toffset:24;\tsize:4;\tsigned:1;

    print fmt: "sk address = %p", REC->sk
    """
  static let pageText = """
    \tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;
    \tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;
    \tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;
    \tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;
    """

  /// Linux 6.18: two sends with 300 ms between them, the second one refused. Zeros follow.
  static let saved: [UInt8] = bytes(
    """
    b9e3ef0b63010000 5000000000000000
    08000000 ec080000126a0000 008081198188ffff 0200 1100 05000000 00000000 00000000
    3e63ce3c 02000000
    08000000 ec080000126a0000 008081198188ffff 0200 1100 a6ffffff 00000000 00000000
    """)

  static func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }

  let format = SendLengthFormat(event: eventText, page: pageText)

  private func read(
    _ bytes: [UInt8], count: Int? = nil
  ) throws -> (page: SendLengthPage, events: [SendLengthEvent]) {
    var events: [SendLengthEvent] = []
    let page = SendLengthPage(bytes, count: count ?? bytes.count, try #require(format)) {
      events.append($0)
    }
    return (page, events)
  }

  @Test func readsASavedPage() throws {
    let (page, events) = try read(Self.saved + [UInt8](repeating: 0, count: 4000))
    let start: UInt64 = 0x1_630b_efe3b9
    let step: UInt64 = 2 << 27 | 0x3cce633e >> 5
    let socket: UInt64 = 0xffff_8881_1981_8000
    #expect(
      events == [
        SendLengthEvent(time: start, tid: 0x6a12, socket: socket, result: 5),
        SendLengthEvent(time: start + step, tid: 0x6a12, socket: socket, result: -90),
      ])
    #expect(page.isWhole && !page.followsLoss && page.doubt(now: 7) == nil)
    #expect(page.firstTime == start && page.lastTime == start + step)
    // The sends were 300 ms apart.
    #expect((300_000_000..<301_000_000).contains(step))
  }

  @Test func seesThatEventsWereLost() throws {
    var bytes = Self.saved
    // Bit 31, alone or with bit 30: how many is then stored behind the events.
    for flags: UInt8 in [0x80, 0xc0] {
      bytes[11] = flags
      let (page, events) = try read(bytes + [7, 0, 0, 0, 0, 0, 0, 0])
      #expect(page.followsLoss && page.isWhole && events.count == 2)
      #expect(page.doubt(now: .max) == page.firstTime)
    }
  }

  @Test func saysWhereAPageIsCut() throws {
    for count in 0..<Self.saved.count {
      let (page, events) = try read(Self.saved, count: count)
      #expect(!page.isWhole && page.doubt(now: 7) == 7, "\(count) bytes")
      #expect(events.count <= 1)
    }
  }

  /// A page: its time, its events.
  private static func page(_ words: [UInt32]) -> [UInt8] {
    func little(_ words: [UInt32]) -> [UInt8] {
      words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    }
    return little([1000, 0, UInt32(words.count * 4), 0] + words)
  }

  private static let event: [UInt32] = [2284, 77, 1, 0, 0x0011_0002, 9, 0, 0]

  @Test func followsTimeAndPassesOverPadding() throws {
    let (page, events) = try read(
      Self.page(
        // The usual form, 5 ns later; with its length in a word, 7 later.
        [5 << 5 | 8] + Self.event + [7 << 5, 36] + Self.event
          // A discarded event, 3 later; one of another kind, 2 later; a time itself.
          + [3 << 5 | 29, 8, 0] + [2 << 5 | 1, 99] + [50 << 5 | 31, 1] + [0 << 5 | 8] + Self.event
          // The rest of the page, whatever it holds.
          + [29, 0xffff_ffff, 1]))
    #expect(events.map(\.time) == [1005, 1012, 1 << 27 + 50])
    #expect(events.allSatisfy { $0.tid == 77 && $0.result == 9 && $0.socket == 1 })
    #expect(page.isWhole && page.firstTime == 1005)
  }

  @Test func tellsWorkForARingFromASend() throws {
    let text = Self.eventText.replacing("2284", with: "2135").replacing("sk;", with: "tctx;")
    let format = try #require(
      SendLengthFormat(event: Self.eventText, page: Self.pageText, ringWork: text))
    let bytes = Self.page([8] + Self.event + [7 << 5 | 5, 2135, 78, 1, 0, 3])
    var events: [SendLengthEvent] = []
    _ = SendLengthPage(bytes, count: bytes.count, format) { events.append($0) }
    #expect(events.map(\.tid) == [77, 78] && events.map(\.time) == [1000, 1007])
    #expect(events.map(\.result) == [9, nil])
    // Where the kernel has no such event, the number is another's.
    #expect(try read(bytes).events.count == 1)
  }

  @Test func takesNoLengthForGranted() throws {
    for words: [UInt32] in [[8], [0, 0], [0, 3], [0, 0xffff_ffff], [1 << 5 | 29, 0], [30]] {
      let (page, events) = try read(Self.page(words))
      #expect(!page.isWhole && events.isEmpty, "\(words)")
    }
    // Too short for what the format says: not ours.
    let (page, events) = try read(Self.page([1, 2284]))
    #expect(page.isWhole && events.isEmpty)
  }

  @Test func takesOffsetsFromTheFormat() throws {
    let moved = Self.eventText.replacing("ret;\toffset:20", with: "ret;\toffset:24")
    let format = try #require(SendLengthFormat(event: moved, page: Self.pageText))
    var results: [Int32] = []
    _ = SendLengthPage(Self.page([8, 2284, 77, 1, 0, 0, 9, 11, 0]), count: 52, format) {
      results.append($0.result ?? 0)
    }
    #expect(results == [11])
    #expect(format.pageSize == 4096)
  }

  @Test func refusesAFormatThatItDoesNotKnow() {
    for (text, other) in [
      ("ID: 2284", "ID: none"),
      ("common_pid;\toffset:4;\tsize:4", "common_pid;\toffset:4;\tsize:8"),
      ("int ret;", "int length;"),
      ("void * sk;\toffset:8;\tsize:8", "void * sk;\toffset:8;\tsize:2"),
      ("int ret;\toffset:20", "int ret;\toffset:-20"),
    ] {
      let event = Self.eventText.replacing(text, with: other)
      #expect(event != Self.eventText)
      #expect(SendLengthFormat(event: event, page: Self.pageText) == nil, "\(other)")
    }
    #expect(SendLengthFormat(event: Self.eventText, page: "") == nil)
  }
}

/// Names of trace instances.
@Suite struct TraceInstanceNameTests {
  @Test func isReadBack() {
    let name = TraceInstanceName(pid: 4711, startTime: 98765)
    #expect(name.text == "mmsgtrace-4711-98765")
    #expect(TraceInstanceName(name.text) == name)
  }

  @Test func takesNoOtherForOurs() {
    for text in [
      "", "foo", "mmsgtrace", "mmsgtrace-1", "mmsgtrace-1-", "mmsgtrace--1", "mmsgtrace-0-1",
      "mmsgtrace-+1-1", "mmsgtrace-01-1", "mmsgtrace-1-1-1", "xmmsgtrace-1-1", "mmsgtrace-1-1x",
    ] { #expect(TraceInstanceName(text) == nil, "\(text)") }
  }
}
