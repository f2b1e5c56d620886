import CTracee
import Glibc

/// Visits the network namespaces of tracees: what a socket of ours says of routes and interfaces,
/// it says of the namespace that it was made in.
struct NetworkNamespaces {
  private let home = Descriptor(
    unsafe open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC))
  private let homeInode = Self.inode("/proc/thread-self/ns/net")

  /// Does `work` in the network namespace of a thread; not at all where we may not go there.
  func inside(networkOf tid: Int32, _ work: () -> Void) {
    let path = "/proc/\(tid)/ns/net"
    guard let inode = Self.inode(path) else { return }
    if inode == homeInode { return work() }
    let fd = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard fd >= 0, home.number >= 0 else { return }
    defer { _ = close(fd) }
    guard tracee_enter_network(fd) == 0 else { return }
    work()
    _ = tracee_enter_network(home.number)
  }

  private static func inode(_ path: String) -> UInt64? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
  }
}
