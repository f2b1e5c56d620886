import CTracee
import Glibc

/// A file that takes the place of the one at a path when it is whole. Until then that one stays as
/// it is, and whatever ends us leaves nothing half-written behind.
///
/// It has no name while it is written (O_TMPFILE), where the file system can do that; else one
/// beside the path's.
final class StagedFile {
  let fd: Int32
  /// The file to be replaced, links followed; nil where there is none yet.
  private let replaced: stat?
  private let path: String
  /// The name it is given before it takes its place.
  private let ownName: String
  private var hasName: Bool

  /// Nil where nothing can take the place of what is at `path`, which has to be written into: a
  /// pipe or device, one of several names of a file, another's file, or a folder that takes no new
  /// file.
  init?(_ path: String, mode: mode_t) {
    var status = stat()
    let exists = unsafe stat(path, &status) == 0
    if exists {
      guard status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1,
        unsafe access(path, W_OK) == 0, !Self.isStandard(status),
        let end = Self.resolved(path)
      else { return nil }
      self.path = end
    } else {
      // A link that leads nowhere would be replaced itself.
      guard errno == ENOENT, unsafe lstat(path, &status) == -1 else { return nil }
      self.path = path
    }
    replaced = exists ? status : nil
    ownName = "\(self.path).new-\(getpid())"
    var number = unsafe tracee_nameless_file(Self.folder(of: self.path), mode)
    hasName = number == -1
    if number == -1 {
      // One of this name was left behind by a process that had our number.
      _ = unsafe unlink(ownName)
      number = unsafe open(ownName, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    }
    fd = number
    guard number != -1 else {
      hasName = false
      return nil
    }
    guard !exists || Self.adopt(status, number) else { return nil }
  }

  deinit {
    if hasName { _ = unsafe unlink(ownName) }
    if fd != -1 { _ = close(fd) }
  }

  /// True where the file that it replaces is the one that `status` describes.
  func replaces(_ status: stat) -> Bool {
    replaced.map { $0.st_dev == status.st_dev && $0.st_ino == status.st_ino } ?? false
  }

  /// Removes the file that is to be replaced, where there is one.
  func removeReplaced() {
    if replaced != nil { _ = unsafe unlink(path) }
  }

  /// Takes the place, or says the errno of what hinders it.
  func takePlace() -> Int32? {
    if !hasName {
      // One of this name was left behind by a process that had our number.
      _ = unsafe unlink(ownName)
      guard
        unsafe linkat(AT_FDCWD, "/proc/self/fd/\(fd)", AT_FDCWD, ownName, AT_SYMLINK_FOLLOW) == 0
      else { return errno }
      hasName = true
    }
    guard unsafe rename(ownName, path) == 0 else { return errno }
    hasName = false
    return nil
  }

  /// Gives the file the owner and the mode of the one that it replaces.
  private static func adopt(_ status: stat, _ fd: Int32) -> Bool {
    var own = stat()
    guard unsafe fstat(fd, &own) == 0 else { return false }
    if own.st_uid != status.st_uid || own.st_gid != status.st_gid {
      guard fchown(fd, status.st_uid, status.st_gid) == 0 else { return false }
    }
    return fchmod(fd, status.st_mode & 0o7777) == 0
  }

  /// True where one of our own streams leads there: who opened it goes on with that file.
  private static func isStandard(_ status: stat) -> Bool {
    (0...2 as ClosedRange<Int32>).contains { number in
      var own = stat()
      return unsafe fstat(number, &own) == 0 && own.st_dev == status.st_dev
        && own.st_ino == status.st_ino
    }
  }

  private static func resolved(_ path: String) -> String? {
    guard let name = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(name) }
    return unsafe String(cString: name)
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  }
}
