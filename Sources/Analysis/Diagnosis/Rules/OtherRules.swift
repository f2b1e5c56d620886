import Records

/// Families whose code is not followed step by step (kernel.md §3.7): what most of them share.
enum OtherRules {
  static let checks: [Check] =
    [brokenPipe, queueFull, tipcTooLong] + WaitRules.checks + [unreadable]

  /// EPIPE (the family's own `sendmsg`; kernel.md §3.0, SIGPIPE): the call raised SIGPIPE.
  @Sendable private static func brokenPipe(_ failed: FailedMessage) -> Finding? {
    guard failed.evidence?.hasOwnBrokenPipe == true else { return nil }
    return .suspect(.brokenPipe, .likely, "the peer has closed: the call raised SIGPIPE")
  }

  /// ENOBUFS (`can_send`; kernel.md §3.7): the queue of a CAN interface is short, and the common
  /// reason. Nothing speaks for it, and the other reasons of CAN are not looked into.
  @Sendable private static func queueFull(_ failed: FailedMessage) -> Finding? {
    guard failed.socket?.family == .can else { return nil }
    return .suspect(.noBuffers, .possible, "the queue of the CAN interface may have been full")
  }

  /// EMSGSIZE (`__tipc_sendmsg`; kernel.md §3.7): over 66,000 bytes to TIPC.
  @Sendable private static func tipcTooLong(_ failed: FailedMessage) -> Finding? {
    guard failed.socket?.family == .tipc, let bytes = failed.bytes, bytes > 66000 else {
      return nil
    }
    return .suspect(
      .messageTooLong, .likely, "\(bytes) bytes are over 66000, the most that TIPC takes")
  }

  /// EFAULT (`copy_from_iter`; kernel.md §2.1, "Data pages"): the payload cannot be read. When it
  /// is read is not known here, so that this proves nothing.
  @Sendable private static func unreadable(_ failed: FailedMessage) -> Finding? {
    guard case .fails(let errno, let why)? = PayloadRules.unreadable(failed) else { return nil }
    return .suspect(errno, .likely, why)
  }
}
