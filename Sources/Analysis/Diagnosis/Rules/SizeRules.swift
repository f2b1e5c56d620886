import Records

/// Datagrams that may not be fragmented, against the MTU of their way (`__ip_append_data`;
/// kernel.md §3.1, EMSGSIZE).
enum SizeRules {
  /// EMSGSIZE (the same; kernel.md §3.1 and §3.2): longer than any packet of IP. Where no fragments
  /// are to be made, the MTU is the limit instead, and that of a device can be larger.
  static func overPacket(
    _ discovery: MTUDiscovery?, isSure: Bool = true, _ why: String
  ) -> Finding {
    isSure && discovery?.allowsFragments == true
      ? .fails(.messageTooLong, why) : .suspect(.messageTooLong, .likely, why)
  }

  /// EMSGSIZE (`__ip_append_data`, `__ip6_append_data`; not in kernel.md): `heldBack` of raw
  /// sockets, which hold back for MSG_MORE alone.
  @Sendable static func heldBackPacket(_ failed: FailedMessage) -> Finding? {
    guard failed.index > 0, failed.flags.contains(.more), !failed.flags.contains(.probe),
      failed.state?.includesHeader != true
    else { return nil }
    let isIPv6 = failed.socket?.family == .inet6
    return heldBack(
      failed, limit: isIPv6 ? 65535 : 65515, headers: isIPv6 ? 40 : 20,
      discovery: isIPv6 ? failed.state?.mtuDiscovery6 : failed.state?.mtuDiscovery)
  }

  /// EMSGSIZE (`__ip_append_data`, `__ip6_append_data`; not in kernel.md): with the messages before
  /// it, which are held back, it makes one packet that carries at most `limit` bytes, or what the
  /// MTU takes behind `headers` bytes of headers.
  static func heldBack(
    _ failed: FailedMessage, limit: UInt64, headers: UInt64, discovery: MTUDiscovery?
  ) -> Finding? {
    guard let bytes = failed.bytes else { return .undecided }
    let held = failed.predecessors.reduce(UInt64(0)) { $0 &+ ($1.bytes ?? 0) }
    if let found = heldBackOverMTU(failed, held, headers, discovery) { return found }
    guard held &+ bytes > limit else {
      return .suspect(
        .messageTooLong, .possible,
        "with what earlier calls held back it may be over \(limit) bytes, the most a datagram"
          + " carries")
    }
    return overPacket(
      discovery,
      "with the \(held) bytes held back before it, its \(bytes) bytes are over \(limit), the most"
        + " a datagram carries; all of it is dropped, the counted messages too")
  }

  /// The same where it may not be fragmented: the first message of all has decided on the way and
  /// the MTU (`ip_setup_cork`), and on whether UDP cuts it.
  private static func heldBackOverMTU(
    _ failed: FailedMessage, _ held: UInt64, _ headers: UInt64, _ discovery: MTUDiscovery?
  ) -> Finding? {
    guard let bytes = failed.bytes, let first = failed.call.messages.first,
      let mode = failed.whyWhole(discovery),
      Segmentation.size(control: first.control ?? [], option: failed.state?.segmentSize ?? 0) == nil
    else { return nil }
    let headers = headers + failed.addedHeaderBytes
    let isSameWay = first.name == failed.message.name && (first.control ?? []).isEmpty
    guard isSameWay, let mtu = failed.wayMTU else {
      guard held + bytes + headers > leastMTU(isIPv6: headers >= 40) else { return nil }
      return .suspect(
        .messageTooLong, .possible,
        "with the \(held) bytes held back before it, its \(bytes) bytes may be over the MTU of the way,"
          + " and \(mode); all of it is dropped, the counted messages too")
    }
    guard held + bytes + headers > UInt64(mtu) else { return nil }
    return .suspect(
      .messageTooLong, .likely,
      "with the \(held) bytes held back before it, its \(bytes) bytes and \(headers) of headers are over"
        + " the MTU of \(mtu), and \(mode); all of it is dropped, the counted messages too")
  }

  /// EMSGSIZE (`__ip_append_data`, `__ip6_append_data`; kernel.md §3.1 and §3.2): a payload behind
  /// `headers` bytes of headers is over the MTU, and may not be fragmented.
  static func overMTU(
    _ failed: FailedMessage, discovery: MTUDiscovery?, headers: UInt64
  ) -> Finding? {
    guard let bytes = failed.bytes else { return .undecided }
    guard failed.hasAskedSocket else { return overMTUOfUnasked(failed, bytes, headers) }
    let least = leastMTU(isIPv6: headers >= 40)
    let headers = headers + failed.addedHeaderBytes
    let forbidden = failed.forbidsFragments
    if failed.isSegmented || discovery?.allowsFragments == true && forbidden == false {
      return SharedOptionRules.whole(failed, bytes, headers)
    }
    guard let mtu = failed.wayMTU else {
      guard bytes + headers > least else { return nil }
      return .suspect(
        .messageTooLong, .possible,
        "\(bytes) bytes may be over the MTU of its way, and it may not be fragmented")
    }
    guard bytes + headers > UInt64(mtu) else {
      guard let limit = failed.ownLimit(to: bytes + headers) else { return nil }
      return .suspect(
        .messageTooLong, .possible,
        "\(bytes) bytes and \(headers) of headers may be over \(limit), and it may not be fragmented"
      )
    }
    let mode = failed.whyWhole(discovery) ?? "it may not be fragmented"
    let isSure = forbidden == true || discovery?.allowsFragments == false
    return .suspect(
      .messageTooLong, isSure ? .likely : .possible,
      "\(bytes) bytes and \(headers) of headers are over the MTU of \(mtu), and \(mode)")
  }

  /// The same of a socket that could not be asked whether fragments may be made of what it sends:
  /// where none was seen to be, they may not.
  private static func overMTUOfUnasked(
    _ failed: FailedMessage, _ bytes: UInt64, _ headers: UInt64
  ) -> Finding {
    let all = bytes + headers + failed.addedHeaderBytes
    guard !failed.isSegmented, let mtu = failed.wayMTU, all + mostOptions > UInt64(mtu) else {
      return .undecided
    }
    if all <= UInt64(mtu) {
      return .suspect(
        .messageTooLong, .unasked,
        "\(bytes) bytes and \(all - bytes) of headers may be over the MTU of \(mtu) with options of"
          + " the socket's own, which could not be asked")
    }
    // What was as long has passed: it may be cut, or the MTU was another.
    let hasPassed = failed.predecessors.contains { ($0.bytes ?? 0) >= bytes }
    return .suspect(
      .messageTooLong, hasPassed ? failed.hasNewMTU ? .possible : .unasked : .favored,
      "\(bytes) bytes and \(all - bytes) of headers are over the MTU of \(mtu), and it may not be"
        + " fragmented, if its socket says so, which could not be asked")
  }

  /// The most that IP_OPTIONS adds to a header.
  private static let mostOptions: UInt64 = 40

  /// The least that a way takes (RFC 791: 68; RFC 8200: 1280), where its own is not known.
  static func leastMTU(isIPv6: Bool) -> UInt64 { isIPv6 ? 1280 : 68 }
}

extension FailedMessage {
  /// The MTU that its size is held against: of the connected socket, or as it was found for the
  /// destination; of the device where the socket ignores paths (`ip_setup_cork`, `ip6_setup_cork`).
  var wayMTU: UInt32? {
    let isIPv4 = socket?.family == .inet || goesByIPv4
    let discovery = isIPv4 ? state?.mtuDiscovery : state?.mtuDiscovery6
    if discovery?.ignoresPath == true { return deviceMTU }
    if case .route(let route)? = evidence?.destination, let mtu = route.mtu { return mtu }
    return hasName ? nil : state?.pathMTU
  }

  /// The MTU of the interface that it goes out by.
  var deviceMTU: UInt32? {
    guard case .route(let route)? = evidence?.destination else { return nil }
    return route.deviceMTU
  }

  /// What may set a limit of its own to packets of `size` bytes, and cannot be asked for: IPV6_MTU,
  /// which is never under the least MTU of IPv6, and an interface that IP_MULTICAST_IF names by its
  /// number. Nil where its like has passed.
  func ownLimit(to size: UInt64) -> String? {
    let isIPv6 = socket?.family == .inet6 && !goesByIPv4
    guard isIPv6 || mayChooseMulticastInterface, size > SizeRules.leastMTU(isIPv6: isIPv6),
      let bytes,
      !predecessors.contains(where: { earlier in
        earlier.name?.family == message.name?.family && earlier.control == message.control
          && (earlier.bytes ?? 0) >= bytes && (isIPv6 || earlier.name == message.name)
      })
    else { return nil }
    return isIPv6
      ? "a limit of the socket's own (IPV6_MTU)"
      : "the MTU of the interface that IP_MULTICAST_IF may name"
  }

  /// True where the MTU of its way may have become less while the call ran.
  fileprivate var hasNewMTU: Bool {
    if evidence?.waysHaveChanged == true { return true }
    guard case .route(let route)? = evidence?.destination else { return false }
    return route.learnedMTU != nil
  }

  /// Why it may not be fragmented; nil where it may, or that is not known.
  fileprivate func whyWhole(_ discovery: MTUDiscovery?) -> String? {
    if forbidsFragments == true { return "IPV6_DONTFRAG is set" }
    guard let discovery, !discovery.allowsFragments else { return nil }
    return "\(isOfIPv6 ? "IPV6" : "IP")_MTU_DISCOVER is \(discovery.name)"
  }

  /// IPV6_DONTFRAG, of the socket or the message; nil where it is not known.
  fileprivate var forbidsFragments: Bool? {
    let own = message.control?.last { $0.kind == .dontFragment && $0.status == .used }
    if let own { return own.intValue == 1 }
    return socket?.family == .inet6 && !goesByIPv4 ? state?.forbidsFragments : false
  }
}
