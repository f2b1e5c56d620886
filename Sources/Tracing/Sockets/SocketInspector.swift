import CTracee
import Decoding
import Glibc
import Records

/// Asks a tracee's socket what it is, without changing anything about it.
///
/// A duplicate of the descriptor is asked and closed at once: while it lives, the program's
/// close(2) would not close the socket. Never SO_ERROR and never a receive: both take away what
/// the program is to see.
struct SocketInspector {
  enum Answer {
    case socket(SocketSnapshot)
    case noSocket
    /// It is one, but neither it nor /proc would say which.
    case unlisted
    /// The thread has a descriptor table of its own, and the kernel (before 6.9) lets no one in.
    case unreachable
  }

  /// What cannot change in a socket's life.
  private struct Kind {
    var family: UInt16
    var type: Int32
    var protocolNumber: Int32
  }

  private let networks = NetworkNamespaces()
  private var outside = ProcSockets()
  let routes = RouteWatches()

  // By inode: the kernel numbers sockets in one sequence, so that no living two share one.
  private var kinds: [UInt64: Kind] = [:]
  private var unasked: Set<UInt64> = []
  private static let maximumKinds = 4096

  /// Asks the socket that `fd` is to the thread; `more` is given a duplicate of it, to ask for what
  /// else is of interest.
  mutating func ask(
    fd: Int32, of thread: TracedThread, more: (Int32, SocketSnapshot) -> Void = { _, _ in }
  ) -> Answer {
    switch duplicate(fd: fd, of: thread) {
    case .descriptor(let number):
      defer { _ = close(number) }
      guard let socket = describe(number, of: thread.tid) else { return .noSocket }
      more(number, socket)
      return .socket(socket)
    case .closed: return .noSocket
    case .unreachable: return .unreachable
    case .refused: return askOutside(fd: fd, of: thread)
    }
  }

  private mutating func askOutside(fd: Int32, of thread: TracedThread) -> Answer {
    let info = thread.descriptorInfo(fd)
    guard let inode = outside.inode(info, fd: fd, tid: thread.tid) else { return .noSocket }
    // Before it is listed, which a socket is once it is bound.
    listen(toNetworkOf: inode, thread.tid)
    return outside.describe(fd: fd, inode: inode, info, tid: thread.tid).map { .socket($0) }
      ?? .unlisted
  }

  /// True where a blocking send that has waited since its entry may go on: its time is not over
  /// (SO_SNDTIMEO).
  func mayWaitOn(_ snapshot: CallSnapshot, _ thread: TracedThread) -> Bool {
    guard let arguments = snapshot.arguments,
      let limit = timeout(SO_SNDTIMEO, fd: arguments.fd, of: thread)
    else { return false }
    return limit == 0 || Clock.monotonic() &- snapshot.monotonic < limit
  }

  /// SO_RCVTIMEO or SO_SNDTIMEO of the socket that `fd` is to the thread, in nanoseconds, 0 for
  /// none; nil where it is no socket or cannot be asked.
  func timeout(_ option: Int32, fd: Int32, of thread: TracedThread) -> UInt64? {
    guard case .descriptor(let number) = duplicate(fd: fd, of: thread) else { return nil }
    defer { _ = close(number) }
    return SocketOption.timeout(number, option)
  }

  /// Lets `body` ask a duplicate of the socket that `fd` is to the thread; not where there is none
  /// to be had.
  func withDuplicate(fd: Int32, of thread: TracedThread, _ body: (Int32) -> Void) {
    guard case .descriptor(let number) = duplicate(fd: fd, of: thread) else { return }
    defer { _ = close(number) }
    body(number)
  }

  private enum Duplicate {
    case descriptor(Int32)
    case closed
    case unreachable
    case refused
  }

  private func duplicate(fd: Int32, of thread: TracedThread) -> Duplicate {
    if let pidfd = thread.pidfd { return get(fd, from: pidfd.number) }
    let opened = tracee_pidfd_open(thread.tid, thread.tid != thread.process.pid)
    if opened == -EINVAL { return duplicateOfLeaders(fd: fd, of: thread) }
    if opened < 0 { return .refused }
    let pidfd = Descriptor(opened)
    // Kept for the first threads that send: many are not to cost many descriptors.
    if pidfd.mayBeKept { thread.pidfd = pidfd }
    return get(fd, from: pidfd.number)
  }

  /// The same where the kernel (before 6.9) has no pidfds of threads, and a thread shares its
  /// leader's table: one pidfd serves the whole process.
  private func duplicateOfLeaders(fd: Int32, of thread: TracedThread) -> Duplicate {
    let process = thread.process
    guard tracee_compare_files(process.pid, thread.tid) == 0 else { return .unreachable }
    if let pidfd = process.pidfd { return get(fd, from: pidfd.number) }
    let opened = tracee_pidfd_open(process.pid, false)
    if opened < 0 { return .refused }
    let pidfd = Descriptor(opened)
    if pidfd.mayBeKept { process.pidfd = pidfd }
    return get(fd, from: pidfd.number)
  }

  private func get(_ fd: Int32, from pidfd: Int32) -> Duplicate {
    let number = tracee_pidfd_getfd(pidfd, fd)
    if number >= 0 { return .descriptor(number) }
    // All but these are about us (EMFILE, ENOMEM), or about what we may do.
    return [-EBADF, -ESRCH].contains(number) ? .closed : .refused
  }

  private mutating func describe(_ fd: Int32, of tid: Int32) -> SocketSnapshot? {
    guard let inode = Self.inode(fd), var kind = kinds[inode] ?? learn(inode, fd, of: tid)
    else { return nil }
    let flags = fcntl(fd, F_GETFL)
    let local = unsafe address(fd, getsockname) ?? SocketAddressBytes()
    // One family does change: IPV6_ADDRFORM makes an IPv6 socket an IPv4 one.
    if kind.family == AF_INET6, local.count > 1, local.storage[0] == AF_INET {
      guard let learned = learn(inode, fd, of: tid) else { return nil }
      kind = learned
    }
    return SocketSnapshot(
      family: kind.family, type: kind.type, protocolNumber: kind.protocolNumber, inode: inode,
      nonblocking: flags != -1 && flags & O_NONBLOCK != 0, local: local,
      peer: unsafe address(fd, getpeername))
  }

  private mutating func learn(_ inode: UInt64, _ fd: Int32, of tid: Int32) -> Kind? {
    // An O_PATH descriptor of a socket's file is none.
    guard let family = SocketOption.int(fd, SOL_SOCKET, SO_DOMAIN),
      let type = SocketOption.int(fd, SOL_SOCKET, SO_TYPE),
      let protocolNumber = SocketOption.int(fd, SOL_SOCKET, SO_PROTOCOL)
    else { return nil }
    if kinds.count >= Self.maximumKinds { kinds.removeAll(keepingCapacity: true) }
    let kind = Kind(
      family: UInt16(truncatingIfNeeded: family), type: type, protocolNumber: protocolNumber)
    kinds[inode] = kind
    if family == AF_INET || family == AF_INET6 {
      networks.inside(networkOf: fd, of: tid) { [routes] network in routes.listen(to: network) }
    }
    return kind
  }

  /// The same for a socket that cannot be asked, whichever family it is of: its network is taken to
  /// be that of the thread.
  private mutating func listen(toNetworkOf inode: UInt64, _ tid: Int32) {
    if unasked.count >= Self.maximumKinds { unasked.removeAll(keepingCapacity: true) }
    guard unasked.insert(inode).inserted else { return }
    networks.inside(networkOf: -1, of: tid) { [routes] network in routes.listen(to: network) }
  }

  /// The number of the network namespace of a socket that could not be asked; nil where that is not
  /// known.
  func network(ofUnasked inode: UInt64) -> UInt64? { outside.network(of: inode) }

  /// The inode of a socket of ours; nil where it is none.
  static func inode(_ fd: Int32) -> UInt64? {
    var status = stat()
    guard unsafe fstat(fd, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
    return UInt64(status.st_ino)
  }

  /// What getsockname(2) says of a duplicate.
  func localAddress(_ fd: Int32) -> SocketAddressBytes? { unsafe address(fd, getsockname) }

  private typealias Getter = (
    Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?
  ) -> Int32

  private func address(_ fd: Int32, _ getter: Getter) -> SocketAddressBytes? {
    var address = SocketAddressBytes()
    var size = socklen_t(SocketAddressBytes.capacity)
    let result = unsafe withUnsafeMutablePointer(to: &address.storage) { storage in
      unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getter(fd, $0, &size)
      }
    }
    guard result == 0 else { return nil }
    address.count = min(Int(size), SocketAddressBytes.capacity)
    return address
  }
}
