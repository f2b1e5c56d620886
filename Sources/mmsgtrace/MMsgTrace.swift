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
      Diagnostics.say("\(message(for: error)) (see mmsgtrace --help)")
      Glibc.exit(status)
    }
  }

  /// As `parseAsRoot`, which goes through all the options of the default subcommand to tell whose the
  /// arguments are, and looks for requests of completion scripts: that took longer than starting a
  /// trace. So the default is asked at once where it alone can be meant. What is wrong is told, and
  /// help given, by the root.
  private static func parse(_ arguments: [String]) throws -> any ParsableCommand {
    if let first = arguments.first, !isSubcommand(first),
      let trace = try? TraceCommand.parseAsRoot(arguments) as? TraceCommand, !trace.hasUnknownOption
    {
      return trace
    }
    return try parseAsRoot(arguments)
  }

  private static func isSubcommand(_ word: String) -> Bool {
    word == "help" || configuration.subcommands.contains { $0.configuration.commandName == word }
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
