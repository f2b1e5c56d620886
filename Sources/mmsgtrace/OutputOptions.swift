import Analysis
import ArgumentParser
import Output

/// The options about what records look like and where they go: the same wherever records come from.
struct OutputOptions: ParsableArguments {
  @Option(
    name: [.customShort("o", allowingJoined: true), .long],
    help: ArgumentHelp(
      "Write there instead (- is stdout); .txt, .jsonl, .json or .pcapng tells the format.",
      valueName: "file"))
  var output: [ArgumentText] = []

  @Option(
    help: ArgumentHelp("Format of an output with no telling ending.", valueName: "format"))
  var format: OutputFormat?

  @OptionGroup var rotation: RotationOptions

  @Option(
    help: ArgumentHelp(
      "Only calls with, say, to=10.0.0.0/8, outcome=partial, bytes>1200; repeatable, all must hold.",
      valueName: "expr"))
  var only: [String] = []

  @Flag(name: .customShort("c"), help: "Add up the trace instead: --format summary.")
  var summary = false

  @Option(
    help: ArgumentHelp("Sort its tables by this column (default: calls).", valueName: "column"),
    transform: SummaryColumn.parse)
  var sort: SummaryColumn?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Show it every so often, not at the end alone.", valueName: "duration"),
    transform: Duration.parse)
  var every: Duration?

  @Flag(help: "Show messages that were not sent in pcapng, too.")
  var unsent = false

  @Flag(name: [.customShort("x"), .customLong("hex")], help: "Show payload as a hex dump.")
  var hex = false

  @Flag(name: .customShort("t"), help: "Show the time of day; -tt with microseconds.")
  var time: Int

  @Flag(name: .customShort("r"), help: "Show the time since the last call.")
  var relative = false

  @Flag(name: [.short, .long], help: "Leave out process events; -qq notes as well.")
  var quiet: Int

  @Flag(name: [.short, .long], help: "Show more: one line per iovec.")
  var verbose = false

  @Option(help: ArgumentHelp("Colour.", valueName: "when"))
  var color: ColorUse = .auto
}

/// What `OutputOptions` say, for `Outputs` to be made of.
struct OutputSettings {
  /// One output.
  struct Destination {
    /// Nil for stderr, "-" for stdout.
    var path: String?
    var format: OutputFormat
  }

  var destinations: [Destination]
  var filter: RecordFilter
  var text: TextFormat.Options
  var summary = SummaryFormat.Options()
  var color: ColorUse
  /// pcapng shows messages that were not sent.
  var unsent: Bool
  /// Nil where files may grow as they will.
  var rotation: FileRotation?
  /// Files take the place of what was there when they are whole.
  var stagesFiles = false

  /// True where one is a file with a name, which may be moved away and is to be made anew then.
  var includesFile: Bool { destinations.contains { $0.path != nil && $0.path != "-" } }

  /// True where one of them is of little use without whole payloads.
  var wantsPayload: Bool { destinations.contains { $0.format == .pcapng } }

  /// True where who looks at stderr sees each process event there.
  var showsProcesses: Bool {
    filter.isEmpty && text.quiet == 0
      && destinations.contains { $0.path == nil && $0.format == .text }
  }

  /// Nothing is written.
  static var none: OutputSettings {
    OutputSettings(
      destinations: [], filter: RecordFilter(), text: TextFormat.Options(), color: .never,
      unsent: false)
  }
}

extension OutputOptions {
  /// Without `--output`, everything goes to `standard`: nil for stderr, "-" for stdout.
  func settings(standard: String?) throws -> OutputSettings {
    let (filter, rotation) = (
      RecordFilter(try only.map(Self.term)), try rotation.rotation(of: output.map(\.text))
    )
    let destinations = destinations(standard: standard)
    if !destinations.contains(where: { $0.format == .summary }) {
      if every != nil { throw ValidationError("--every is of use with -c only") }
      if sort != nil { throw ValidationError("--sort is of use with -c only") }
    }
    return OutputSettings(
      destinations: destinations, filter: filter, text: text,
      summary: summaryOptions, color: color, unsent: unsent, rotation: rotation)
  }

  private static func term(_ text: String) throws -> FilterTerm {
    do throws(PatternError) { return try FilterTerm(text) } catch {
      let column = text.distance(from: text.startIndex, to: error.place.startIndex) + 1
      throw ValidationError("--only '\(text)', column \(column): \(error.what)")
    }
  }

  private func destinations(standard: String?) -> [OutputSettings.Destination] {
    let fallback = format ?? (summary ? .summary : .text)
    var destinations = output.map { path in
      OutputSettings.Destination(
        path: path.text,
        format: format == nil
          ? .expected(at: path.text, else: fallback) : OutputFormat(ending: path.text) ?? fallback)
    }
    // What -c asks for is shown, whatever the files are.
    let isMissing = summary && !destinations.contains { $0.format == .summary }
    if destinations.isEmpty || isMissing {
      destinations.append(
        OutputSettings.Destination(path: standard, format: summary ? .summary : fallback))
    }
    return destinations
  }

  private var summaryOptions: SummaryFormat.Options {
    var options = SummaryFormat.Options()
    options.sort = sort ?? options.sort
    options.interval = every?.nanoseconds
    return options
  }

  private var text: TextFormat.Options {
    var text = TextFormat.Options()
    text.timestamps =
      switch time {
      case 0: relative ? .relative : .none
      case 1: .time
      default: .micro
      }
    text.hex = hex
    text.quiet = quiet
    text.verbose = verbose
    return text
  }
}
