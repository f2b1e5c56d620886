import ArgumentParser
import Glibc
import Output

/// Shows saved traces, in any format and filtered.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show saved traces: JSON lines as text, or filtered.",
    usage: "mmsgtrace show [options] FILE ...",
    discussion: """
      Writes to stdout what tracing would have written. Exit status: 64 bad usage, 65 a \
      file that cannot be read to its end, 125 output that was lost. See mmsgtrace(1).
      """)

  @OptionGroup var output: OutputOptions

  @Argument(help: ArgumentHelp("Saved traces; - is stdin.", valueName: "file"))
  var files: [ArgumentText]

  func run() throws {
    let settings = try output.settings(standard: "-")
    Standard.reserve()
    // A reader that has seen enough is no reason to die.
    _ = signal(SIGPIPE, SIG_IGN)
    let traces = files.map { SavedTrace(path: $0.text) }
    var outputs = try Outputs(settings)
    if let name = traces.first(where: { $0.isWritten(by: outputs) })?.name {
      outputs.discard()
      throw Failure(
        text: "\(name): it is to be read and written at once", status: Failure.Status.usage)
    }
    let isReadable = Self.show(traces, in: &outputs, quiet: settings.text.quiet)
    outputs.tellFailures()
    if outputs.lost > 0 { Glibc.exit(Failure.Status.ours) }
    if !isReadable { Glibc.exit(Failure.Status.unreadable) }
  }

  /// Shows what can be read; false where that is not all.
  private static func show(
    _ traces: [SavedTrace], in outputs: inout Outputs, quiet: Int
  ) -> Bool {
    var progress = ProgressLine(
      isShown: !outputs.includesTerminal, total: SavedTrace.totalSize(of: traces))
    var isReadable = true
    var openEnded: SavedTrace?
    // Outputs keep what they hold where there is nothing to write into them.
    let isThere = traces.contains { $0.isThere }
    if isThere { outputs.begin() }
    for trace in traces where outputs.isOpen {
      let end = trace.read(into: &outputs, &progress)
      // What is said of a file stands behind its records.
      outputs.flush()
      progress.clear()
      if let openEnded, !end.continues, quiet < 2 { openEnded.sayOpenEnded() }
      openEnded = end.isOpenEnded ? trace : nil
      for remark in end.remarks where end.isFailure || quiet < 2 {
        Diagnostics.say("\(trace.name): \(remark)")
      }
      isReadable = isReadable && !end.isFailure
    }
    if isThere { outputs.finish() } else { outputs.discard() }
    progress.clear()
    if let openEnded, quiet < 2 { openEnded.sayOpenEnded() }
    return isReadable
  }
}
