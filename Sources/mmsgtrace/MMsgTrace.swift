import ArgumentParser
import Glibc
import Output

/// The command `mmsgtrace`.
@main
struct MMsgTrace: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "mmsgtrace",
    abstract: "Watch the sendmmsg(2) calls of a program, and learn why some fall short.",
    version: "mmsgtrace \(version)",
    subcommands: [
      TraceCommand.self, ShowCommand.self, DiffCommand.self, CheckCommand.self, SchemaCommand.self,
    ],
    defaultSubcommand: TraceCommand.self)

  /// Parses and runs; messages of ours are one line each.
  static func main() {
    do {
      var command = try parseAsRoot()
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
}

/// Prints the JSON Schema of the records.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema (2020-12) of the records.")

  func run() throws {
    try Standard.print(TraceSchema.text)
  }
}
