import Analysis
import Records
import Testing

@testable import Output

@Suite struct SummaryTests {
  private func summary(
    _ events: [TraceEvent] = Samples.all, _ change: (inout SummaryFormat.Options) -> Void = { _ in }
  ) -> [UInt8] {
    var options = SummaryFormat.Options()
    options.width = 80
    change(&options)
    var format = SummaryFormat(options)
    var out = ByteBuffer()
    for event in events { format.append(event, to: &out) }
    #expect(out.isEmpty, "something was written before the end")
    format.finish(to: &out)
    return out.bytes
  }

  private func lines(_ bytes: [UInt8]) -> [Substring] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
  }

  @Test func golden() {
    TestFiles.expect(summary(), matchesGolden: "summary-80.txt")
  }

  /// Clients are told apart by their ports alone: many are one line, behind those that lost more.
  @Test func manyPortsAreOneLine() {
    var losses = Losses()
    losses.causes = [(.error, 9)]
    losses.rows = (1...6).map { Self.row(40000 + $0, 2) }
    losses.rows.insert(Self.row(9999, 7, of: "other"), at: 0)
    losses.rows.append(Losses.Row(program: "", destination: nil))
    let told = lossLines(losses)
    #expect(
      told.dropFirst().dropLast() == [
        "   app → 127.0.0.1, 6 ports: 12 messages never sent",
        "   other → 127.0.0.1:9999: 7 messages never sent",
        "   others: no message is known to be lost",
      ], "\(told)")
    losses.rows = [Self.row(40000, 1), Self.row(40001, 1)]
    #expect(lossLines(losses).count == 4)
  }

  private func lossLines(_ losses: Losses) -> [Substring] {
    var out = ByteBuffer()
    LossLines(losses).write(width: nil, to: &out)
    return lines(out.bytes)
  }

  private static func row(
    _ port: UInt16, _ dropped: UInt64, of program: String = "app"
  ) -> Losses.Row {
    var row = Losses.Row(program: program, destination: Samples.loopback(port))
    row.counts.dropped = dropped
    return row
  }

  @Test func withoutACall() {
    #expect(
      String(decoding: summary([]), as: UTF8.self)
        == "0 calls\n  messages  0 asked, 0 sent\n  bytes     0 sent\n")
  }

  @Test(arguments: [40, 60, 80, 120]) func linesFit(_ width: Int) {
    for line in lines(summary { $0.width = width }) {
      #expect(Array(line.utf8).span.columns <= width, "\(line)")
    }
  }

  /// By each column the values fall from row to row.
  @Test(arguments: SummaryColumn.allCases) func sorts(_ column: SummaryColumn) {
    let text = summary {
      $0.sort = column
      $0.width = nil
    }
    let table = lines(text).split(separator: "").first { $0.first?.hasPrefix("SOCKET") == true }
    guard let table = table.map(Array.init), column != .name else {
      #expect(table != nil)
      return
    }
    let place = SummaryColumn.allCases.firstIndex(of: column) ?? 0
    let cells = table.dropFirst().map { line in
      line.split(separator: " ").suffix(SummaryColumn.allCases.count - 1)
        .dropFirst(place - 1).first.map { UInt64($0.filter(\.isNumber)) ?? 0 } ?? 0
    }
    #expect(cells.count > 3)
    #expect(cells == cells.sorted(by: >), "\(cells)")
  }

  @Test func aTerminalIsDrawnOverAndHoldsThePicture() {
    var options = SummaryFormat.Options()
    options.width = 80
    options.redrawnLines = 10
    options.interval = 1
    var format = SummaryFormat(options)
    var out = ByteBuffer()
    for event in Samples.all { format.append(event, to: &out) }
    format.refresh(to: &out)
    let first = String(decoding: out.bytes, as: UTF8.self)
    #expect(first.hasPrefix("\u{1b}[2J\u{1b}[H\u{1b}[K13 calls"))
    out.clear()
    format.refresh(to: &out)
    // Line by line: what is cleared at once may stay among the lines that have scrolled away.
    let second = String(decoding: out.bytes, as: UTF8.self)
    #expect(second.hasPrefix("\u{1b}[H\u{1b}[K13 calls") && second.hasSuffix("\n\u{1b}[J"))
    #expect(second.split(separator: "\u{1b}[J").count == 1)
    #expect(second.split(separator: "\n").dropLast().allSatisfy { $0.contains("\u{1b}[K") })
  }

  /// Whatever does not fit is named, down to where the sums alone have room.
  @Test(arguments: [9, 12, 24, 30, 40, 60, 70, 200]) func thePictureFitsTheTerminal(_ lines: Int) {
    var options = SummaryFormat.Options()
    options.width = 80
    options.redrawnLines = lines
    options.interval = 1
    var format = SummaryFormat(options)
    var out = ByteBuffer()
    for event in Samples.all { format.append(event, to: &out) }
    format.refresh(to: &out)
    let text = String(decoding: out.bytes, as: UTF8.self)
    #expect(text.count { $0 == "\n" } < lines)
    let titles = SummarySection.allCases.map(\.title)
    let missing = titles.filter { title in
      !["\n", " "].contains { text.contains("\u{1b}[K\(title)\($0)") }
    }
    #expect(missing.allSatisfy { text.contains($0) })
    #expect(text.contains("no room for") == !missing.isEmpty)
    #expect(missing.isEmpty == (lines >= 70), "\(missing)")
  }

  @Test func tablesOfShortNamesFit() {
    var table = SummaryTable<String, String>()
    for number in 1...3 as ClosedRange<UInt64> {
      table.count("q", "q") {
        $0.add(
          call: number, isShort: false, duration: 450_000 * number, messages: 4 * number,
          sent: number, bytes: 72_000 * number)
      }
    }
    for width in 30...100 {
      var out = ByteBuffer()
      SummaryTableText("PROGRAM", table, sort: .calls, maximum: 8) { $1.append(verbatim: $0) }
        .write(width: width, sort: .calls, to: &out)
      let lines = String(decoding: out.bytes, as: UTF8.self).split(separator: "\n")
      #expect(lines.count == 2 && lines.allSatisfy { $0.count <= width }, "\(width): \(lines)")
    }
  }

  /// Addresses of one network differ at their end.
  @Test func namesKeepTheirEnds() {
    let text = String(decoding: summary { $0.width = 40 }, as: UTF8.self)
    #expect(text.contains("…"))
    for line in text.split(separator: "\n") where line.contains("…") {
      #expect(line.split(separator: "…").last?.first?.isWhitespace == false, "\(line)")
    }
  }

  @Test func elsewhereItIsRepeated() {
    var format = SummaryFormat()
    var out = ByteBuffer()
    format.refresh(to: &out)
    format.finish(to: &out)
    let once = "0 calls\n  messages  0 asked, 0 sent\n  bytes     0 sent\n"
    #expect(String(decoding: out.bytes, as: UTF8.self) == once + "\n" + once)
  }

  @Test(
    arguments: [
      (999, "999ns"), (1000, "1.00µs"), (65_000, "65.0µs"), (999_999, "999µs"),
      (1_234_567, "1.23ms"), (2_500_000_000, "2.50s"), (.max, "999s"),
    ] as [(UInt64, String)])
  func durations(_ nanoseconds: UInt64, _ text: String) {
    var out = ByteBuffer()
    out.append(duration: nanoseconds)
    #expect(String(decoding: out.bytes, as: UTF8.self) == text)
  }

  @Test func largestAmount() {
    var out = ByteBuffer()
    out.append(amount: .max)
    #expect(String(decoding: out.bytes, as: UTF8.self) == "18.4E")
  }
}
