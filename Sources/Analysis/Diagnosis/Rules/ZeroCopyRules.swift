import Records

/// MSG_ZEROCOPY, which is ignored without SO_ZEROCOPY (kernel.md §3.1 and §3.3, ENOBUFS).
enum ZeroCopyRules {
  static let checks: [Check] = [noMemoryToPin]

  /// ENOBUFS (`msg_zerocopy_realloc`, `mm_account_pinned_pages`; kernel.md §3.1 and §3.3):
  /// MSG_ZEROCOPY may have come to net.core.optmem_max or RLIMIT_MEMLOCK.
  @Sendable private static func noMemoryToPin(_ failed: FailedMessage) -> Finding? {
    guard failed.flags.contains(.zeroCopy), failed.state?.sendsZeroCopy != false else {
      return nil
    }
    return .suspect(
      .noBuffers, .possible,
      "MSG_ZEROCOPY may have come to net.core.optmem_max or RLIMIT_MEMLOCK")
  }
}
