import Analysis
package import Records

/// A trace added up: once at its end, or again and again while it runs.
package struct SummaryFormat: RecordFormat {
  package struct Options: Sendable {
    /// Columns to fit lines into; nil for as long as they come.
    package var width: Int?
    package var sort = SummaryColumn.calls
    /// Nanoseconds after which it is shown anew; nil for at the end alone.
    package var interval: UInt64?
    /// Lines of a terminal on which it is drawn over itself; nil where it is written below.
    package var redrawnLines: Int?

    package init() {}
  }

  private var options: Options
  private var summary = TraceSummary()
  var hasDrawn = false

  /// Rows of each table that is not drawn again and again.
  private static let rows = 24

  package init(_ options: Options = Options()) { self.options = options }

  package var writesAtEndOnly: Bool { options.interval == nil }
  package var refreshInterval: UInt64? { options.interval }

  package mutating func fit(columns: Int?, lines: Int?) {
    options.width = columns ?? options.width
    if options.redrawnLines != nil { options.redrawnLines = lines ?? options.redrawnLines }
  }

  package mutating func append(_ event: TraceEvent, to out: inout ByteBuffer) {
    summary.add(event)
  }

  package mutating func refresh(to out: inout ByteBuffer) {
    guard let lines = options.redrawnLines else {
      if hasDrawn { out.append("\n") }
      hasDrawn = true
      return write(rows: Self.rows, to: &out)
    }
    // The cursor stands on the last line.
    draw(picture(ofLines: max(lines - 1, 1)), to: &out)
  }

  package mutating func finish(to out: inout ByteBuffer) {
    if options.redrawnLines != nil, hasDrawn {
      var whole = ByteBuffer()
      write(rows: Self.rows, to: &whole)
      return draw(whole, to: &out)
    }
    if hasDrawn { out.append("\n") }
    write(rows: Self.rows, to: &out)
  }

  /// Writes all of it, but for sections for which there is no room.
  func write(rows: Int, without missing: [SummarySection] = [], to out: inout ByteBuffer) {
    appendTotals(to: &out)
    var hidden: [String] = []
    for section in SummarySection.allCases {
      guard missing.contains(section) else {
        write(section, rows: rows, to: &out)
        continue
      }
      var unseen = ByteBuffer()
      write(section, rows: 1, to: &unseen)
      if !unseen.isEmpty { hidden.append(section.title) }
    }
    guard !hidden.isEmpty else { return }
    out.append("\n")
    line("", "no room for \(hidden.joined(separator: ", "))", to: &out)
  }

  private func write(_ section: SummarySection, rows: Int, to out: inout ByteBuffer) {
    func bars(_ rows: [(name: String, count: UInt64)]) {
      SummaryBars(section.title, rows).write(width: options.width, to: &out)
    }
    func table<Key, Label>(
      _ table: SummaryTable<Key, Label>, _ name: (Label, inout ByteBuffer) -> Void
    ) {
      SummaryTableText(section.title, table, sort: options.sort, maximum: rows, name: name)
        .write(width: options.width, sort: options.sort, to: &out)
    }
    switch section {
    case .outcome: bars(summary.totals.outcomeCounts.map { ($0.outcome.rawValue, $0.calls) })
    case .cause: bars(summary.totals.causeCounts.map { ($0.cause.rawValue, $0.calls) })
    case .errno: bars(summary.errnoCounts.map { ($0.errno.name, $0.calls) })
    case .batchSize:
      let sizes = summary.batches.distribution.filter { $0.calls > 0 }
      bars(sizes.map { (Self.text($0.sizes), $0.calls) })
    case .program: table(summary.programs) { $1.append(printable: $0) }
    case .destination: table(summary.destinations) { $1.append(text: $0) }
    case .socket: table(summary.sockets) { $1.append(text: $0.fd, $0.socket) }
    case .losses:
      guard !summary.losses.isEmpty else { return }
      out.append("\n")
      out.append(verbatim: section.title)
      out.append("\n")
      for losses in summary.losses {
        LossLines(losses).write(width: options.width, to: &out)
      }
    }
  }

  /// A few lines on the whole of it.
  private func appendTotals(to out: inout ByteBuffer) {
    let totals = summary.totals
    out.append(count: totals.calls, "call", "calls")
    if let span = summary.span {
      out.append(" in ")
      out.append(duration: span.upperBound - span.lowerBound)
    }
    out.append("\n")
    if summary.leftOut > 0 {
      let records = summary.leftOut == 1 ? "1 record" : "\(summary.leftOut) records"
      let exception = summary.losses.isEmpty ? "" : ", but for LOSSES, which are of all calls"
      line(
        "  left out  ", "\(records), by a filter: what follows is without them\(exception)",
        to: &out)
    }
    line("  messages  ", "\(totals.messagesAsked) asked, \(totals.messagesSent) sent", to: &out)
    line("  bytes     ", "\(totals.bytesSent) sent", to: &out)
    guard totals.calls > 0 else { return }
    let (asked, sent) = (
      Self.mean(totals.messagesAsked, totals.calls), Self.mean(totals.messagesSent, totals.calls)
    )
    line("  batch     ", "mean \(asked) messages asked, \(sent) sent", to: &out)
    let durations = summary.durations
    guard durations.count > 0 else { return }
    let percentiles = [50, 90, 99].map { percent in
      "p\(percent) \(Self.text(duration: durations.percentile(Double(percent)) ?? 0))"
    }
    let all = percentiles + ["max \(Self.text(duration: durations.maximum))"]
    line("  time      ", all.joined(separator: " "), to: &out)
  }

  private func line(_ label: StaticString, _ text: String, to out: inout ByteBuffer) {
    let indent = label.utf8CodeUnitCount
    out.append(label)
    out.append(wrapped: text.utf8.span, from: indent, indent: indent, width: options.width)
    out.append("\n")
  }

  private static func mean(_ sum: UInt64, _ count: UInt64) -> String {
    text { $0.append(tenths: UInt64((Double(sum) / Double(max(count, 1)) * 10).rounded())) }
  }

  private static func text(duration nanoseconds: UInt64) -> String {
    text { $0.append(duration: nanoseconds) }
  }

  private static func text(_ fill: (inout ByteBuffer) -> Void) -> String {
    var out = ByteBuffer()
    fill(&out)
    return String(decoding: out.bytes, as: UTF8.self)
  }

  private static func text(_ sizes: ClosedRange<UInt64>) -> String {
    sizes.count == 1 ? "\(sizes.lowerBound)" : "\(sizes.lowerBound)-\(sizes.upperBound)"
  }
}
