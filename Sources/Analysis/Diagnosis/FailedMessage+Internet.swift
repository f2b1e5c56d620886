import Records

// What the code of IP makes of a message and its socket.
extension FailedMessage {
  /// True where it is sent by the code of IPv4.
  var goesByIPv4: Bool {
    // Without an address of its own it is added to what is held back.
    if socket?.family == .inet6, socket?.isUDP == true, namesNoDestination, isAppended,
      let first = FailedMessage(call, 0)
    {
      return first.goesByIPv4
    }
    return socket?.goesByIPv4(to: hasName ? message.name : nil) ?? false
  }

  /// Bytes of IP options that the packet will have: of its IP_RETOPTS, else of the socket.
  var optionBytes: UInt64 {
    let own = message.control?.last { $0.kind == .options && $0.status == .used }
    if let own { return UInt64(min((own.data.count + 3) / 4 * 4, 40)) }
    return UInt64(state?.optionBytes ?? 0)
  }

  /// Bytes that the options of IP add to the headers of its packet, as its size is checked.
  ///
  /// `ip6_append_data` counts IPV6_DSTOPTS with the payload, and `__ip6_append_data` once more with
  /// the headers. Extension headers that a message brings stand for those of the socket.
  var addedHeaderBytes: UInt64 {
    guard socket?.family == .inet6, !goesByIPv4 else { return optionBytes }
    let own = (message.control ?? []).filter {
      $0.kind.isExtensionHeader && $0.status == .used
    }
    guard own.isEmpty else {
      let isRouted = own.contains { [.routingHeader, .oldRoutingHeader].contains($0.kind) }
      return own.reduce(0) { sum, header in
        // Those before a routing header are left out without one (`ipv6_fixup_options`).
        guard header.data.count > 1, isRouted || header.kind != .routingOptions else { return sum }
        let bytes = UInt64(header.data[1]) * 8 + 8
        return sum + bytes
          * ([.destinationOptions, .oldDestinationOptions].contains(header.kind) ? 2 : 1)
      }
    }
    return UInt64(state?.networkHeaderBytes ?? 0) + 2 * UInt64(state?.destinationHeaderBytes ?? 0)
  }

  /// True where what it says of its way matters to the routing: a mark, a class, a source, a route,
  /// of which the way was not asked for.
  var choosesItsWay: Bool {
    state?.hasSourceRoute == true && hasSourceRoute == true
      || (message.control ?? []).contains { $0.status == .used && $0.kind.choosesWay }
  }

  /// True where the socket reads addresses as IPv4 ones: an IPv6 socket makes one that fits.
  var isOfIPv4Socket: Bool {
    socket?.family == .inet || message.name?.family == .inet
  }

  /// True where it names no destination, or an AF_UNSPEC one that means none (`udpv6_sendmsg`).
  var namesNoDestination: Bool {
    !hasName
      || socket?.family == .inet6 && socket?.type == .datagram
        && message.name?.family == .unspecified
  }

  /// True for an IPv6 destination that has a meaning on one link alone, and names none
  /// (`__ipv6_addr_needs_scope_id`).
  var lacksScope: Bool {
    guard case .inet6(let address, _, _, let scope)? = destination?.form else { return false }
    return scope == 0 && address.belongsToLink
  }

  /// True where a message of UDP before it is held back (MSG_MORE, UDP_CORK), so that it is
  /// appended. MSG_PROBE leaves nothing to append to.
  var isAppended: Bool {
    index > 0 && !flags.contains(.probe) && (flags.contains(.more) || state?.isCorked == true)
  }

  /// True where a message of UDP before it may be held back by UDP_CORK, for which the socket could
  /// not be asked: so much at least goes into one datagram.
  var mayBeAppended: Bool {
    guard isOfUnaskedSocket, socket?.isUDP == true, state?.isCorked == nil, index > 0 else {
      return false
    }
    return !isAppended && !flags.contains(.probe) && bytesBefore <= 65527
  }

  /// How many bytes the messages before it have.
  var bytesBefore: UInt64 { predecessors.reduce(0) { $0 &+ ($1.bytes ?? 0) } }

  /// True for a socket of PingRules, which look for the scope before they route.
  var isOfPing: Bool {
    socket?.type == .datagram
      && [InternetProtocol.icmp, InternetProtocol.icmpv6].contains(socket?.protocolNumber)
  }
}

extension SocketAddress {
  /// The port of an IP address.
  var port: UInt16? {
    switch form {
    case .inet(_, let port), .inet6(_, let port, _, _): port
    default: nil
    }
  }

  /// True for an IPv4 address in an IPv6 one (`::ffff:a.b.c.d`).
  var isMappedIPv4: Bool {
    guard case .inet6(let address, _, _, _) = form else { return false }
    return address.mappedIPv4 != nil
  }
}

extension IPv6Address {
  /// True for one that has a meaning on one link alone (`__ipv6_addr_needs_scope_id`): of
  /// fe80::/10, and groups of ff01::/16 and ff02::/16 with any flags.
  var belongsToLink: Bool {
    let group = high >> 48 & 0xff0f
    return high >> 54 == 0x3fa || group == 0xff01 || group == 0xff02
  }
}

extension ControlKind {
  /// True for the headers of IPv6 that a packet has between its own and its payload.
  fileprivate var isExtensionHeader: Bool {
    switch self {
    case .hopOptions, .oldHopOptions, .destinationOptions, .oldDestinationOptions,
      .routingOptions, .routingHeader, .oldRoutingHeader:
      true
    default: false
    }
  }

  fileprivate var choosesWay: Bool {
    switch self {
    case .mark, .serviceType, .options, .packetInfo, .packetInfo6, .oldPacketInfo6,
      .routingHeader, .oldRoutingHeader, .flowInfo, .trafficClass:
      true
    default: false
    }
  }
}
