import Records

/// SCTP (`sctp_sendmsg`; kernel.md §3.7).
enum SCTPRules {
  static let checks: [Check] =
    [overSendBuffer] + ControlRules.checks + [brokenPipe, WaitRules.fullBuffer]

  /// EMSGSIZE (`sctp_sendmsg_parse`; kernel.md §3.7): more bytes than SO_SNDBUF.
  @Sendable private static func overSendBuffer(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes, let size = failed.state?.sendBuffer, bytes > UInt64(size)
    else { return nil }
    return .suspect(.messageTooLong, .likely, "\(bytes) bytes are over SO_SNDBUF of \(size)")
  }

  /// EPIPE (`sctp_sendmsg_parse`, `sctp_sendmsg_check_sflags`; kernel.md §3.7): no association to
  /// send on.
  @Sendable private static func brokenPipe(_ failed: FailedMessage) -> Finding? {
    guard failed.evidence?.hasOwnBrokenPipe == true || failed.state?.isHungUp == true else {
      return nil
    }
    return .suspect(.brokenPipe, .likely, "there is no association to send on")
  }
}
