import CTracee
import Glibc
import Records

/// Where a thread's capabilities count (user_namespaces(7), `ns_capable`): in its own user
/// namespace and those below.
enum UserNamespaces {
  /// The user namespace of the machine (PROC_USER_INIT_INO, which is fixed).
  private static let initial: UInt64 = 4_026_531_837
  /// kernel.overflowuid, as it is where nobody has changed it.
  private static let overflowUser: UInt32 = 65534
  /// They are nested no deeper (user_namespaces(7)).
  private static let maximumDepth = 33

  /// True where a thread is in the user namespace of the machine; nil where that is not known.
  static func isInitial(of tid: Int32) -> Bool? { own(tid).map { $0 == initial } }

  /// True where a thread is in the same user namespace as we; nil where that is not known.
  static func isOurs(_ tid: Int32) -> Bool? {
    guard let own = own(tid), let ours = Self.own(getpid()) else { return nil }
    return own == ours
  }

  /// The users (`uid_map`) or groups (`gid_map`) of the user namespace of a thread; nil where they
  /// cannot be read.
  static func numbers(of tid: Int32, _ name: String) -> NumberMap? {
    ProcFile.text("/proc/\(tid)/\(name)").flatMap { NumberMap($0) }
  }

  /// Whether the capabilities of a thread count for another namespace.
  enum Rights {
    case none
    case held
    /// It has them all: in a user namespace that was made by its user in its own (`cap_capable`).
    case all
  }

  /// What a thread of the effective user `user` may in the network namespace of a socket of ours;
  /// nil where that is not known. Where the kernel does not say which network that is, it is taken
  /// to be the thread's.
  static func rights(of tid: Int32, user: UInt32?, forNetworkOf socket: Int32) -> Rights? {
    let asked = tracee_socket_network(socket)
    let network =
      asked >= 0 ? asked : unsafe open("/proc/\(tid)/ns/net", O_RDONLY | O_CLOEXEC)
    return rights(of: tid, user: user, in: Descriptor(network))
  }

  /// The same in its own PID namespace.
  static func rightsAmongProcesses(of tid: Int32, user: UInt32?) -> Rights? {
    let processes = unsafe open("/proc/\(tid)/ns/pid", O_RDONLY | O_CLOEXEC)
    return rights(of: tid, user: user, in: Descriptor(processes))
  }

  private static func rights(
    of tid: Int32, user: UInt32?, in namespace: consuming Descriptor
  ) -> Rights? {
    guard let own = own(tid), namespace.number >= 0 else { return nil }
    var users = namespace
    for depth in 0..<maximumDepth {
      let above =
        depth == 0 ? tracee_owning_users(users.number) : tracee_parent_users(users.number)
      // Not ours, and not below ours, in which the thread is.
      if above == -EPERM { return Rights.none }
      guard above >= 0 else { return nil }
      let below = users
      users = Descriptor(above)
      guard inode(users.number) == own else { continue }
      guard depth > 0, let user, owner(below.number) == user else { return .held }
      // Who has no number for us has that of nobody, as have others.
      return user == overflowUser && isInitial(of: getpid()) != true ? nil : .all
    }
    return Rights.none
  }

  private static func owner(_ users: Int32) -> UInt32? {
    var uid: UInt32 = 0
    return unsafe tracee_owner_of_users(users, &uid) == 0 ? uid : nil
  }

  private static func own(_ tid: Int32) -> UInt64? {
    var status = stat()
    guard unsafe stat("/proc/\(tid)/ns/user", &status) == 0 else { return nil }
    return UInt64(status.st_ino)
  }

  private static func inode(_ fd: Int32) -> UInt64? {
    var status = stat()
    return unsafe fstat(fd, &status) == 0 ? UInt64(status.st_ino) : nil
  }
}
