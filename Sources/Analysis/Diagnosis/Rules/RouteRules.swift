import Records

/// The way to an IP destination (kernel.md §3.1, "routing", and the broadcast check behind it).
enum RouteRules {
  static let checks4: [Check] = [
    mayHaveChanged, badPacketInfo4, noRoute, blockedByPolicy, multicastInterface,
    routedByControlMessages,
    otherRules,
    broadcastNotAllowed,
  ]
  static let checks6: [Check] = [
    mayHaveChanged, noRoute, blockedByPolicy, routedByControlMessages, ownInterface6, otherRules,
    ipv4Source,
  ]

  /// The errno of a way that there was for a moment may be the true one (`ip_route_output_flow`,
  /// `ip6_dst_lookup_flow`; kernel.md §3.1, "routing"): another message may have found another.
  @Sendable private static func mayHaveChanged(_ failed: FailedMessage) -> Finding? {
    failed.evidence?.waysAreSteady == true ? nil : .undecided
  }

  /// EINVAL, ENODEV or ENETUNREACH (`ip_route_output_key_hash_rcu`; kernel.md §3.1, "routing"):
  /// IP_PKTINFO, or an IPV6_PKTINFO with an IPv4 address, names a source that is none of any host,
  /// or an interface or a source that the host does not have.
  @Sendable private static func badPacketInfo4(_ failed: FailedMessage) -> Finding? {
    let kinds: [ControlKind] =
      failed.socket?.family == .inet6 ? [.packetInfo, .packetInfo6] : [.packetInfo]
    let own = failed.message.control?.last { kinds.contains($0.kind) && $0.status == .used }
    guard let own, !failed.hasOpenWay else { return nil }
    let name = own.kind == .packetInfo ? "IP_PKTINFO" : "IPV6_PKTINFO"
    if let kind = own.kindOfNoSource {
      return .suspect(
        .invalidArgument, .likely, "\(name) names \(kind) as its source, which nothing is sent from"
      )
    }
    guard let source = failed.evidence?.source else {
      return .suspects([
        Suspect(
          errno: .noDevice, strength: .possible,
          why: "the interface of its \(name) may not exist"),
        Suspect(
          errno: .networkUnreachable, strength: .possible,
          why: "the source address of its \(name) may not be this host's"),
      ])
    }
    if let interface = source.interface, !interface.exists {
      return .suspect(
        .noDevice, .likely, "\(name) names interface \(interface.index), which does not exist")
    }
    if source.addressIsLocal == false, failed.state?.isTransparent != true,
      failed.state?.includesHeader != true
    {
      // Older kernels say EINVAL.
      return .suspect(
        .networkUnreachable, .likely, "\(name) names a source address that is not this host's")
    }
    return nil
  }

  /// The errno of the routing (`ip_route_output_flow`, `ip6_dst_lookup_flow`; kernel.md §3.1,
  /// "routing"): no route, or one of type unreachable, prohibit, blackhole or throw.
  @Sendable private static func noRoute(_ failed: FailedMessage) -> Finding? {
    guard !failed.hasOpenWay else { return nil }
    if failed.socket?.family == .inet6, !failed.goesByIPv4,
      failed.destination?.isMappedIPv4 == true
    {
      return .suspect(
        failed.isOfPing ? .invalidArgument : .networkUnreachable, .likely,
        "its destination is an IPv4 address, to which this socket finds no route")
    }
    guard case .route(let route)? = failed.evidence?.destination else {
      if failed.lacksScope { return failed.isOfPing ? nil : withoutScope }
      return .suspects([
        Suspect(
          errno: .networkUnreachable, strength: .unasked, why: "there may be no route to it"),
        Suspect(
          errno: .hostUnreachable, strength: .unasked, why: "the route to it may be closed"),
      ])
    }
    guard let refusal = route.refusal else { return failed.followsItsLike ? closedForAMoment : nil }
    return .suspect(
      refusal,
      !failed.hasAskedSocket
        // With SO_DONTROUTE what is closed is not found at all.
        ? failed.state?.boundInterface == nil || refusal != .networkUnreachable ? .favored : .likely
        : route.isForOthers ? .possible : failed.hasMulticastInterface ? .remaining : .likely,
      (failed.followsItsLike ? "the ways changed while the call ran: " : "")
        + sentence(refusal, route))
  }

  /// EPERM (`xfrm_lookup_route`; not in kernel.md): a policy of IPsec blocks what goes there.
  @Sendable private static func blockedByPolicy(_ failed: FailedMessage) -> Finding? {
    guard case .route(let route)? = failed.evidence?.destination else { return nil }
    switch route.blocking {
    case .none: return nil
    case .possible:
      return .suspect(
        .notPermitted, .possible, "a policy of IPsec (ip-xfrm(8)) may block what goes there")
    case .sure:
      // Of one that is new nobody has told.
      return .suspect(
        .notPermitted, !failed.hasAskedSocket || failed.followsItsLike ? .favored : .likely,
        "a policy of IPsec (ip-xfrm(8)) blocks what goes there")
    }
  }

  /// ENETUNREACH (`ip_route_output_key_hash_rcu`; not in kernel.md): IP_MULTICAST_IF may name an
  /// interface that is down: for the index that was set, the socket cannot be asked.
  @Sendable private static func multicastInterface(_ failed: FailedMessage) -> Finding? {
    guard failed.mayChooseMulticastInterface, !failed.hasOpenWay else { return nil }
    return .suspect(
      .networkUnreachable, .possible,
      "its destination is a group, and IP_MULTICAST_IF may name an interface that is down")
  }

  /// EACCES or ENETUNREACH (`fib_rules_lookup`; kernel.md §3.1, "routing"): the rules of routing
  /// (ip-rule(8)) may look at what the message says for itself, of which not all was said when its
  /// way was asked for.
  @Sendable private static func routedByControlMessages(_ failed: FailedMessage) -> Finding? {
    guard failed.choosesItsWay, !failed.hasOpenWay,
      case .route(let route)? = failed.evidence?.destination, route.refusal == nil
    else { return nil }
    let why = "for what it says of its own way the routing may choose another, "
    // Strictly, all that is not on the link is out of reach.
    if failed.hasSourceRoute == true {
      let hop = "its source route may lead to where "
      return .suspects([
        Suspect(errno: .networkUnreachable, strength: .possible, why: hop + "no route leads"),
        Suspect(errno: .accessDenied, strength: .possible, why: hop + "the route is prohibited"),
        Suspect(errno: .hostUnreachable, strength: .possible, why: hop + "the route is closed"),
      ])
    }
    return .suspects([
      Suspect(errno: .accessDenied, strength: .possible, why: why + "which is prohibited"),
      Suspect(errno: .networkUnreachable, strength: .possible, why: why + "which there is not"),
    ])
  }

  /// ENETUNREACH (`ip6_route_output_flags`; not in kernel.md): the socket's own IPV6_PKTINFO, which
  /// cannot be asked for, may name another interface than the way goes out by.
  @Sendable private static func ownInterface6(_ failed: FailedMessage) -> Finding? {
    guard failed.evidence != nil, failed.mayHaveOwnInterface, !failed.hasOpenWay else { return nil }
    return .suspect(
      .networkUnreachable, .momentary,
      "the socket may have an interface of its own (IPV6_PKTINFO), by which there is no route")
  }

  /// EACCES, ENETUNREACH or EHOSTUNREACH (`fib_rules_lookup`; kernel.md §3.1, "routing"): a rule of
  /// routing (ip-rule(8)) may look at its protocol or port, for which its way could not be asked.
  @Sendable private static func otherRules(_ failed: FailedMessage) -> Finding? {
    guard !failed.hasOpenWay, case .route(let route)? = failed.evidence?.destination,
      route.isForOthers
    else { return nil }
    let what =
      failed.hasAskedSocket
      ? "a rule of routing that looks at protocols or ports"
      : "an option of the socket, which could not be asked,"
    let why = what + " may lead it a way "
    let strength: Suspect.Strength = route.refusal == nil ? .faint : .possible
    return .suspects([
      Suspect(errno: .accessDenied, strength: strength, why: why + "that is prohibited"),
      Suspect(errno: .networkUnreachable, strength: strength, why: why + "that there is not"),
      Suspect(errno: .hostUnreachable, strength: strength, why: why + "that is closed"),
    ])
  }

  /// EAFNOSUPPORT (`ip6_dst_lookup_tail`; not in kernel.md): the socket is bound to an IPv4
  /// address, or connected to one, and an IPv6 destination is none that this is a source for.
  @Sendable private static func ipv4Source(_ failed: FailedMessage) -> Finding? {
    guard failed.socket?.local?.isMappedIPv4 == true, !failed.followsItsLike,
      failed.destination?.isMappedIPv4 != true
    else { return nil }
    // IPV6_PKTINFO may bring another one.
    let bringsSource = (failed.message.control ?? []).contains {
      [.packetInfo6, .oldPacketInfo6].contains($0.kind) && $0.status == .used
    }
    return .suspect(
      .familyNotSupported, bringsSource ? .possible : .likely,
      "the socket's own address is one of IPv4, and its destination one of IPv6")
  }

  /// Which of the two depends on the addresses that the host has.
  private static let withoutScope = Finding.suspects([
    Suspect(
      errno: .networkUnreachable, strength: .likely,
      why: "its link-local destination names no interface"),
    Suspect(
      errno: .addressNotAvailable, strength: .possible,
      why: "its link-local destination names no interface"),
  ])

  /// What its like found, and what is there again.
  private static let closedForAMoment = Finding.suspect(
    .networkUnreachable, .momentary,
    "the ways changed while the call ran, and there may have been no route for a moment")

  private static func sentence(_ refusal: Errno, _ route: RouteState) -> String {
    if route.lacksSource { return "the address that the socket sends from is not this host's" }
    return switch refusal {
    case .networkUnreachable: "there is no route to its destination"
    case .hostUnreachable: "the route to its destination is one of type unreachable"
    case .accessDenied: "the route to its destination prohibits it"
    case .noDevice: "an interface that it is to go out by does not exist"
    case .addressNotAvailable: "the host has no address to send to it from"
    case .invalidArgument: "the route to its destination drops it, or does not fit the source"
    default: "the routing refuses its destination with \(refusal.name)"
    }
  }

  /// EACCES (`udp_sendmsg`, `raw_sendmsg`, `ping_v4_sendmsg`; kernel.md §3.1): the route is one of
  /// broadcast, and the socket without SO_BROADCAST.
  @Sendable private static func broadcastNotAllowed(_ failed: FailedMessage) -> Finding? {
    guard case .route(let route)? = failed.evidence?.destination, route.isBroadcast,
      !(failed.followsItsLike && failed.hasOwnSocket)
    else { return nil }
    if failed.state?.allowsBroadcast == true { return SharedOptionRules.broadcast(failed) }
    return .suspect(
      .accessDenied, failed.state?.allowsBroadcast == false ? .likely : .favored,
      "its destination is a broadcast address, which needs SO_BROADCAST")
  }
}
