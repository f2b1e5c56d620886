import Records

/// The copy of the payload, which only the protocol makes (kernel.md §2.1, "data pages").
enum PayloadRules {
  /// EFAULT (`copy_from_iter`; kernel.md §2.1, "Data pages"): a page of the payload cannot be read.
  @Sendable static func unreadable(_ failed: FailedMessage) -> Finding? {
    guard case .fault(let address, let count)? = failed.evidence?.payload else { return nil }
    let why =
      count == 0
      ? "its payload cannot be read at \(address.hex)"
      : "its payload cannot be read at \(address.hex), behind \(count) bytes"
    return wasUnreadable(failed, behind: count)
      ? .fails(.badAddress, why)
      : .suspect(.badAddress, wasRead(failed, behind: count) ? .remaining : .likely, why)
  }

  /// True where the kernel can have met nothing but the fault that was met at the exit.
  private static func wasUnreadable(_ failed: FailedMessage, behind count: UInt64) -> Bool {
    if wasRead(failed, behind: count) || mayHaveWaited(failed) { return false }
    return failed.message.payload.fault != nil || failed.waits == false || !failed.waitsBehindCopy
  }

  /// True where the byte that cannot be read at the exit was read at the entry: what has unmapped it
  /// in the meantime may have done so behind the kernel's copy.
  private static func wasRead(_ failed: FailedMessage, behind count: UInt64) -> Bool {
    failed.message.payload.data.map { UInt64($0.count) > count } ?? false
  }

  /// True where a wait for room may have ended without success: the payload may have been copied
  /// before it, and been unmapped since.
  private static func mayHaveWaited(_ failed: FailedMessage) -> Bool {
    guard failed.waits != false else { return false }
    if failed.hasPendingSignal { return true }
    guard let limit = failed.state?.sendTimeout, limit > 0, let duration = failed.call.duration
    else { return false }
    return duration >= limit
  }
}

extension FailedMessage {
  /// True where the protocol waits for its receiver with the payload copied already
  /// (`unix_wait_for_peer`, `netlink_attachskb`).
  fileprivate var waitsBehindCopy: Bool {
    socket?.family == .netlink || socket?.family == .unix && socket?.type != .stream
  }
}
