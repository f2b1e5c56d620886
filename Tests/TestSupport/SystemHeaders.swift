import Glibc

/// What the C headers of this machine say, as its compiler reads them: some names are macros and
/// some are enumerators, and older headers lack some.
package struct SystemHeaders {
  package struct Failure: Error, CustomStringConvertible {
    package var description: String
  }

  private let includes: String
  /// All names that the headers define or use, but for macros with arguments.
  package let names: Set<String>

  /// Reads these headers, in this order.
  package init(_ headers: [String]) throws {
    includes =
      "#define _GNU_SOURCE\n#include <stdio.h>\n#include <stddef.h>\n"
      + headers.map { "#include <\($0)>\n" }.joined()
    let source = try Scratch(includes)
    var names: Set<String> = []
    for line in try Self.lines("cc -E -dM \(source.path)") {
      let words = line.split(separator: " ", maxSplits: 2)
      // A macro with arguments has no value.
      if words.count > 1, !words[1].contains("(") { names.insert(String(words[1])) }
    }
    for line in try Self.lines("cc -E -P \(source.path)") {
      names.formUnion(
        line.split { !($0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_") }.map(String.init))
    }
    self.names = names
  }

  /// The values of constant expressions, which must be such.
  package func values(of expressions: some Collection<String>) throws -> [String: Int64] {
    let all = Array(expressions)
    var code = includes + "int main(void) {\n"
    for expression in all { code += "printf(\"%lld\\n\", (long long)(\(expression)));\n" }
    let source = try Scratch(code + "}\n")
    let program = source.path + ".out"
    defer { unsafe unlink(program) }
    let lines = try Self.lines("cc -w -o \(program) \(source.path) && \(program)")
    guard lines.count == all.count else {
      throw Failure(description: "\(lines.count) values of \(all.count)")
    }
    return Dictionary(
      zip(all, lines.map { Int64($0) ?? Int64.min }), uniquingKeysWith: { first, _ in first })
  }

  private static func lines(_ command: String) throws -> [String] {
    guard let pipe = unsafe popen(command, "r") else {
      throw Failure(description: "cannot run \(command)")
    }
    var text: [UInt8] = []
    while case let byte = unsafe getc(pipe), byte >= 0 {
      text.append(UInt8(truncatingIfNeeded: byte))
    }
    guard unsafe pclose(pipe) == 0 else { throw Failure(description: "\(command) failed") }
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

/// A source file that is gone when nobody needs it any more.
private final class Scratch {
  let path: String

  init(_ text: String) throws {
    path = "/tmp/mmsgtrace-headers-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).c"
    guard let file = unsafe fopen(path, "wx") else {
      throw SystemHeaders.Failure(description: "cannot write \(path)")
    }
    unsafe fputs(text, file)
    unsafe fclose(file)
  }

  deinit { unsafe unlink(path) }
}
