import Records

/// MSG_ZEROCOPY, which is ignored without SO_ZEROCOPY (kernel.md §3.1 and §3.3, ENOBUFS).
enum ZeroCopyRules {
  static let checks: [Check] = [noMemory]

  /// ENOBUFS (`msg_zerocopy_realloc`, `mm_account_pinned_pages`).
  @Sendable private static func noMemory(_ failed: FailedMessage) -> Finding? {
    guard failed.flags.contains(.zeroCopy), failed.state?.sendsZeroCopy != false else {
      return nil
    }
    return .suspect(
      .noBuffers, .possible,
      "MSG_ZEROCOPY may have come to net.core.optmem_max or RLIMIT_MEMLOCK")
  }
}
