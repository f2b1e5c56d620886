import Records
import TestSupport
import Testing

@testable import Output

/// No byte of a tracee's acts on a terminal, in any format and with any options.
@Suite struct HostileTextTests {
  /// The first thing in `bytes` that a terminal would act on; newlines are ours.
  private func danger(in bytes: [UInt8], isColored: Bool = false) -> String? {
    guard var text = String(validating: bytes, as: UTF8.self) else { return "not UTF-8" }
    if isColored {
      for sequence in ["31", "32", "2", "0"] {
        text = text.split(separator: "\u{1b}[\(sequence)m", omittingEmptySubsequences: false)
          .joined()
      }
    }
    for scalar in text.unicodeScalars where scalar != "\n" {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: return "control U+\(scalar.value)"
      default: break
      }
      if scalar.properties.isBidiControl { return "bidi control U+\(scalar.value)" }
    }
    return nil
  }

  @Test func theCheckSeesWhatItIsFor() {
    for planted in ["\u{1b}[2J", "\u{9b}2J", "\u{202e}", "\u{2067}", "\u{61c}", "\r", "\u{7f}"] {
      #expect(danger(in: Array("a\(planted)b".utf8)) != nil, "\(Array(planted.unicodeScalars))")
    }
    #expect(danger(in: [0xff]) != nil)
    #expect(danger(in: Array("\u{1b}[31mred\u{1b}[0m\u{1b}[5m".utf8), isColored: true) != nil)
    #expect(danger(in: Array("\u{1b}[31mred\u{1b}[0m".utf8), isColored: true) == nil)
  }

  @Test(arguments: SeededGenerator.seeds)
  func textIsHarmless(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for round in 0..<1500 {
      var options = TextFormat.Options()
      options.hex = Bool.random(using: &random)
      options.verbose = Bool.random(using: &random)
      options.color = Bool.random(using: &random)
      options.width = random.maybe { Int.random(in: 1...120, using: &$0) }
      options.utcOffset = random.number()
      options.timestamps = [.none, .time, .micro, .relative].randomElement(using: &random) ?? .none
      let bytes = written([random.event(), random.event()], TextFormat(options))
      if let danger = danger(in: bytes, isColored: options.color) {
        Issue.record("seed \(seed), round \(round): \(danger)")
        return
      }
    }
  }

  @Test(arguments: SeededGenerator.seeds)
  func summariesAreHarmlessAndFit(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for round in 0..<25 {
      var options = SummaryFormat.Options()
      let width = Int.random(in: 40...120, using: &random)
      options.width = width
      options.sort = SummaryColumn.allCases.randomElement(using: &random) ?? .name
      var format = SummaryFormat(options)
      var out = ByteBuffer()
      for _ in 0..<30 { format.append(random.event(), to: &out) }
      format.finish(to: &out)
      if let danger = danger(in: out.bytes) {
        Issue.record("seed \(seed), round \(round): \(danger)")
        return
      }
      for line in out.bytes.split(separator: UInt8(ascii: "\n"))
      where Array(line).span.columns > width {
        Issue.record("seed \(seed), round \(round): \(String(decoding: line, as: UTF8.self))")
        return
      }
    }
  }

  /// Wild records make whole packets, or none, and no trap.
  @Test(arguments: SeededGenerator.seeds)
  func packetsAreWholeBlocks(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for round in 0..<200 {
      let bytes = written(
        [random.event(), random.event()],
        PcapngFormat(includesUnsent: Bool.random(using: &random)))
      var place = 0
      while place + 12 <= bytes.count {
        let length = bytes[place + 4..<place + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length >= 12, length % 4 == 0 else { break }
        place += length
      }
      #expect(place == bytes.count, "seed \(seed), round \(round)")
    }
  }

  @Test(arguments: SeededGenerator.seeds)
  func jsonIsHarmlessAndStrict(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for round in 0..<1500 {
      let bytes = written([random.event()], JSONLinesFormat())
      #expect(bytes.last == UInt8(ascii: "\n"))
      if let danger = danger(in: bytes) {
        Issue.record("seed \(seed), round \(round): \(danger)")
        return
      }
      #expect(bytes.dropLast().firstIndex(of: UInt8(ascii: "\n")) == nil)
      do { _ = try JSONValue(Array(bytes.dropLast())) } catch {
        Issue.record("seed \(seed), round \(round): \(error)")
        return
      }
    }
  }

  /// A line of text may hold nothing that another line could be made of.
  @Test func newlinesDoNotForgeLines() {
    let forged = ProcessEvent(
      time: 0, kind: .exec, pid: 1, tid: 1, comm: "x\n[pid 1] exited with 0")
    let lines = String(decoding: written([.process(forged)], TextFormat()), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines == [#"[pid 1] exec "x\n[pid 1] exited with 0""#])
  }

  @Test(arguments: [
    ("onetwo", #""onetwo""#), ("a\nb\tc\rd", #""a\nb\tc\rd""#), ("q\"\\", #""q\"\\""#),
    ("\u{1b}[0m\u{0}", #""\x1b[0m\x00""#), ("\u{202e}", #""\xe2\x80\xae""#),
    ("Gr\u{fc}\u{df}e", "\"Gr\u{fc}\u{df}e\""), ("\u{9b}", #""\xc2\x9b""#),
    ("\u{200d}\u{feff}", #""\xe2\x80\x8d\xef\xbb\xbf""#),
  ])
  func payloadIsShownLikeACString(_ payload: String, _ shown: String) {
    let event = TraceEvent.call(
      Samples.call(
        1, vlen: 1, result: .returned(1), messages: [Samples.message(0, payload, sent: 1)]),
      Verdict(outcome: .complete, asked: 1, sent: 1))
    let text = String(decoding: written([event], TextFormat()), as: UTF8.self)
    #expect(text.hasSuffix("   \(shown)\n"), "\(text)")
  }
}
