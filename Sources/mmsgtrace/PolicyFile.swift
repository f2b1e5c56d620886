import Analysis
import Glibc
import Policies

/// A policy on disk.
enum PolicyFile {
  /// Reads it. What is wrong with it is said here, one line each, but for the last.
  static func load(_ path: String) throws(Failure) -> Policy {
    let text = try read(path)
    do throws(PolicyErrors) {
      return try PolicyReader.read(text)
    } catch {
      let lines = error.all.map { "\(path):\($0)" }
      for line in lines.dropLast() { Diagnostics.say(line) }
      throw Failure(text: lines.last ?? "\(path): no policy", status: Failure.Status.usage)
    }
  }

  private static func read(_ path: String) throws(Failure) -> [UInt8] {
    let fd = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard fd != -1 else { throw Failure.unreadable(path) }
    defer { if fd != STDIN_FILENO { _ = close(fd) } }
    var text: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 64 << 10)
    // One byte more than a policy may have is enough to refuse it.
    while text.count <= PolicyReader.longest {
      let count = unsafe block.withUnsafeMutableBytes {
        unsafe Glibc.read(fd, $0.baseAddress, $0.count)
      }
      if count == 0 { break }
      if count > 0 {
        text += block.prefix(count)
      } else if errno != EINTR {
        throw Failure.unreadable(path)
      }
    }
    return text
  }
}

extension Failure {
  fileprivate static func unreadable(_ path: String) -> Failure {
    Failure(text: "\(path): \(Diagnostics.text(ofErrno: errno))", status: Status.usage)
  }
}

extension Policy {
  /// All rules in plain sentences.
  var explanation: String {
    rules.map { $0.explanation.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }
}
