import Glibc

/// Where the bytes of an output go: one of our standard streams, or a file that is opened for it.
final class OutputDescriptor {
  private(set) var fd: Int32
  /// True for a file that we opened.
  let isOwn: Bool
  /// True where we made the file: a trace that does not begin takes it away again.
  let isNew: Bool

  /// Stderr (nil), stdout (`-`) or the file at `path`, which is made with mode 0600 and not yet
  /// changed.
  init(path: String?) throws(Failure) {
    guard let path, path != "-" else {
      fd = path == nil ? STDERR_FILENO : STDOUT_FILENO
      isOwn = false
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
    if isOwn { _ = close(fd) }
  }

  var isTerminal: Bool { isatty(fd) == 1 }

  var isRegular: Bool {
    var own = stat()
    return unsafe fstat(fd, &own) == 0 && own.st_mode & S_IFMT == S_IFREG
  }

  /// True where it is the regular file that `status` describes.
  func isFile(_ status: stat) -> Bool {
    var own = stat()
    return unsafe fstat(fd, &own) == 0 && own.st_mode & S_IFMT == S_IFREG
      && own.st_dev == status.st_dev && own.st_ino == status.st_ino
  }

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
