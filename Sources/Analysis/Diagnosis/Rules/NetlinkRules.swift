import Records

/// AF_NETLINK (`netlink_sendmsg`; kernel.md §3.7).
enum NetlinkRules {
  static let checks: [Check] =
    [outOfBand, empty] + ControlRules.checks
    + [
      badAddress, receiverNotAllowed, BufferRules.overSendBuffer, noMemoryForGroup,
      PayloadRules.unreadable, noReceiver, fullReceiver,
    ]

  /// EOPNOTSUPP (`netlink_sendmsg`; kernel.md §3.7): MSG_OOB.
  @Sendable private static func outOfBand(_ failed: FailedMessage) -> Finding? {
    failed.flags.contains(.outOfBand) ? .fails(.notSupported, "netlink knows no MSG_OOB") : nil
  }

  /// ENODATA (`netlink_sendmsg`; kernel.md §3.7): no bytes.
  @Sendable private static func empty(_ failed: FailedMessage) -> Finding? {
    failed.bytes == 0 ? .fails(.noData, "it has no bytes") : nil
  }

  /// EINVAL (`netlink_sendmsg`; kernel.md §3.7): an address that is too short, or of another
  /// family.
  @Sendable private static func badAddress(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName else { return nil }
    if failed.nameLength < 12 {
      return .fails(
        .invalidArgument, "msg_namelen is \(failed.nameLength), a netlink address has 12 bytes")
    }
    guard let family = failed.message.name?.family, family != .netlink else { return nil }
    return .fails(.invalidArgument, "its address is of \(family.name), the socket of AF_NETLINK")
  }

  /// EPERM (`netlink_allowed`; kernel.md §3.7): its own address is of another process or a group,
  /// and the protocol is not open to all. A peer was checked by connect(2).
  @Sendable private static func receiverNotAllowed(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, failed.goesToProcesses, !failed.isOpenToAll,
      failed.hasNetworkCapability(Capability.netAdmin) != true
    else { return nil }
    return .suspect(
      .notPermitted, failed.hasNetworkCapability(Capability.netAdmin) == nil ? .possible : .likely,
      "it goes to a process or a group, which needs CAP_NET_ADMIN with this protocol"
        + failed.whyCapabilitiesDoNotCount)
  }

  /// ENOBUFS (`netlink_alloc_large_skb`; not in kernel.md): what goes to a group is asked for in
  /// one piece of memory.
  @Sendable private static func noMemoryForGroup(_ failed: FailedMessage) -> Finding? {
    failed.netlinkField("groups") == 0 ? nil : BufferRules.inOnePiece(failed)
  }

  /// ECONNREFUSED (`netlink_getsockbyportid`, `netlink_unicast_kernel`; kernel.md §3.7): no socket
  /// has the port.
  @Sendable private static func noReceiver(_ failed: FailedMessage) -> Finding? {
    guard let port = failed.portID, port != 0 else {
      return .suspect(
        .connectionRefused, .possible, "the kernel may have no receiver for this protocol")
    }
    if case .netlink(isBound: true)? = failed.evidence?.destination { return nil }
    return .suspect(
      .connectionRefused, failed.evidence?.destination == nil ? .possible : .likely,
      "no socket has the netlink port \(port)")
  }

  /// EAGAIN or EINTR (`netlink_attachskb`; kernel.md §3.7): the receiver's buffer is full.
  @Sendable private static func fullReceiver(_ failed: FailedMessage) -> Finding? {
    guard failed.goesToProcesses else { return nil }
    return WaitRules.ended(failed, isFull: nil, what: "the receiver's buffer is full")
  }
}

extension FailedMessage {
  /// `nl_pid` of where it goes.
  fileprivate var portID: UInt64? { netlinkField("pid") }

  fileprivate var goesToProcesses: Bool {
    (portID ?? 0) != 0 || (netlinkField("groups") ?? 0) != 0
  }

  /// True for NETLINK_USERSOCK, which alone lets everyone send to everyone (NL_CFG_F_NONROOT_SEND
  /// in `netlink_add_usersock_entry`; NETLINK_KOBJECT_UEVENT lets everyone receive).
  fileprivate var isOpenToAll: Bool { socket?.protocolNumber == userSocket }

  fileprivate func netlinkField(_ name: String) -> UInt64? {
    guard case .fields(let fields)? = destination?.form else { return nil }
    for field in fields where field.name == name {
      if case .unsigned(let value) = field.value { return value }
    }
    return nil
  }
}

/// NETLINK_USERSOCK.
private let userSocket: Int32 = 2
