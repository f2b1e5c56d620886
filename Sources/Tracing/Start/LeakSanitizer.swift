import CTracee
import Glibc

/// Tells whether a program brings LeakSanitizer along, which stops a program's threads with ptrace
/// to look for leaks: under a tracer it fails.
package enum LeakSanitizer {
  /// What it ends a program with when it cannot do its work: alone 23, within AddressSanitizer 1.
  package static let exitCodes: Set<Int32> = [1, 23]

  /// Names that only such programs contain: of the shared libraries, and of a function that is
  /// linked in.
  private static let traces = ["liblsan.so", "libasan.so", "__lsan_do_leak_check"]
  private static let chunk = 1 << 20
  private static let maximumSize = 256 << 20

  /// Looks into the file at `path`, up to 256 MiB of it. The path is the program's to choose: it
  /// may be anything by now.
  package static func isLinked(into path: String) -> Bool {
    let fd = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard fd >= 0 else { return false }
    defer { _ = close(fd) }
    var status = stat()
    guard unsafe fstat(fd, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    // Chunks overlap by more than a name is long.
    let overlap = 64
    var buffer = [UInt8](repeating: 0, count: chunk + overlap)
    var position = 0
    while position < maximumSize {
      let got = unsafe pread(fd, &buffer, buffer.count, off_t(position))
      guard got > 0 else { return false }
      if traces.contains(where: { unsafe tracee_contains(buffer, got, $0) }) { return true }
      position += chunk
    }
    return false
  }
}
