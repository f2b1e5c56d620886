import Output
import Records
import Testing

/// Lines below a call's first fit a terminal.
@Suite struct WidthTests {
  @Test(arguments: [40, 60, 80, 100, 132])
  func messageLinesFit(_ width: Int) {
    var options = TextFormat.Options()
    options.width = width
    options.verbose = true
    for line in String(decoding: written(Samples.calls, TextFormat(options)), as: UTF8.self)
      .split(separator: "\n") where line.hasPrefix("   ")
    {
      #expect(columns(line) <= width, "\(line)")
    }
  }

  @Test func wideCharactersCountTwice() {
    let wide = String(repeating: "\u{65e5}", count: 40)
    let event = TraceEvent.call(
      Samples.call(
        1, vlen: 1, result: .returned(1), messages: [Samples.message(0, wide, sent: 120)]),
      Verdict(outcome: .complete, asked: 1, sent: 1))
    var options = TextFormat.Options()
    options.width = 80
    let line =
      String(decoding: written([event], TextFormat(options)), as: UTF8.self)
      .split(separator: "\n").last ?? ""
    #expect(line.hasSuffix("\"…"))
    #expect((79...80).contains(columns(line)), "\(columns(line)): \(line)")
  }

  private func columns(_ line: Substring) -> Int {
    line.unicodeScalars.reduce(0) { sum, scalar in
      switch scalar.value {
      case 0x4e00...0x9fff, 0x1f680: sum + 2
      default: sum + 1
      }
    }
  }
}
