import Reading
import Records
import TestSupport
import Testing

/// Files that are no trace, or no longer one: everything readable before the place is read, and the
/// place is named.
@Suite struct MalformedTests {
  private static let good = String(
    decoding: lines([TestTrace.start, TestTrace.event]), as: UTF8.self)

  @Test func kindsBeyondCountAreOne() throws {
    var reader = RecordReader()
    let lines = (0..<1000).map { "{\"kind\":\"k\($0)\"}\n" }.joined()
    try reader.read(Array(lines.utf8).span) { _ in }
    #expect(reader.progress.unknownKinds.count == 17)
    #expect(reader.progress.unknownKinds["…"] == 984)
  }

  @Test(arguments: [
    ("", 0, "there is no record in it"),
    ("\n\n", 0, "there is no record in it"),
    ("root:x:0:0\n", 0, "line 1: not a trace of mmsgtrace: the first line is no record"),
    ("{\"a\":1}\n", 0, "line 1: not a trace of mmsgtrace: the first line is no record"),
    (
      "\u{1f}x\n", 0,
      "line 1: not a trace of mmsgtrace: it may be compressed: try zcat FILE | mmsgtrace show -"
    ),
    (
      "[pid 1] exited\n", 0,
      "line 1: not a trace of mmsgtrace: it may be a trace as text: only JSON lines can be read"
        + " again"
    ),
    (
      "\u{7f}ELF\u{2}\n", 0,
      "line 1: not a trace of mmsgtrace: it is a program: mmsgtrace [options] -- COMMAND traces that"
    ),
    (
      "#!/bin/sh\n", 0,
      "line 1: not a trace of mmsgtrace: it is a program: mmsgtrace [options] -- COMMAND traces that"
    ),
    (
      "\n\r\r\n\u{1c}\0\0\0M<+\u{1a}\u{1}", 0,
      "line 3: not a trace of mmsgtrace: it may be pcapng: Wireshark reads that"
    ),
    (
      "\n\r\r\n\0\0\0\u{1c}\u{1a}+<M\0\u{1}", 0,
      "line 3: not a trace of mmsgtrace: it may be pcapng: Wireshark reads that"
    ),
    (good + "root:x:0:0\n", 2, "line 3, column 1: expected {"),
    (good + "{}\n", 2, "line 3, column 1: \"kind\" is missing"),
    (good + "{\"kind\":\"call\"}\n", 2, "line 3, column 1: \"seq\" is missing"),
    (good + "{\"kind\":\"call\",\"seq\":\"7\"}\n", 2, "line 3, column 22: expected a number"),
    (good + "{\"kind\":\"call\",\"seq\":7.5}\n", 2, "line 3, column 23: expected a whole number"),
    (
      good + "{\"kind\":\"call\",\"pid\":2147483648}\n", 2,
      "line 3, column 22: the number is out of range"
    ),
    (
      good + "{\"kind\":\"call\",\"seq\":7", 2,
      "line 3: cut off in the middle: the records before it were read"
    ),
    (good + "{\"kind\":\"call\",\"seq\":7\n", 2, "line 3, column 23: it is cut off"),
    (good + "{", 2, "line 3: cut off in the middle: the records before it were read"),
    (
      good + "{\"kind\":\"process\",\"abi\":\"z80\"}\n", 2,
      "line 3, column 25: \"z80\" is not known here"
    ),
    (
      good.replacing("\"schema\":1", with: "\"schema\":2"), 0,
      "line 1: schema 2 is newer than this version reads, which is 1: a newer mmsgtrace is needed"
    ),
    (
      good + "{\"kind\":\"x\",\"y\":" + String(repeating: "[", count: 100_000) + "\n", 2,
      "line 3, column 80: it is nested too deep"
    ),
  ])
  func saysWhatIsWrong(_ file: String, _ readable: Int, _ message: String) {
    let (events, error) = reading(Array(file.utf8))
    #expect(events.count == readable)
    #expect(error?.description == message)
  }

  /// A file may be cut after any of its bytes.
  @Test func cutAnywhere() throws {
    let file = lines([TestTrace.start, TestTrace.event, TestTrace.end])
    let ends = file.indices.filter { file[$0] == 10 }
    for length in 1..<file.count {
      let (events, error) = reading(Array(file.prefix(length)))
      let whole = ends.count { $0 < length }
      // Without its newline the last record is whole all the same.
      let isWhole = ends.contains(length) || ends.contains(length - 1)
      #expect(events.count == whole + (ends.contains(length) ? 1 : 0), "\(length)")
      #expect(isWhole ? error == nil : error?.reason == .cutOff, "\(length): \(error as Any)")
    }
  }

  @Test func linesHaveALimit() {
    let file = lines([TestTrace.start]) + [UInt8](repeating: 0x20, count: 5000)
    let (events, error) = reading(file, blockSize: 100, longestLine: 4096)
    #expect(events.count == 1)
    #expect(error?.reason == .lineTooLong(4096))
    #expect(error?.line == 2)
  }

  /// A newer version may add keys, kinds of records and codes of notes within a schema.
  @Test func whatIsNewIsPassedOver() throws {
    var reader = RecordReader()
    var events: [TraceEvent] = []
    let file = Self.good.replacing(
      "\"kind\":\"call\",",
      with: "\"kind\":\"call\",\"new\":{\"a\":[1,-2.5e3,{\"b\":null}],\"c\":\"\\\"\\\\\"},")
    try reader.read(Array((file + "{\"kind\":\"new\",\"a\":[]}\n").utf8).span) { events.append($0) }
    try reader.finish { events.append($0) }
    #expect(lines(events) == Array(Self.good.utf8))
    #expect(reader.progress.unknownKinds == ["new": 1])
  }

  /// Keys that were added within schema 1 are not in the files of older versions.
  @Test func whatIsOldIsRead() throws {
    let old = Self.good.replacing("\"effective_dontwait\":null,", with: "")
      .replacing("\"segmentation\":null,", with: "")
      .replacing(",\"unreadable\":null,\"mutated\":null", with: "")
      .replacing(",\"hint\":null", with: "")
    #expect(old.utf8.count < Self.good.utf8.count - 50)
    #expect(lines(try events(Array(old.utf8))) == Array(Self.good.utf8))
  }

  /// `jq -S` sorts keys and other programs put blanks between them.
  @Test func keysInAnyOrder() throws {
    let line = """
      {"why": "w", "time": "2026-11-21T03:12:45Z", "tid": 2, "kind": "process", "pid" : 1, \
      "event": "killed", "signal": "SIGRTMIN+3"}

      """
    let read = try events(Array(line.utf8))
    #expect(
      lines(read)
        == lines([
          .process(
            ProcessEvent(
              time: TestTrace.time / 1_000_000_000 * 1_000_000_000, kind: .killed, pid: 1, tid: 2,
              signal: Signal(rawValue: 37), why: "w"))
        ]))
  }
}
