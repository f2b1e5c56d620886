import Analysis
import ArgumentParser
import Glibc
import Output

/// The command `mmsgtrace`.
@main
struct MMsgTrace: ParsableCommand {
  static let name = "mmsgtrace"
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: name,
    abstract: "Watch the sendmmsg(2) calls of a program, and learn why some fall short.",
    usage: """
      mmsgtrace [trace] [options] [--] COMMAND [ARG ...]
      mmsgtrace [trace] [options] -p PID[,PID ...]
      mmsgtrace SUBCOMMAND ...
      """,
    discussion: """
      'mmsgtrace trace --help' lists the options of tracing, 'mmsgtrace show --help' those of show, \
      and so on. See mmsgtrace(1).
      """,
    version: "\(name) \(version)",
    subcommands: [
      TraceCommand.self, ShowCommand.self, DiffCommand.self, CheckCommand.self, SchemaCommand.self,
    ],
    defaultSubcommand: TraceCommand.self)

  /// Parses and runs; messages of ours are one line each.
  static func main() {
    do {
      var command = try parse(Array(CommandLine.arguments.dropFirst()))
      try command.run()
    } catch let failure as Failure {
      Diagnostics.say(failure.text)
      Glibc.exit(failure.status)
    } catch {
      let status = exitCode(for: error).rawValue
      guard status != 0 else {
        print(fullMessage(for: error))
        Glibc.exit(0)
      }
      Diagnostics.say("\(message(for: error)) (see \(name) \(subcommand) --help)")
      Glibc.exit(status)
    }
  }

  /// As `parseAsRoot`, which goes through all the options of the default subcommand to tell whose
  /// the arguments are, and looks for requests of completion scripts: that took longer than
  /// starting a trace. So the default is asked at once where it alone can be meant. What is wrong
  /// is told, and help given, by the root.
  private static func parse(_ arguments: [String]) throws -> any ParsableCommand {
    if let first = arguments.first, !isSubcommand(first),
      let trace = try? TraceCommand.parseAsRoot(arguments) as? TraceCommand, !trace.hasUnknownOption
    {
      return trace
    }
    return try parseAsRoot(arguments)
  }

  private static func isSubcommand(_ word: String) -> Bool {
    word == "help" || subcommands.contains(word)
  }

  private static var subcommands: [String] {
    configuration.subcommands.compactMap { $0.configuration.commandName }
  }

  /// The one that was asked for.
  private static var subcommand: String {
    let first = CommandLine.arguments.dropFirst().first ?? ""
    return subcommands.contains(first) ? first : "trace"
  }

  /// The one that a word, taken for a program, was meant to be; nil for none.
  static func subcommand(meantBy word: String) -> String? {
    word.contains("/") ? nil : Spelling.nearest(to: word, among: subcommands)
  }
}

/// Prints the JSON Schema of the records.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema (2020-12) of the records.")

  func run() throws {
    try Standard.print(TraceSchema.text)
  }
}
