import Records

/// A socket that others have as well: another thread, or a process that it was inherited or passed
/// to.
///
/// Between two messages of a call they may connect it, set an option, hold a piece of a datagram
/// back or put another socket in its place, and undo that before the call ends: that it passes the
/// checks of its protocol, as far as can be seen, proves nothing then.
enum SharingRules {
  static let checks: [Check] = [mayHaveChanged, doneForRing]

  /// The errno of another check may be the true one (`__sys_sendmmsg`; kernel.md §1): the socket is
  /// not locked between two messages.
  @Sendable private static func mayHaveChanged(_ failed: FailedMessage) -> Finding? {
    failed.hasOwnSocket ? nil : .undecided
  }

  /// EINTR (`io_req_task_work_add`, `sock_intr_errno`; not in kernel.md): the process may have left
  /// something to an io_uring that ended a wait, and was done by the thread before the call
  /// returned: the kernel had not seen it when it came to the checks.
  @Sendable private static func doneForRing(_ failed: FailedMessage) -> Finding? {
    guard failed.evidence?.mayHaveRing == true, failed.waits != false else { return nil }
    return .suspect(.interrupted, .possible, WaitRules.endedByRing, cause: .interrupted)
  }
}
