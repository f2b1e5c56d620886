import Records

/// What no emptied send buffer has room for.
enum BufferRules {
  /// EMSGSIZE (`unix_dgram_sendmsg`, `netlink_sendmsg`; kernel.md §3.4 and §3.7): more bytes than
  /// SO_SNDBUF has, of which both leave 32 alone.
  @Sendable static func overSendBuffer(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes else { return .undecided }
    guard let size = failed.state?.sendBuffer else { return overUnknown(bytes, failed) }
    guard size > 32, bytes > UInt64(size) - 32 else { return nil }
    return .fails(
      .messageTooLong,
      "\(bytes) bytes are over \(size - 32), which is all that SO_SNDBUF of \(size) has room for")
  }

  /// EMSGSIZE (the same), where SO_SNDBUF could not be asked: it is 4 KiB at least
  /// (SOCK_MIN_SNDBUF), and 208 KiB where nobody has set it.
  private static func overUnknown(_ bytes: UInt64, _ failed: FailedMessage) -> Finding {
    guard failed.evidence != nil, bytes > 4096 - 32 else { return .undecided }
    return .suspect(
      .messageTooLong, bytes > 212_992 - 32 ? .favored : .unasked,
      "its \(bytes) bytes may be over what SO_SNDBUF, which could not be asked, has room for")
  }

  /// ENOBUFS (`alloc_skb_with_frags` for `unix_dgram_sendmsg`; not in kernel.md): what goes beyond
  /// 17 pages is asked for in one piece: over 4 MiB there is none, over 32 KiB there need be none.
  @Sendable static func overAllocation(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes else { return .undecided }
    let pages: UInt64 = 17 * 4096
    guard bytes > pages + 32 << 10 else { return nil }
    return .suspect(
      .noBuffers, bytes > pages + 4 << 20 ? .likely : .possible,
      "of its \(bytes) bytes the kernel wants all but \(pages) in one piece of memory")
  }

  /// ENOBUFS (`packet_alloc_skb`, `sock_wmalloc`, `netlink_alloc_large_skb`; not in kernel.md): all
  /// of it is asked for in one piece: over 4 MiB there is none, over 32 KiB there need be none.
  @Sendable static func inOnePiece(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes else { return .undecided }
    guard let strength = strength(ofPiece: bytes) else { return nil }
    return .suspect(
      .noBuffers, strength, "the kernel wants one piece of memory for its \(bytes) bytes")
  }

  /// ENOBUFS (`__ip_append_data`, `__ip6_append_data`; not in kernel.md): what waits to go out takes
  /// over twice SO_SNDBUF, which is never waited for.
  @Sendable static func queueOverTwice(_ failed: FailedMessage) -> Finding? {
    // What was held back is gone by now.
    let dropped = failed.isAppended ? failed.bytesBefore : 0
    guard let used = failed.state?.sendMemory.map({ UInt64($0) &+ dropped }),
      let buffer = failed.state?.sendBuffer.map({ UInt64($0) })
    else {
      guard failed.isOfUnaskedSocket else { return .undecided }
      return .suspect(
        .noBuffers, .unasked,
        "what waits to go out may take over twice SO_SNDBUF, which could not be asked")
    }
    guard used >= 2 * buffer else {
      return .suspect(
        .noBuffers, used < buffer ? .faint : .possible,
        "what waits to go out may have taken over twice SO_SNDBUF of \(buffer) for a moment")
    }
    return .suspect(
      .noBuffers, failed.state?.includesHeader == nil ? .favored : .likely,
      "what waits to go out takes \(used) bytes, and no more is taken from twice SO_SNDBUF of"
        + " \(buffer) on")
  }

  /// How much speaks for ENOBUFS where `bytes` are asked for in one piece; nil where nothing does.
  static func strength(ofPiece bytes: UInt64) -> Suspect.Strength? {
    // A `struct skb_shared_info`, and room for the headers of the link.
    let all = bytes &+ 384
    return all > 4 << 20 ? .likely : all > 32 << 10 ? .possible : nil
  }
}
