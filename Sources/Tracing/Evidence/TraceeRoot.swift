import CTracee
import Glibc
import Records

/// The root directory of a thread, and paths as the thread resolves them: below it, absolute
/// symbolic links included (chroot(2), mount_namespaces(7)).
struct TraceeRoot {
  private let root: Descriptor
  /// The working directory as a path below the root, without symbolic links; nil where it is not
  /// below it.
  private let workingDirectory: [UInt8]?

  /// Nil where it cannot be looked at.
  init?(_ tid: Int32) {
    let link = "/proc/\(tid)/root"
    let fd = unsafe Glibc.open(link, Self.pathOnly | O_CLOEXEC)
    guard fd >= 0 else { return nil }
    root = Descriptor(fd)
    workingDirectory = Self.path(
      ProcFile.linkBytes("/proc/\(tid)/cwd"), below: ProcFile.linkBytes(link))
  }

  /// A path from the root on.
  struct Place {
    var path: [UInt8]
    /// How much of it the kernel does not walk: it begins in the working directory.
    var given = 0
  }

  /// Where a path of the thread's leads; nil for a relative one where the working directory is not
  /// below the root.
  func place(of path: [UInt8]) -> Place? {
    if path.first == UInt8(ascii: "/") { return Place(path: path) }
    return workingDirectory.map {
      Place(path: $0 + [UInt8(ascii: "/")] + path, given: $0.count)
    }
  }

  enum Opened {
    /// Opened with O_PATH.
    case file(Descriptor)
    /// The thread could not either.
    case refused(Errno)
    /// The kernel has no such call (before Linux 5.6), or forbids it.
    case unknown
  }

  /// Opens what an absolute path leads to (`openat2` with RESOLVE_IN_ROOT).
  func open(_ path: [UInt8]) -> Opened {
    let result: Int32 = unsafe (path + [0]).withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return -EINVAL }
      return unsafe tracee_open_in_root(root.number, base.assumingMemoryBound(to: CChar.self))
    }
    if result >= 0 { return .file(Descriptor(result)) }
    return [ENOSYS, EPERM, EAGAIN].contains(-result)
      ? .unknown : .refused(Errno(rawValue: -result))
  }

  /// What `directory` is called by those whose root is `root`.
  private static func path(_ directory: [UInt8]?, below root: [UInt8]?) -> [UInt8]? {
    guard let directory, let root else { return nil }
    if root == [UInt8(ascii: "/")] { return directory }
    guard directory.starts(with: root) else { return nil }
    let rest = directory.dropFirst(root.count)
    return rest.isEmpty || rest.first == UInt8(ascii: "/") ? Array(rest) : nil
  }

  /// O_PATH, which needs _GNU_SOURCE.
  private static let pathOnly: Int32 = 0o10000000
}
