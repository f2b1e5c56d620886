import CTracee
import Glibc
import Records

/// A trace instance of our own: buffers of the kernel's that nobody else writes to or reads.
///
/// tracefs is mounted where no path leads to it, so that the mount table stays as it is. But the
/// instance lives in the kernel until it is removed, whatever becomes of us: it bears our name, and
/// a lock on its folder says that we live.
package final class TraceInstance: Sendable {
  private let root: Descriptor
  private let folder: Descriptor
  private let path: String

  private static let instances = "instances"
  private static let event = "events/sock/sock_send_length"
  private static let ringWork = "events/io_uring/io_uring_task_work_run"

  /// Makes an instance, after removing those of runs that were killed.
  package init() throws(EvidenceRefusal) {
    guard ProcFile.isOfInitialPidNamespace else { throw .otherPidNamespace }
    guard ProcFile.isOfInitialTimeNamespace else { throw .otherTimeNamespace }
    let mount = tracee_mount_tracefs()
    guard mount >= 0 else { throw EvidenceRefusal(mounting: Errno(rawValue: -mount)) }
    root = Descriptor(mount)
    Self.removeLeftovers(in: root)
    guard unsafe faccessat(root.number, Self.event, F_OK, 0) == 0 else {
      throw KernelLockdown.isConfidential ? .lockedDown : .noEvent
    }
    guard let name = TraceInstanceName(ofProcess: getpid()) else {
      throw .failed("/proc/self/stat", .noEntry)
    }
    path = "\(Self.instances)/\(name.text)"
    guard unsafe mkdirat(root.number, path, 0o700) == 0 else {
      throw .failed(path, Errno(rawValue: errno))
    }
    let opened = unsafe openat(root.number, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0, flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      let errno = Errno(rawValue: errno)
      _ = unsafe unlinkat(root.number, path, AT_REMOVEDIR)
      throw .failed(path, errno)
    }
    folder = Descriptor(opened)
  }

  /// Removes it, which takes a tenth of a second; every descriptor of its files is to be closed.
  package func remove() throws(EvidenceRefusal) {
    guard unsafe unlinkat(root.number, path, AT_REMOVEDIR) != 0, errno != ENOENT else { return }
    throw .failed(path, Errno(rawValue: errno))
  }

  /// What the kernel says of its pages and of the event.
  func format() throws(EvidenceRefusal) -> SendLengthFormat {
    let event = try text("\(Self.event)/format")
    guard
      let format = SendLengthFormat(
        event: event, page: try text("events/header_page"),
        ringWork: hasRingWork ? try text("\(Self.ringWork)/format") : nil)
    else {
      throw .failed("\(Self.event)/format", .invalidArgument)
    }
    return format
  }

  /// Begins to record the events.
  func enable() throws(EvidenceRefusal) {
    if hasRingWork { try write("1", to: "\(Self.ringWork)/enable") }
    try write("1", to: "\(Self.event)/enable")
  }

  /// False where the kernel was built without io_uring.
  private var hasRingWork: Bool {
    unsafe faccessat(folder.number, Self.ringWork, F_OK, 0) == 0
  }

  /// The names of the processors' folders.
  func processors() throws(EvidenceRefusal) -> [String] {
    let names = folder.names(in: "per_cpu").filter { $0.hasPrefix("cpu") }
    guard !names.isEmpty else { throw .failed("per_cpu", .noEntry) }
    return names
  }

  /// Opens a file of it.
  func open(_ file: String, _ flags: Int32) throws(EvidenceRefusal) -> Descriptor {
    let fd = unsafe openat(folder.number, file, flags | O_CLOEXEC)
    guard fd >= 0 else { throw .failed(file, Errno(rawValue: errno)) }
    return Descriptor(fd)
  }

  /// Writes a setting, all at once.
  func write(_ text: String, to file: String) throws(EvidenceRefusal) {
    let opened = try open(file, O_WRONLY)
    var bytes = Array(text.utf8)
    guard unsafe Glibc.write(opened.number, &bytes, bytes.count) == bytes.count else {
      throw .failed(file, Errno(rawValue: errno))
    }
  }

  /// A file's text.
  func text(_ file: String) throws(EvidenceRefusal) -> String {
    let opened = try open(file, O_RDONLY)
    guard let bytes = ProcFile.readAll(opened) else {
      throw .failed(file, Errno(rawValue: errno))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Removes the instances of runs that are dead: nobody holds the lock, and no process lives that
  /// bears its name. Either alone is not enough: a run that begins has no lock yet, and in another
  /// time namespace its start reads differently.
  private static func removeLeftovers(in root: Descriptor) {
    for text in root.names(in: instances) {
      guard let name = TraceInstanceName(text), !name.isAlive else { continue }
      let path = "\(instances)/\(text)"
      let fd = unsafe openat(root.number, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard fd >= 0 else { continue }
      if flock(fd, LOCK_EX | LOCK_NB) == 0 { _ = unsafe unlinkat(root.number, path, AT_REMOVEDIR) }
      _ = close(fd)
    }
  }
}

extension Descriptor {
  /// What is in a folder below this one; nothing where it cannot be read.
  fileprivate func names(in path: String) -> [String] {
    Folder.names(in: path, below: number) ?? []
  }
}
