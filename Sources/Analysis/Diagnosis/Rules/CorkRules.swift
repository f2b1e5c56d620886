import Records

/// What is looked at before the first byte of a packet is put together: the MTU of its way, and
/// whether its headers have room in it (`ip_setup_cork`, `__ip6_append_data`).
enum CorkRules {
  /// ENETUNREACH (`ip_setup_cork`; not in kernel.md): the way takes less than IPv4 asks of any.
  @Sendable static func noWayForIPv4(_ failed: FailedMessage) -> Finding? {
    guard failed.beginsPacket, !failed.hasOpenWay else { return nil }
    guard let mtu = failed.wayMTU else { return failed.followsOneToItsAddress ? nil : .undecided }
    guard UInt64(mtu) < SizeRules.leastMTU(isIPv6: false) else { return nil }
    return .suspect(
      .networkUnreachable, .likely,
      "the MTU of its way is \(mtu), and IPv4 needs \(SizeRules.leastMTU(isIPv6: false))")
  }

  /// EMSGSIZE, EINVAL or ENOBUFS (`__ip6_append_data`; kernel.md §3.2, "header chain > MTU"): its
  /// headers leave no room in the first fragment. Which of them an MTU under 1280 brings depends on
  /// the kernel.
  @Sendable static func noRoomForHeaders6(_ failed: FailedMessage) -> Finding? {
    guard failed.beginsPacket, !failed.isSegmented, !failed.hasOpenWay else { return nil }
    let transport: UInt64 = failed.socket?.type == .raw ? 0 : 8
    let headers = 40 + failed.addedHeaderBytes + transport
    let least = SizeRules.leastMTU(isIPv6: true)
    guard let mtu = failed.wayMTU.map({ UInt64($0) }), mtu >= least else {
      return onUnknownWay(failed, headers)
    }
    let why = "\(headers) bytes of headers are over the MTU of \(mtu)"
    if headers > mtu || headers == mtu && transport == 0 {
      return .suspect(.messageTooLong, .likely, why)
    }
    // IPV6_MTU may say less.
    return headers >= least ? .suspect(.messageTooLong, .possible, "\(why), or may be") : nil
  }

  /// The same where the MTU is not known, or is less than IPv6 asks of any way.
  private static func onUnknownWay(_ failed: FailedMessage, _ headers: UInt64) -> Finding? {
    guard let mtu = failed.wayMTU.map({ UInt64($0) }) else {
      guard headers >= SizeRules.leastMTU(isIPv6: true) else {
        return failed.followsOneToItsAddress ? nil : .undecided
      }
      return .suspect(
        .messageTooLong, .possible, "\(headers) bytes of headers may be over the MTU of its way")
    }
    let why = "the MTU of its way is \(mtu), and IPv6 needs 1280"
    let isOver = headers > mtu || headers == mtu && failed.socket?.type == .raw
    // Behind its own header a fragment needs 8 bytes for that of fragments, and 8 to carry.
    let needsMore = mtu < headers + 16 && (failed.bytes ?? .max) > mtu &- headers
    // A raw socket is given fragments that carry nothing, until they have taken all its memory.
    if !isOver, needsMore, failed.socket?.type == .raw, mtu >= headers + 8 {
      return .suspects([
        Suspect(errno: .noBuffers, strength: .likely, why: why),
        Suspect(errno: .invalidArgument, strength: .possible, why: why),
        Suspect(errno: .messageTooLong, strength: .possible, why: why),
      ])
    }
    return .suspects([
      Suspect(errno: .messageTooLong, strength: isOver ? .likely : .possible, why: why),
      Suspect(
        errno: .invalidArgument, strength: !isOver && needsMore ? .likely : .possible, why: why),
    ])
  }
}

extension FailedMessage {
  /// True where one before it went to the same address.
  fileprivate var followsOneToItsAddress: Bool {
    predecessors.contains { $0.name == message.name }
  }

  /// True where it is the first of a packet that the kernel makes the header of. MSG_PROBE makes
  /// none, and a header of its own is sent as it is.
  fileprivate var beginsPacket: Bool {
    guard !flags.contains(.probe) || isSentByOwnFlags else { return false }
    guard socket?.type == .raw else { return true }
    return state?.includesHeader != true && (index == 0 || !flags.contains(.more))
  }
}
