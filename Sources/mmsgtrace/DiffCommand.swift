import Analysis
import ArgumentParser
import Glibc
import Output
import Records

/// Compares the shapes of two saved traces.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare what two runs did: programs, destinations, batches, outcomes.",
    usage: "mmsgtrace diff [options] BASE NEW",
    discussion: """
      Says nothing where two saved traces have the same shape. Exit status: 0 the same, \
      1 they differ, 64 bad usage, 65 a trace that is not whole, or not comparable. See \
      mmsgtrace(1).
      """)

  @Option(
    help: ArgumentHelp(
      "How far counts may differ from those of BASE: 10%.", valueName: "percent"),
    transform: TolerancePercent.parse)
  var tolerance: TolerancePercent?

  @Option(help: ArgumentHelp("Format of what is said.", valueName: "format"))
  var format: DifferenceFormat = .text

  @Argument(help: ArgumentHelp("A saved trace; - is stdin.", valueName: "base"))
  var base: ArgumentText

  @Argument(help: ArgumentHelp("The one to compare with it.", valueName: "new"))
  var new: ArgumentText

  func run() throws {
    Standard.reserve()
    _ = signal(SIGPIPE, SIG_IGN)
    if base.text == "-", new.text == "-" {
      throw ValidationError("stdin cannot be read twice")
    }
    let traces = SavedTraces([base.text, new.text])
    var progress = ProgressLine(isShown: true, total: traces.size)
    var isWhole = true
    let shapes = try traces.all.map { try Self.shape(of: $0, &isWhole, &progress) }
    let tolerance = self.tolerance?.tolerance ?? .none
    let comparison = ShapeComparison(shapes[0], shapes[1], tolerance: tolerance)
    if let blind = comparison.blindRun {
      let (name, other) = blind == .base ? (base.text, new.text) : (new.text, base.text)
      Diagnostics.say(
        "\(name): traced without --watch-retries, and \(other) with it: what became of unsent"
          + " messages is left out as far as that may be why it differs")
    }
    guard !comparison.differences.isEmpty else {
      if !isWhole || comparison.blindRun != nil { Glibc.exit(Failure.Status.unreadable) }
      return
    }
    let report = ShapeReport(comparison.differences, tolerance: tolerance)
    var text = ByteBuffer()
    switch format {
    case .text: report.appendText(to: &text)
    case .json: report.appendJSON(to: &text)
    }
    try Standard.print(String(decoding: text.bytes, as: UTF8.self))
    // What is missing may be what differs.
    Glibc.exit(isWhole ? Failure.Status.different : Failure.Status.unreadable)
  }

  /// All of it: a part has another shape than the whole. Says what is missing, a line each.
  private static func shape(
    of trace: SavedTrace, _ isWhole: inout Bool, _ progress: inout ProgressLine
  ) throws(Failure) -> TraceShape {
    var sink = ShapeSink()
    var wholeness = TraceWholeness()
    let end = trace.read(into: &sink, &wholeness, &progress)
    progress.clear()
    guard !end.isFailure || sink.hasRecords else {
      let text = "\(trace.name): \(end.remarks.joined(separator: "; "))"
      throw Failure(text: text, status: Failure.Status.unreadable)
    }
    for remark in end.remarks { Diagnostics.say("\(trace.name): \(remark)") }
    wholeness.finish()
    // Where it was not read to its end there is none, which has been said.
    let gaps = wholeness.gaps.filter { !end.isFailure || $0 != .end }
    for gap in gaps { Diagnostics.say("\(trace.name): \(gap.rawValue)") }
    isWhole = isWhole && !end.isFailure && gaps.isEmpty
    return sink.shape
  }
}

/// Takes a saved trace for its shape.
private struct ShapeSink: TraceSink {
  var shape = TraceShape()
  var hasRecords = false
  var isOpen: Bool { true }

  mutating func enter(_ trace: SavedTrace) {}
  mutating func append(_ event: TraceEvent) {
    hasRecords = true
    shape.add(event)
  }
  mutating func flush() {}
  mutating func flushIfDue() {}
}

/// The formats that differences have.
enum DifferenceFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
}

/// A part of a count: `10%`, `0.5%`.
struct TolerancePercent: ExplainedValue {
  var tolerance: ShapeTolerance

  init?(argument: String) {
    let parts = argument.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    guard argument.hasSuffix("%"), let first = parts.first, parts.count <= 2,
      let whole = UInt64(first), whole <= 1_000_000
    else { return nil }
    var hundredths: UInt64 = 0
    if parts.count == 2 {
      guard (1...2).contains(parts[1].count), parts[1].allSatisfy({ $0.isASCII && $0.isNumber }),
        let digits = UInt64(parts[1])
      else { return nil }
      hundredths = parts[1].count == 1 ? digits * 10 : digits
    }
    tolerance = ShapeTolerance(basisPoints: whole * 100 + hundredths)
  }

  static func requirement(unmetBy text: String) -> String {
    "it is a number with the sign %, such as 10% or 0.5%"
  }
}
