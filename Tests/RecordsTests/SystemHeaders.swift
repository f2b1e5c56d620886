import Glibc

/// What the C headers of this machine call numbers.
///
/// A compiler reads them, since some names are macros and some are enumerators, and older headers
/// lack some: a name the headers do not have is passed over.
enum SystemHeaders {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// The lines `NAME VALUE`, values as the headers have them, of those names that they do have.
  static func values(of names: [String], in headers: [String]) throws -> [String: Int64] {
    let path = "/tmp/mmsgtrace-headers-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    defer {
      unsafe unlink(path + ".c")
      unsafe unlink(path)
    }
    var source = "#define _GNU_SOURCE\n#include <stdio.h>\n"
    for header in headers { source += "#include <\(header)>\n" }
    source += "int main(void) {\n"
    for name in names {
      source +=
        "#ifdef \(name)\nprintf(\"%s %lld\\n\", \"\(name)\", (long long)(\(name)));\n#endif\n"
    }
    source += "}\n"
    guard let file = unsafe fopen(path + ".c", "wx") else {
      throw Failure(description: "cannot write \(path).c")
    }
    unsafe fputs(source, file)
    unsafe fclose(file)
    return try run("cc -w -o \(path) \(path).c && \(path)")
  }

  private static func run(_ command: String) throws -> [String: Int64] {
    guard let pipe = unsafe popen(command, "r") else {
      throw Failure(description: "cannot run \(command)")
    }
    var values: [String: Int64] = [:]
    var buffer = [CChar](repeating: 0, count: 256)
    while unsafe fgets(&buffer, Int32(buffer.count), pipe) != nil {
      let line = String(
        decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let words = line.split { $0 == " " || $0 == "\n" }
      if words.count == 2 { values[String(words[0])] = Int64(words[1]) }
    }
    guard unsafe pclose(pipe) == 0 else { throw Failure(description: "\(command) failed") }
    return values
  }
}
