import Records

/// Ping sockets, which send ICMP echo requests alone (`ping_common_sendmsg`; kernel.md §3.5).
enum PingRules {
  static func checks(for failed: FailedMessage) -> [Check] {
    let isIPv6 = failed.socket?.family == .inet6
    let head = first + (isIPv6 ? ofIPv6 : ofIPv4)
    return UnaskedRules.behindDoubts(
      head + PendingErrorRules.internet + WaitRules.checks
        + [FragmentRules.overSendBuffer, PayloadRules.unreadable] + OutputRules.checks, failed)
  }

  private static let first: [Check] = [badLength, outOfBand, unreadableHeader, notEcho]

  private static let ofIPv4: [Check] =
    DatagramAddressRules.ipv4 + [DatagramAddressRules.noDestination] + ControlRules.checks
    + [OptionRules.sourceRouteToNowhere] + RouteRules.checks4
    + [CorkRules.noWayForIPv4, RawRules.overLimit, RawRules.overMTU]

  private static let ofIPv6: [Check] =
    [shortAddress6] + DatagramAddressRules.ipv6 + [mappedAddress, withoutScope, otherScope]
    + ControlRules.checks + RouteRules.checks6
    + [CorkRules.noRoomForHeaders6, RawRules.overLimit6, RawRules.overMTU6]

  private static let headerSize: UInt64 = 8
  /// ICMP_ECHO, ICMP_EXT_ECHO, and the same of ICMPv6.
  private static let echoes4: [UInt8] = [8, 42]
  private static let echoes6: [UInt8] = [128, 160]

  /// EMSGSIZE or EINVAL (`ping_common_sendmsg`; kernel.md §3.5): over 65,535 bytes, or under the 8
  /// of a header.
  @Sendable private static func badLength(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.bytes else { return .undecided }
    if bytes > 65535 {
      return .fails(.messageTooLong, "\(bytes) bytes are over 65535, the most an IP packet has")
    }
    guard bytes < headerSize else { return nil }
    return .fails(.invalidArgument, "\(bytes) bytes are no ICMP header, which has \(headerSize)")
  }

  /// EOPNOTSUPP (`ping_common_sendmsg`; not in kernel.md): MSG_OOB.
  @Sendable private static func outOfBand(_ failed: FailedMessage) -> Finding? {
    failed.flags.contains(.outOfBand) ? .fails(.notSupported, "ICMP knows no MSG_OOB") : nil
  }

  /// EINVAL (`ping_v6_sendmsg`; not in kernel.md): msg_namelen is under 28, whatever the family.
  @Sendable private static func shortAddress6(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, failed.nameLength < 28 else { return nil }
    return .fails(
      .invalidArgument, "msg_namelen is \(failed.nameLength), an IPv6 address has 28 bytes here")
  }

  /// EINVAL (`ping_v6_sendmsg`; not in kernel.md): an address of IPv4, which UDP would take.
  @Sendable private static func mappedAddress(_ failed: FailedMessage) -> Finding? {
    guard failed.destination?.isMappedIPv4 == true else { return nil }
    return .fails(
      .invalidArgument, "its address is one of IPv4, which a socket of ICMPv6 does not take")
  }

  /// EINVAL (`ping_v6_sendmsg`; not in kernel.md): a link-local destination without an interface,
  /// which is refused before control messages and routing.
  @Sendable private static func withoutScope(_ failed: FailedMessage) -> Finding? {
    guard failed.lacksScope else { return nil }
    // The socket may have an interface of its own: of SO_BINDTODEVICE it would have been routed, of
    // IPV6_UNICAST_IF and the like it is not known.
    if case .route? = failed.evidence?.destination, failed.state?.boundInterface != 0 { return nil }
    return .suspect(
      .invalidArgument, failed.evidence == nil ? .possible : .likely,
      "its link-local destination names no interface")
  }

  /// EINVAL (`ping_v6_sendmsg`; not in kernel.md): its link-local destination is on another
  /// interface than that of the socket.
  @Sendable private static func otherScope(_ failed: FailedMessage) -> Finding? {
    guard case .inet6(let address, _, _, let scope)? = failed.destination?.form, scope != 0,
      address.belongsToLink
    else { return nil }
    guard let bound = failed.state?.boundInterface.map({ UInt32(bitPattern: $0) }) else {
      guard failed.isOfUnaskedSocket else { return .undecided }
      return .suspect(
        .invalidArgument, .unasked,
        "its destination is on interface \(scope), and the socket may be bound to another one")
    }
    guard bound != 0, bound != scope else { return nil }
    return .fails(
      .invalidArgument,
      "its destination is on interface \(scope), and the socket is bound to interface \(bound)")
  }

  /// EFAULT (`ping_common_sendmsg`; not in kernel.md): the header, which is read before anything
  /// else, cannot be.
  @Sendable private static func unreadableHeader(_ failed: FailedMessage) -> Finding? {
    guard case .fault(let address, let count)? = failed.evidence?.payload, count < headerSize
    else { return nil }
    return .fails(.badAddress, "its ICMP header cannot be read at \(address.hex)")
  }

  /// EINVAL (`ping_supported`; kernel.md §3.5, "type not echo"): it is no echo request.
  @Sendable private static func notEcho(_ failed: FailedMessage) -> Finding? {
    guard let data = failed.message.payload.data, data.count >= 2 else {
      return .suspect(
        .invalidArgument, .possible, "it may be no echo request, which is all that is sent")
    }
    let type = data[data.startIndex]
    let code = data[data.startIndex + 1]
    let allowed = failed.socket?.family == .inet6 ? echoes6 : echoes4
    guard !allowed.contains(type) || code != 0 else { return nil }
    let why = "it is of ICMP type \(type) and code \(code), and no echo request"
    return failed.evidence?.payloadStartIsUnchanged == true
      ? .fails(.invalidArgument, why) : .suspect(.invalidArgument, .likely, why)
  }
}
