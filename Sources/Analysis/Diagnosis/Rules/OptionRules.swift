import Records

/// IP options of a message, IP_RETOPTS (`ip_options_get`; kernel.md §4).
enum OptionRules {
  /// EINVAL (`ip_options_compile`; kernel.md §4, IP_RETOPTS): an IP option is malformed, or not for
  /// everyone; 40 bytes are read.
  static func malformed(_ message: ControlMessage, _ failed: FailedMessage) -> Finding? {
    var rest = message.data.prefix(40)
    var seen: Set<UInt8> = []
    var isUnclear = false
    while let type = rest.first, type != 0 {
      guard type != 1 else {
        rest = rest.dropFirst()
        continue
      }
      guard let length = rest.dropFirst().first, length >= 2, Int(length) <= rest.count else {
        return .suspect(
          .invalidArgument, .likely, "IP option \(type) has a length that does not fit")
      }
      switch judge(Array(rest.prefix(Int(length))), failed) {
      case true where seen.insert(type == strictRoute ? looseRoute : type).inserted: break
      case nil: isUnclear = true
      default: return .suspect(.invalidArgument, .likely, "IP option \(type) is malformed")
      }
      rest = rest.dropFirst(Int(length))
    }
    guard isUnclear else { return nil }
    return .suspect(.invalidArgument, .possible, "its IP options may be malformed")
  }

  /// EINVAL (`udp_sendmsg`, `raw_sendmsg`, `ping_v4_sendmsg`; not in kernel.md): a source route to
  /// 0.0.0.0, which leads nowhere; without one that is this host.
  @Sendable static func sourceRouteToNowhere(_ failed: FailedMessage) -> Finding? {
    guard failed.destination?.isAnyIPv4 == true, !failed.followsItsLike else { return nil }
    guard let isRouted = failed.hasSourceRoute else {
      guard failed.isOfUnaskedSocket else { return .undecided }
      return .suspect(
        .invalidArgument, .unasked,
        "it goes to 0.0.0.0, and the socket, which could not be asked, may have a source route")
    }
    guard isRouted else { return nil }
    return .suspect(
      .invalidArgument, .likely, "its IP options have a source route, and it goes to 0.0.0.0")
  }

  // IPOPT_RR, IPOPT_TIMESTAMP, IPOPT_LSRR, IPOPT_CIPSO, IPOPT_SSRR, IPOPT_RA
  private static let recordRoute: UInt8 = 7
  private static let timestamp: UInt8 = 68
  private static let looseRoute: UInt8 = 131
  private static let cipso: UInt8 = 134
  private static let strictRoute: UInt8 = 137
  private static let routerAlert: UInt8 = 148

  /// Whether an option is well formed; nil where that is not known.
  private static func judge(_ option: [UInt8], _ failed: FailedMessage) -> Bool? {
    let length = option.count
    switch option[0] {
    // The pointer, from 4 on, has room for an address behind it, or is at the end.
    case recordRoute:
      guard length >= 3, option[2] >= 4 else { return false }
      return Int(option[2]) > length || Int(option[2]) + 3 <= length
    case looseRoute, strictRoute:
      return length >= 7 && option[2] == 4 && (length - 3) % 4 == 0
    case routerAlert: return length >= 4
    // Timestamps have forms of their own, and CIPSO a database.
    case timestamp, cipso: return length < 4 ? false : nil
    default: return failed.hasNetworkCapability(Capability.netRaw)
    }
  }
}

extension FailedMessage {
  /// Whether its IP options, or those of the socket, have a source route; nil where that is not
  /// known.
  var hasSourceRoute: Bool? {
    guard socket?.family == .inet || goesByIPv4 else { return false }
    let own = message.control?.last { $0.kind == .options && $0.status == .used }
    return own.map { IPOptions.haveSourceRoute($0.data.prefix(40)) } ?? state?.hasSourceRoute
  }
}

extension RouteState {
  /// What is known of the way to where a source route leads first, which was not asked for
  /// (`udp_sendmsg`, `raw_sendmsg`: `faddr`): of the way to the destination, no more than who
  /// listens there.
  var behindSourceRoute: RouteState {
    var unknown = RouteState()
    unknown.hasListener = hasListener
    return unknown
  }
}

extension SocketAddress {
  /// True for 0.0.0.0, mapped into IPv6 or not.
  fileprivate var isAnyIPv4: Bool {
    switch form {
    case .inet(let address, _): address == 0
    case .inet6(let address, _, _, _): address.mappedIPv4 == 0
    default: false
    }
  }
}
