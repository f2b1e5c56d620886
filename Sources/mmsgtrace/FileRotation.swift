import Glibc
import Output

/// When an output file is full, and what becomes of it: FILE is renamed FILE.1, what was FILE.1
/// becomes FILE.2, and the oldest of those that are kept is removed.
struct FileRotation {
  /// Bytes at which a file is full.
  var maximumSize: UInt64
  /// How many full files are kept, at least one.
  var keep: Int

  /// Why it could not be done: everything is as it was, but that names may have moved up.
  struct Refusal: Error {
    var errno: Int32
  }

  /// The name, without folders, that a full file at `path` gets.
  static func nextName(of path: String) -> String { "\(fileName(path)).1" }

  /// Puts a new file that holds `header` in the place of the one at `path`; its descriptor.
  ///
  /// The new one is made, and written to, before anything is renamed: where there is no room or no
  /// permission, the old one is still there to be written to.
  func replace(_ path: String, header: Span<UInt8>) throws(Refusal) -> Int32 {
    let new = "\(path).new-\(getpid())"
    // One of this name was left behind by a process that had our number, and was killed here.
    _ = unsafe unlink(new)
    let fd = unsafe open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard fd != -1 else { throw Refusal(errno: errno) }
    do throws(Refusal) {
      if let errno = WholeWrite.write(header, to: fd).errno { throw Refusal(errno: errno) }
      try moveUp(path)
      try Self.rename(path, "\(path).1")
      try Self.rename(new, path)
    } catch {
      _ = close(fd)
      _ = unsafe unlink(new)
      throw error
    }
    return fd
  }

  /// Removes what an earlier run has kept beyond as many as are kept now; the names behind a gap
  /// are not of a rotation.
  func removeSurplus(of path: String) {
    var last = 0
    while unsafe access("\(path).\(last + 1)", F_OK) == 0 { last += 1 }
    for number in stride(from: last, to: keep, by: -1) { _ = unsafe unlink("\(path).\(number)") }
  }

  /// Makes room at FILE.1; the names stay as they are behind a gap.
  private func moveUp(_ path: String) throws(Refusal) {
    var last = 0
    while last < keep, unsafe access("\(path).\(last + 1)", F_OK) == 0 { last += 1 }
    for number in stride(from: min(last, keep - 1), to: 0, by: -1) {
      try Self.rename("\(path).\(number)", "\(path).\(number + 1)")
    }
  }

  private static func rename(_ old: String, _ new: String) throws(Refusal) {
    // Somebody may have taken it away.
    guard unsafe Glibc.rename(old, new) == 0 || errno == ENOENT else {
      throw Refusal(errno: errno)
    }
  }
}

extension FileRotation {
  /// The last part of a path.
  static func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The name, without folders, that an open file has now; nil where it has none any more.
  static func currentName(of fd: Int32) -> String? {
    var status = stat()
    guard unsafe fstat(fd, &status) == 0, status.st_nlink > 0 else { return nil }
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return 0 }
      return unsafe readlink(
        "/proc/self/fd/\(fd)", base.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    guard count > 0 else { return nil }
    return fileName(String(decoding: buffer.prefix(count), as: UTF8.self))
  }
}
