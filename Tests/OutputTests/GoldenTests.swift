import Output
import Records
import Testing

/// What the formats write for known records, as files to read.
@Suite struct GoldenTests {
  private func text(
    _ events: [TraceEvent] = Samples.all, _ change: (inout TextFormat.Options) -> Void = { _ in }
  ) -> [UInt8] {
    var options = TextFormat.Options()
    change(&options)
    return written(events, TextFormat(options))
  }

  @Test func jsonLines() {
    TestFiles.expect(written(Samples.all, JSONLinesFormat()), matchesGolden: "records.jsonl")
  }

  @Test func plainText() { TestFiles.expect(text(), matchesGolden: "plain.txt") }

  @Test func textOf80Columns() {
    TestFiles.expect(text { $0.width = 80 }, matchesGolden: "width-80.txt")
  }

  @Test func textOf40Columns() {
    TestFiles.expect(text { $0.width = 40 }, matchesGolden: "width-40.txt")
  }

  @Test func verboseText() {
    TestFiles.expect(text { $0.verbose = true }, matchesGolden: "verbose.txt")
  }

  @Test func hexDump() {
    TestFiles.expect(text(Samples.calls) { $0.hex = true }, matchesGolden: "hex.txt")
  }

  @Test func coloredText() {
    TestFiles.expect(text(Samples.calls) { $0.color = true }, matchesGolden: "color.txt")
  }

  @Test func schema() {
    TestFiles.expect(Array(TraceSchema.text.utf8), matchesGolden: "schema.json")
  }

  /// The picture in the documentation is what the program writes.
  @Test func picture() {
    let lines = String(decoding: text([Samples.partial, Samples.followUps[0]]), as: UTF8.self)
      .split(separator: "\n").map(String.init)
    #expect(
      lines == [
        "[pid 4713] sendmmsg(3<UDP:[127.0.0.1:40000]>, 5 messages, MSG_NOSIGNAL) = 3 "
          + "<0.000065>  PARTIAL 3 of 5, call 7",
        #"   0 → 127.0.0.1:9999  6 B in 2    sent 6   "onetwo""#,
        #"   1 → 127.0.0.1:9999  6 B         sent 6   "three!""#,
        #"   2 → 127.0.0.1:9999  4 B         sent 4   "four""#,
        "   3 → 127.0.0.1:9999  70000 B     FAILED   EMSGSIZE (certain): payload of 70000 bytes is "
          + "over 65507, the most an IPv4 UDP datagram carries",
        "   4 → 127.0.0.1:9999  20 B        not attempted",
        "[pid 4713] call 7 was followed up by call 9: message 3 was skipped, never sent",
      ])
  }

  @Test(arguments: [
    (TextFormat.Timestamps.time, "[pid 4713] 03:12:45 sendmmsg("),
    (.micro, "[pid 4713] 03:12:45.130456 sendmmsg("),
    (.relative, "[pid 4713]      0.000000 sendmmsg("),
  ])
  func timestamps(_ timestamps: TextFormat.Timestamps, _ start: String) {
    let bytes = text([Samples.partial]) { $0.timestamps = timestamps }
    let line = String(decoding: bytes, as: UTF8.self)
    #expect(line.hasPrefix(start), "\(line)")
  }

  @Test func timeOfDayIsLocal() {
    let line = String(
      decoding: text([Samples.partial]) {
        $0.timestamps = .time
        $0.utcOffset = -4 * 3600
      }, as: UTF8.self)
    #expect(line.hasPrefix("[pid 4713] 23:12:45 "))
  }

  @Test func relativeTimeCountsFromTheLastCall() {
    let both = String(
      decoding: text(Array(Samples.calls.prefix(2))) { $0.timestamps = .relative }, as: UTF8.self)
    #expect(both.contains("\n[pid 4713]      0.001000 sendmmsg("))
  }

  @Test func quietLevels() {
    let quiet = String(decoding: text { $0.quiet = 1 }, as: UTF8.self)
    #expect(!quiet.contains("exec"))
    #expect(quiet.contains("note"))
    #expect(!String(decoding: text { $0.quiet = 2 }, as: UTF8.self).contains("note"))
  }
}

/// What a format makes of events, as bytes.
func written(_ events: [TraceEvent], _ format: consuming some RecordFormat) -> [UInt8] {
  var format = format
  var out = ByteBuffer()
  for event in events { format.append(event, to: &out) }
  return out.bytes
}
