import Output
import Reading
import Records
import TestSupport
import Testing

/// What is written and read again is written the same: no byte of a record is lost.
@Suite struct RoundTripTests {
  @Test(arguments: SeededGenerator.seeds)
  func randomRecords(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for round in 0..<1500 {
      let line = lines([random.event()])
      let again = lines(try events(line))
      guard again == line else {
        Issue.record(
          """
          seed \(seed), round \(round):
          \(String(decoding: line, as: UTF8.self))\(String(decoding: again, as: UTF8.self))
          """)
        return
      }
    }
  }

  /// One of each kind of thing there is to see.
  @Test func goldenRecords() throws {
    let golden = try #require(TestTrace.golden)
    #expect(golden.count > 10_000)
    let again = lines(try events(golden))
    let (old, new) = (golden.split(separator: 10), again.split(separator: 10))
    #expect(old.count == new.count)
    for (old, new) in zip(old, new) {
      #expect(String(decoding: old, as: UTF8.self) == String(decoding: new, as: UTF8.self))
    }
    #expect(again == golden)
  }

  /// A reader must not depend on how a pipe cuts its bytes.
  @Test(arguments: [1, 2, 7, 100, 4096])
  func blocksOfAnySize(_ size: Int) throws {
    let golden = try #require(TestTrace.golden)
    #expect(lines(try events(golden, blockSize: size)) == golden)
  }

  /// Text of what was read is the text of what was written, whatever the bytes of a name.
  @Test func textOfBytesThatAreNotUTF8() throws {
    let path: [UInt8] = [0x2f, 0x61, 0xff, 0x62]
    let address = SocketAddress(
      family: .unix, form: .unix(.path(path)), raw: [1, 0] + path + [0])
    let abstract = SocketAddress(
      family: .unix, form: .unix(.abstract([0xfe, 0, 0x61])), raw: [1, 0, 0, 0xfe, 0, 0x61])
    let algorithm = SocketAddress(
      family: .alg, form: .fields([Field("type", .text(Array("hash \u{1b}".utf8)))]), raw: nil)
    for address in [address, abstract, algorithm] {
      var call = TestTrace.call
      call.messages[0].name = address
      let event = TraceEvent.call(call, TestTrace.verdict)
      let read = try events(lines([event]))
      #expect(text(read) == text([event]))
    }
  }
}

/// JSON lines of `events`.
func lines(_ events: [TraceEvent]) -> [UInt8] {
  var format = JSONLinesFormat()
  var out = ByteBuffer()
  for event in events { format.append(event, to: &out) }
  return out.bytes
}

/// `events` as text.
func text(_ events: [TraceEvent], verbose: Bool = false) -> String {
  var options = TextFormat.Options()
  options.verbose = verbose
  var format = TextFormat(options)
  var out = ByteBuffer()
  for event in events { format.append(event, to: &out) }
  return String(decoding: out.bytes, as: UTF8.self)
}

/// What is read of `bytes`.
func events(_ bytes: [UInt8], blockSize: Int = 1 << 20) throws(ReadingError) -> [TraceEvent] {
  let (events, error) = reading(bytes, blockSize: blockSize)
  if let error { throw error }
  return events
}

/// What is read of `bytes` before it ends, and why it ends there.
func reading(
  _ bytes: [UInt8], blockSize: Int = 1 << 20, longestLine: Int = RecordReader.longestLine
) -> ([TraceEvent], ReadingError?) {
  var reader = RecordReader(longestLine: longestLine)
  var events: [TraceEvent] = []
  var start = 0
  do throws(ReadingError) {
    while start < bytes.count {
      let end = min(start + blockSize, bytes.count)
      try reader.read(bytes.span.extracting(start..<end)) { events.append($0) }
      start = end
    }
    try reader.finish { events.append($0) }
    return (events, nil)
  } catch {
    return (events, error)
  }
}
