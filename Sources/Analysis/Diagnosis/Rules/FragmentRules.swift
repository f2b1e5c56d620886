import Records

/// The fragments of a datagram that is larger than the MTU of its way: each but the first is given
/// memory of its own while the datagram is put together.
enum FragmentRules {
  /// ENOBUFS (`__ip_append_data`, `__ip6_append_data`; kernel.md §3.1, "fragment alloc"): together
  /// they take more than twice SO_SNDBUF, which is looked at before each is copied.
  @Sendable static func overSendBuffer(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes else { return .undecided }
    guard !failed.isSegmented, failed.state?.includesHeader != true else { return nil }
    let payload = failed.bytesAppended(of: bytes)
    if let found = overSendBuffer(failed, payload: payload) { return found }
    guard failed.mayBeAppended else { return nil }
    return overSendBuffer(failed, payload: payload &+ failed.bytesBefore)?.atMost(.unasked)
  }

  private static func overSendBuffer(_ failed: FailedMessage, payload: UInt64) -> Finding? {
    let size = Fragments(failed, payload: payload)
    guard size.count > 1 else { return nil }
    guard let buffer = failed.state?.sendBuffer.map({ UInt64($0) }) else {
      guard failed.isOfUnaskedSocket else { return .undecided }
      return .suspect(
        .noBuffers, .unasked,
        "its fragments, \(size.count) or more, may take over twice SO_SNDBUF, which could not be asked"
      )
    }
    let why = "its fragments, \(size.count) or more, take over twice SO_SNDBUF of \(buffer)"
    if size.isKnown, size.leastMemory > 2 * buffer { return .suspect(.noBuffers, .likely, why) }
    // What was queued before it counts too: less than the buffer, else it would have waited.
    guard size.mostMemory > buffer else { return nil }
    return .suspect(.noBuffers, .possible, why + ", as much as the kernel needs for them")
  }
}

/// The fragments of a payload, and the memory that is counted when the last one is asked for.
private struct Fragments {
  let count: UInt64
  /// False where the MTU is only the least that there can be.
  let isKnown: Bool
  let leastMemory: UInt64
  let mostMemory: UInt64

  init(_ failed: FailedMessage, payload: UInt64) {
    let isIPv6 = failed.socket?.family == .inet6 && !failed.goesByIPv4
    let header = (isIPv6 ? 40 : 20) + failed.addedHeaderBytes
    let mtu = failed.wayMTU.map { UInt64($0) } ?? SizeRules.leastMTU(isIPv6: isIPv6)
    let total = payload + (failed.socket?.isUDP == true ? 8 : 0)
    isKnown = failed.wayMTU != nil
    // All but the last carry a multiple of 8.
    let carried = mtu > header + 8 ? (mtu - header) / 8 * 8 : 8
    count = total + header <= mtu ? 1 : (total + carried - 1) / carried
    let (least, most) = Self.memory(header + carried)
    leastMemory = (count - 1) * least
    mostMemory = (count - 1) * most
  }

  /// What one of so many bytes takes (`truesize`): a `struct sk_buff`, room for link headers and a
  /// `struct skb_shared_info`, as the allocator rounds it up.
  private static func memory(_ bytes: UInt64) -> (least: UInt64, most: UInt64) {
    let needed = bytes + 320 + 128
    let rounded = 1 << UInt64(64 - (needed - 1).leadingZeroBitCount)
    return (bytes + 512, UInt64(rounded) + 512)
  }
}

extension FailedMessage {
  /// How many bytes of `bytes` are appended until one cannot be read, with what the messages before
  /// it have held back.
  fileprivate func bytesAppended(of bytes: UInt64) -> UInt64 {
    var reached = bytes
    if case .fault(_, let count)? = evidence?.payload { reached = min(bytes, count &+ 1) }
    guard flags.contains(.more) || state?.isCorked == true else { return reached }
    return reached &+ bytesBefore
  }
}
