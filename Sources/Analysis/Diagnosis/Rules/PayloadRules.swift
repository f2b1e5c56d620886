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
    switch whatIsTaken(of: failed, before: count) {
    case .some: return .suspect(.badAddress, .possible, why)
    // Behind the message before it there may be room for a small piece.
    case .perhapsSome: return .suspect(.badAddress, failed.index > 0 ? .favored : .likely, why)
    case .none: break
    }
    return wasUnreadable(failed, behind: count)
      ? .fails(.badAddress, why)
      : .suspect(.badAddress, wasRead(failed, behind: count) ? .remaining : .likely, why)
  }

  private enum Taken { case none, perhapsSome, some }

  /// What a stream has taken before it meets a fault behind `count` bytes: whole pieces, which end
  /// the call without an error (kernel.md §2.1, "Data pages"). Where the kernel can say so, it
  /// would have.
  private static func whatIsTaken(of failed: FailedMessage, before count: UInt64) -> Taken {
    guard failed.socket?.type == .stream, count > 0, failed.evidence?.sentLengthIsWritable != true
    else { return .none }
    let room = failed.state?.sendBuffer.map { UInt64($0) } ?? .max
    let longest = failed.socket?.isOfKnownPieces == true ? min(room, longestPiece) : room
    return count > longest ? .some : .perhapsSome
  }

  /// More than TCP copies at once (`sk_page_frag_refill`: 32 KiB), or AF_UNIX
  /// (`unix_stream_sendmsg`: 16 KiB and 32 KiB).
  private static let longestPiece: UInt64 = 64 << 10

  /// True where the kernel can have met nothing but the fault that was met at the exit.
  private static func wasUnreadable(_ failed: FailedMessage, behind count: UInt64) -> Bool {
    if wasRead(failed, behind: count) || mayHaveWaited(failed) { return false }
    return failed.message.payload.fault != nil || failed.waits == false || !failed.waitsBehindCopy
  }

  /// True where the byte that cannot be read at the exit was read at the entry: what has unmapped
  /// it in the meantime may have done so behind the kernel's copy.
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

extension SocketDescription {
  /// True for streams that are known to copy a message in pieces.
  fileprivate var isOfKnownPieces: Bool {
    family == .unix
      || (family == .inet || family == .inet6) && protocolNumber == InternetProtocol.tcp
  }
}
