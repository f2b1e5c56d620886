import Records

/// What AF_UNIX and AF_NETLINK take at SOL_SOCKET: descriptors and credentials (`__scm_send`;
/// kernel.md §3.4).
enum PassedControlRules {
  /// The checks of a value at SOL_SOCKET of a socket of AF_UNIX or AF_NETLINK.
  static func value(
    of message: ControlMessage, _ index: Int, _ failed: FailedMessage
  ) -> Finding? {
    switch message.kind {
    case .descriptors: badDescriptors(message, index, failed)
    case .credentials: untrueCredentials(message, failed)
    default: nil
    }
  }

  /// EINVAL or EBADF (`scm_fp_copy`; kernel.md §3.4, SCM_RIGHTS): too many descriptors, then one
  /// after the other those that cannot be passed.
  private static func badDescriptors(
    _ message: ControlMessage, _ index: Int, _ failed: FailedMessage
  ) -> Finding? {
    let numbers = (0..<message.data.count / 4).compactMap { message.word(at: $0 * 4) }
      .map { Int32(bitPattern: $0) }
    let total = failed.descriptorCount(before: index) + numbers.count
    guard total <= maximumDescriptors else {
      return .fails(
        .invalidArgument,
        "it passes \(total) descriptors or more, a message takes at most \(maximumDescriptors)")
    }
    var found: [Finding] = []
    for number in numbers {
      guard let finding = refusal(of: number, failed) else { continue }
      found.append(finding)
      if case .fails = finding { break }
    }
    return found.isEmpty ? nil : .inOrder(found)
  }

  /// EBADF or EINVAL (`scm_fp_copy`; kernel.md §3.4, SCM_RIGHTS): a descriptor that is not open, or
  /// an io_uring, which is refused since Linux 6.7 and by stable kernels before it.
  private static func refusal(of number: Int32, _ failed: FailedMessage) -> Finding? {
    guard number >= 0 else {
      return .fails(.badDescriptor, "SCM_RIGHTS passes \(number), which is no descriptor")
    }
    guard let closed = failed.evidence?.closedDescriptors,
      let rings = failed.evidence?.ringDescriptors
    else { return .undecided }
    if closed.contains(number) {
      return .fails(.badDescriptor, "SCM_RIGHTS passes descriptor \(number), which is not open")
    }
    guard rings.contains(number) else { return nil }
    let why = "SCM_RIGHTS passes descriptor \(number), an io_uring, which is not passed on"
    return failed.kernelIs(since: KernelRelease(6, 7)) == true
      ? .fails(.invalidArgument, why) : .suspect(.invalidArgument, .possible, why)
  }

  private static let maximumDescriptors = ControlMessage.maximumDescriptors

  /// EPERM, EINVAL or ESRCH (`scm_check_creds`, `__scm_send`; kernel.md §3.4, SCM_CREDENTIALS):
  /// what a process may not say of itself.
  private static func untrueCredentials(_ message: ControlMessage, _ failed: FailedMessage)
    -> Finding?
  {
    guard let pid = message.intValue, let user = message.word(at: 4),
      let group = message.word(at: 8)
    else { return nil }
    let users = failed.evidence?.credentials
    // Those of -1 are none's anywhere.
    for (what, number, map) in [("uid", user, users?.userMap), ("gid", group, users?.groupMap)]
    where number == .max || map.map({ $0.outside(of: number) == nil }) ?? false {
      return .fails(
        .invalidArgument,
        "SCM_CREDENTIALS has \(what) \(Int32(bitPattern: number)), which the thread's user namespace"
          + " does not have")
    }
    guard let held = users, let isOurs = held.hasOurUsers else { return nil }
    guard let ownUser = isOurs ? user : held.userMap?.outside(of: user),
      let ownGroup = isOurs ? group : held.groupMap?.outside(of: group)
    else { return foreignCredentials(pid, user, group, held) }
    func may(_ capability: UInt64) -> Bool { held.capabilities >> capability & 1 == 1 }
    if pid != held.processID, !held.ownsProcesses {
      let why = "SCM_CREDENTIALS has pid \(pid), the process is \(held.processID)"
      // It has to count for the PID namespace.
      if !may(Capability.sysAdmin) || held.countForProcesses == false {
        return .fails(.notPermitted, why)
      }
      if !isOurs, held.countForProcesses == nil { return .suspect(.notPermitted, .likely, why) }
    }
    if !held.userIDs.contains(ownUser), !may(Capability.setUID) {
      return .fails(.notPermitted, "SCM_CREDENTIALS has uid \(user), not the process's own")
    }
    if !held.groupIDs.contains(ownGroup), !may(Capability.setGID) {
      return .fails(.notPermitted, "SCM_CREDENTIALS has gid \(group), not the process's own")
    }
    let missing = failed.evidence?.missingProcesses
    guard pid != held.processID, missing?.contains(pid) ?? true else { return nil }
    return .suspect(
      .noProcess, missing == nil ? .possible : .likely,
      "SCM_CREDENTIALS has pid \(pid), and there may be no such process")
  }

  /// EPERM or EINVAL (`scm_check_creds`, `__scm_send`; kernel.md §3.4, SCM_CREDENTIALS): the same
  /// in a user namespace of its own, of which the numbers could not be read.
  private static func foreignCredentials(
    _ pid: Int32, _ user: UInt32, _ group: UInt32, _ held: Credentials
  ) -> Finding {
    .suspects([
      Suspect(
        errno: .invalidArgument, strength: .possible,
        why: "SCM_CREDENTIALS has uid \(user) and gid \(group), which the user namespace of the"
          + " thread may not have"),
      Suspect(
        errno: .notPermitted, strength: .possible,
        why: pid == held.processID
          ? "SCM_CREDENTIALS has uid \(user) and gid \(group), perhaps not the process's own"
          : "SCM_CREDENTIALS has pid \(pid), the process is \(held.processID)"),
    ])
  }
}

extension FailedMessage {
  /// How many descriptors its SCM_RIGHTS pass.
  var descriptorCount: Int { descriptorCount(before: message.control?.endIndex ?? 0) }

  /// The same of those before one of its control messages.
  fileprivate func descriptorCount(before index: Int) -> Int {
    (message.control ?? []).prefix(index).reduce(0) {
      $1.kind == .descriptors && $1.status != .ignored ? $0 + $1.data.count / 4 : $0
    }
  }
}
