import Glibc

/// Where the bytes of an output go: one of our standard streams, or a file that is opened for it.
final class OutputDescriptor {
  private(set) var fd: Int32
  /// True for a file that we opened.
  let isOwn: Bool
  /// True where we made the file: a trace that does not begin takes it away again.
  let isNew: Bool
  /// What takes the place of the file at the end; nil where that is written into.
  private let staged: StagedFile?

  /// Stderr (nil), stdout (`-`) or the file at `path`, which is made with mode 0600 and not yet
  /// changed; where `isStaged`, not before the end, if that can be.
  init(path: String?, isStaged: Bool) throws(Failure) {
    guard let path, path != "-" else {
      fd = path == nil ? STDERR_FILENO : STDOUT_FILENO
      isOwn = false
      isNew = false
      staged = nil
      return
    }
    staged = isStaged ? StagedFile(path, mode: 0o600) : nil
    if let staged {
      fd = staged.fd
      isOwn = true
      isNew = false
      return
    }
    var new = true
    var number = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if number == -1, errno == EEXIST {
      new = false
      number = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    }
    guard number != -1 else {
      throw Failure(
        text: "\(path): \(Diagnostics.text(ofErrno: errno))", status: Failure.Status.ours)
    }
    fd = number
    isOwn = true
    isNew = new
  }

  deinit {
    if isOwn, staged == nil { _ = close(fd) }
  }

  var isTerminal: Bool { isatty(fd) == 1 }

  var isRegular: Bool {
    var own = stat()
    return unsafe fstat(fd, &own) == 0 && own.st_mode & S_IFMT == S_IFREG
  }

  /// True where it is the regular file that `status` describes.
  func isFile(_ status: stat) -> Bool {
    if let staged { return staged.replaces(status) }
    var own = stat()
    return unsafe fstat(fd, &own) == 0 && own.st_mode & S_IFMT == S_IFREG
      && own.st_dev == status.st_dev && own.st_ino == status.st_ino
  }

  /// True where the file is still to take its place.
  var isStaged: Bool { staged != nil }

  /// A staged file, which is whole, takes its place. The errno of what hinders it.
  func takePlace() -> Int32? { staged?.takePlace() }

  /// Empties a file of our own. Pipes and devices have nothing to empty.
  func empty() {
    if isOwn { _ = ftruncate(fd, 0) }
  }

  /// Takes the last `count` bytes away from a file of our own.
  func takeBack(_ count: Int) {
    let position = isOwn ? lseek(fd, 0, SEEK_CUR) : 0
    if position > 0 { _ = ftruncate(fd, position - off_t(count)) }
  }

  /// Goes on in another file, which is open.
  func replace(by new: Int32) {
    _ = close(fd)
    fd = new
  }
}
