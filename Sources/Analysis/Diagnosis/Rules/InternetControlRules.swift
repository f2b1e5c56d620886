import Records

/// Values at SOL_IP and SOL_IPV6 (`ip_cmsg_send`, `ip6_datagram_send_ctl`; kernel.md §4).
enum InternetControlRules {
  /// The checks of a value at these levels.
  static func value(
    of message: ControlMessage, _ index: Int, _ failed: FailedMessage
  ) -> Finding? {
    switch message.kind {
    case .options: OptionRules.malformed(message, failed)
    case .packetInfo6, .oldPacketInfo6: badPacketInfo6(message, failed)
    case .routingHeader, .oldRoutingHeader: wrongRoutingHeader(message)
    case .hopOptions, .oldHopOptions:
      repeated(message, index, failed) ?? refusedExtensionHeader(message, failed)
    case .oldDestinationOptions:
      Finding.all(refusedExtensionHeader(message, failed), repeated(message, index, failed))
    case .routingOptions, .destinationOptions: refusedExtensionHeader(message, failed)
    default: nil
    }
  }

  /// EINVAL or ENODEV (`ip6_datagram_send_ctl`, to IPv4 `ip_cmsg_send`; kernel.md §4,
  /// IPV6_PKTINFO): an interface that is not there or not the one, an address that is not the
  /// host's.
  private static func badPacketInfo6(_ message: ControlMessage, _ failed: FailedMessage) -> Finding?
  {
    let isMapped = message.data.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff])
    if failed.goesByIPv4 {
      // RouteRules look at it then.
      guard !isMapped else { return nil }
      return .fails(
        .invalidArgument, "IPV6_PKTINFO names an IPv6 address, and its destination is IPv4")
    }
    if let index = message.word(at: 16), index != 0,
      case .inet6(let address, _, _, let scope)? = failed.destination?.form, scope != 0,
      scope != index, address.belongsToLink
    {
      return .suspect(
        .invalidArgument, .likely,
        "IPV6_PKTINFO names interface \(index), and its destination is on interface \(scope)")
    }
    if let index = message.word(at: 16), let bound = failed.state?.boundInterface, index != 0,
      bound != 0, UInt32(bitPattern: bound) != index
    {
      return .suspect(
        .invalidArgument, .likely,
        "IPV6_PKTINFO names interface \(index), and the socket is bound to interface \(bound)")
    }
    if message.data.first == 0xff {
      return .suspect(.invalidArgument, .likely, "IPV6_PKTINFO names a multicast address")
    }
    guard let source = failed.evidence?.source else {
      return .suspects([
        Suspect(
          errno: .noDevice, strength: .possible,
          why: "the interface of its IPV6_PKTINFO may not exist"),
        Suspect(
          errno: .invalidArgument, strength: .possible,
          why: "the address of its IPV6_PKTINFO may not be this host's"),
      ])
    }
    if let interface = source.interface, !interface.exists {
      return .suspect(
        .noDevice, .likely, "IPV6_PKTINFO names interface \(interface.index), which does not exist")
    }
    if message.isLinkLocalSource, message.word(at: 16) == 0, failed.hasNoInterface {
      return .suspect(
        .invalidArgument, .likely,
        "IPV6_PKTINFO names a link-local address, and nothing an interface for it")
    }
    // The code of IPv6 takes no address of IPv4 for the host's.
    if source.addressIsLocal == false || isMapped, failed.state?.isTransparent != true,
      failed.state?.bindsFreely != true
    {
      return .suspect(
        .invalidArgument, .likely, "IPV6_PKTINFO names an address that is not this host's")
    }
    return otherInterface(message, failed)
  }

  /// EINVAL (`ip6_datagram_send_ctl`; kernel.md §4, IPV6_PKTINFO): the socket's own IPV6_PKTINFO
  /// may name another interface, which cannot be asked for.
  private static func otherInterface(
    _ message: ControlMessage, _ failed: FailedMessage
  ) -> Finding? {
    guard let index = message.word(at: 16), index != 0, !failed.followsItsLike,
      failed.state?.boundInterface.map({ $0 == 0 }) ?? true
    else { return nil }
    return .suspect(
      .invalidArgument, .possible,
      "IPV6_PKTINFO names interface \(index), and the socket may have another one")
  }

  /// EINVAL (`ip6_datagram_send_ctl`; kernel.md §4, RTHDR): another type than that of Mobile IPv6,
  /// or more than its one address.
  private static func wrongRoutingHeader(_ message: ControlMessage) -> Finding? {
    guard message.data.count >= 4 else { return nil }
    let (length, type, left) = (message.data[1], message.data[2], message.data[3])
    if type != 2 || length != 2 || left != 1 {
      return .fails(
        .invalidArgument, "IPV6_RTHDR is of type \(type): only type 2 with one address is taken")
    }
    return overData(message) ?? withoutMobility
  }

  /// EINVAL (`ip6_datagram_send_ctl`; not in kernel.md): the kernel may be built without Mobile
  /// IPv6.
  private static let withoutMobility = Finding.suspect(
    .invalidArgument, .possible, "IPV6_RTHDR needs a kernel with CONFIG_IPV6_MIP6")

  /// EINVAL (`ip6_datagram_send_ctl`; not in kernel.md): hop-by-hop options for the second time, or
  /// destination options as of RFC 2292 behind others that IPV6_2292RTHDR has not moved before
  /// itself.
  private static func repeated(
    _ message: ControlMessage, _ index: Int, _ failed: FailedMessage
  ) -> Finding? {
    var (hasHops, hasDestination) = (false, false)
    for earlier in (failed.message.control ?? []).prefix(index)
    where earlier.status == .used {
      switch earlier.kind {
      case .hopOptions, .oldHopOptions: hasHops = true
      case .destinationOptions, .oldDestinationOptions: hasDestination = true
      case .oldRoutingHeader: hasDestination = false
      default: continue
      }
    }
    guard message.kind == .oldDestinationOptions ? hasDestination : hasHops else { return nil }
    return .fails(.invalidArgument, "\(message.typeName) stands behind another header of its kind")
  }

  /// EINVAL (`ip6_datagram_send_ctl`; kernel.md §4, "(hdrlen+1)*8"): a header says that it is
  /// longer than its control message.
  private static func overData(_ message: ControlMessage) -> Finding? {
    guard message.data.count >= 2, (Int(message.data[1]) + 1) * 8 > message.data.count else {
      return nil
    }
    return .fails(
      .invalidArgument,
      "an extension header says it has \((Int(message.data[1]) + 1) * 8) bytes,"
        + " its control message has \(message.data.count)")
  }

  /// EINVAL or EPERM (`ip6_datagram_send_ctl`; kernel.md §4, HOPOPTS and DSTOPTS): a header longer
  /// than its control message, or no CAP_NET_RAW.
  private static func refusedExtensionHeader(
    _ message: ControlMessage, _ failed: FailedMessage
  ) -> Finding? {
    if let overData = overData(message) { return overData }
    return failed.refused(
      without: Capability.netRaw, why: "IPv6 extension headers need CAP_NET_RAW")
  }
}

extension ControlMessage {
  /// True for an IPV6_PKTINFO with an address of fe80::/10.
  fileprivate var isLinkLocalSource: Bool {
    data.count >= 16 && data[0] == 0xfe && data[1] & 0xc0 == 0x80
  }
}

extension FailedMessage {
  /// True where neither the socket nor the scope of its destination names an interface.
  fileprivate var hasNoInterface: Bool {
    guard state?.boundInterface == 0 else { return false }
    if case .inet6(_, _, _, let scope)? = destination?.form { return scope == 0 }
    return true
  }
}
