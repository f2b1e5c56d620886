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

  /// EMSGSIZE (`__zerocopy_sg_from_iter`, of `__ip_append_data` and `__ip6_append_data`; not in
  /// kernel.md): a datagram whose pages are pinned has more of them than a packet can refer to,
  /// MAX_SKB_FRAGS. One that is made of several packets, or held back, is copied instead.
  @Sendable static func tooManyPieces(_ failed: FailedMessage) -> Finding? {
    guard failed.flags.contains(.zeroCopy), failed.state?.sendsZeroCopy != false,
      !failed.flags.contains(.more), failed.state?.isCorked != true, let bytes = failed.bytes
    else { return nil }
    let pieces = failed.pagedPieces
    guard pieces > mostPieces else { return nil }
    let headers: UInt64 = failed.isOfIPv6 ? 48 : 28
    if !failed.isSegmented, let mtu = failed.wayMTU, bytes + headers > UInt64(mtu) { return nil }
    return .suspect(
      .messageTooLong, failed.state?.sendsZeroCopy == true ? .likely : .possible,
      "MSG_ZEROCOPY: its payload lies in \(pieces) pieces of pages, and a packet refers to at most"
        + " \(mostPieces), where the kernel was not built for more")
  }

  /// MAX_SKB_FRAGS, which CONFIG_MAX_SKB_FRAGS can make 45.
  private static let mostPieces = 17
}

extension FailedMessage {
  /// In how many parts of pages its payload lies, of which neighbors in one page are one.
  fileprivate var pagedPieces: Int {
    let page: UInt64 = 4096
    var (count, end): (UInt64, UInt64?) = (0, nil)
    for piece in message.iovecs ?? [] where piece.length > 0 {
      let start = piece.base.value
      let last = start &+ (piece.length - 1)
      count &+= last / page &- start / page &+ (start == end && start % page != 0 ? 0 : 1)
      end = last &+ 1
    }
    return Int(clamping: count)
  }
}
