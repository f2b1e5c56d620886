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
    var settings = try output.settings(standard: "-")
    Standard.reserve()
    // A reader that has seen enough is no reason to die.
    _ = signal(SIGPIPE, SIG_IGN)
    let traces = SavedTraces(files.map(\.text))
    // What comes through a pipe may go on for long, and is to be there as it comes.
    settings.stagesFiles = traces.size != nil && settings.rotation == nil
    var outputs = try Outputs(settings)
    if let name = traces.all.first(where: { $0.isWritten(by: outputs) })?.name {
      outputs.discard()
      throw Failure(
        text: "\(name): it is to be read and written at once", status: Failure.Status.usage)
    }
    // Outputs keep what they hold where there is nothing to write into them.
    let isThere = traces.isThere
    if isThere { outputs.begin() }
    let isReadable = traces.read(
      into: &outputs, showsProgress: !outputs.areWatched, quiet: settings.text.quiet)
    if isThere { outputs.finish() } else { outputs.discard() }
    outputs.tellFailures()
    if outputs.lost > 0 { Glibc.exit(Failure.Status.ours) }
    if !isReadable { Glibc.exit(Failure.Status.unreadable) }
  }
}
