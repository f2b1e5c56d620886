import CTracee
import Glibc

/// Visits the network namespaces of sockets, which need not be those of who sends on them: what a
/// socket of ours says of routes and interfaces, it says of the namespace that it was made in.
struct NetworkNamespaces {
  private let home = Descriptor(
    unsafe open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC))
  private let homeInode: UInt64?

  init() { homeInode = Self.inode(home.number) }

  /// Does `work` in the network namespace of a socket, and gives it the namespace's number. Where
  /// the kernel does not say which it is (CAP_NET_ADMIN in it), it is taken to be that of `tid`;
  /// not at all where we may not go there, or not come back.
  func inside(networkOf socket: Int32, of tid: Int32, _ work: (UInt64) -> Void) {
    let own = tracee_socket_network(socket)
    let fd = own >= 0 ? own : unsafe open("/proc/\(tid)/ns/net", O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { return }
    defer { _ = close(fd) }
    guard let inode = Self.inode(fd) else { return }
    if inode == homeInode { return work(inode) }
    // Entering takes rights in the namespace that is entered, so that there may be a way there and
    // none back, as for root of a user namespace in the network of the machine (`netns_install`).
    guard tracee_enter_network(home.number) == 0, tracee_enter_network(fd) == 0 else { return }
    work(inode)
    _ = tracee_enter_network(home.number)
  }

  /// The number of a thread's; nil where that cannot be read.
  static func number(of tid: Int32) -> UInt64? {
    var status = stat()
    return unsafe stat("/proc/\(tid)/ns/net", &status) == 0 ? UInt64(status.st_ino) : nil
  }

  private static func inode(_ fd: Int32) -> UInt64? {
    var status = stat()
    return unsafe fstat(fd, &status) == 0 ? UInt64(status.st_ino) : nil
  }
}
