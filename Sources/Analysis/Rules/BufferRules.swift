import Records

/// What no emptied send buffer has room for.
enum BufferRules {
  /// EMSGSIZE (`unix_dgram_sendmsg`, `netlink_sendmsg`; kernel.md §3.4 and §3.7): more bytes than
  /// SO_SNDBUF has, of which both leave 32 alone.
  @Sendable static func overSendBuffer(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes, let size = failed.state?.sendBuffer else { return .undecided }
    guard size > 32, bytes > UInt64(size) - 32 else { return nil }
    return .suspect(
      .messageTooLong, .likely,
      "\(bytes) bytes are over \(size - 32), which is all that SO_SNDBUF of \(size) has room for")
  }
}
