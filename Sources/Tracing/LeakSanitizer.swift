import CTracee
import Glibc

/// Tells whether a program brings LeakSanitizer along.
enum LeakSanitizer {
  /// What it ends a program with when it cannot do its work: alone 23, within AddressSanitizer 1.
  static let exitCodes: Set<Int32> = [1, 23]

  /// Names that only such programs contain: of the shared libraries, and of a function that is
  /// linked in.
  private static let traces = ["liblsan.so", "libasan.so", "__lsan_do_leak_check"]

  /// Looks into the file at `path`, up to 1 GiB of it.
  static func isLinked(into path: String) -> Bool {
    let fd = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { return false }
    defer { _ = close(fd) }
    var status = stat()
    guard unsafe fstat(fd, &status) == 0, status.st_size > 0 else { return false }
    let size = min(Int(status.st_size), 1 << 30)
    guard let map = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, fd, 0), unsafe map != MAP_FAILED
    else { return false }
    defer { unsafe munmap(map, size) }
    return traces.contains { unsafe tracee_contains(map, size, $0) }
  }
}
