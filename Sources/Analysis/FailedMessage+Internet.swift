import Records

// What the code of IP makes of a message and its socket.
extension FailedMessage {
  /// True where an IPv6 socket sends it by the code of IPv4.
  var goesByIPv4: Bool {
    guard socket?.family == .inet6 else { return socket?.family == .inet }
    // Raw and ping sockets know no such way.
    guard socket?.protocolNumber == 17 || socket?.protocolNumber == 136,
      socket?.type == .datagram
    else { return false }
    if hasName, message.name?.family == .inet { return true }
    let address = hasName && message.name?.family != .unspecified ? message.name : socket?.peer
    return address?.isMappedIPv4 ?? false
  }

  /// Bytes of IP options that the packet will have: of its IP_RETOPTS, else of the socket.
  var optionBytes: UInt64 {
    let own = message.control?.last { $0.level == 0 && $0.type == 7 && $0.status == .used }
    if let own { return UInt64(min((own.data.count + 3) / 4 * 4, 40)) }
    return UInt64(state?.optionBytes ?? 0)
  }

  /// True where the socket reads addresses as IPv4 ones: an IPv6 socket makes one that fits.
  var isOfIPv4Socket: Bool {
    socket?.family == .inet || message.name?.family == .inet
  }

  /// True where it names no destination, or an AF_UNSPEC one that means none.
  var namesNoDestination: Bool {
    !hasName || socket?.family == .inet6 && message.name?.family == .unspecified
  }

  /// True for an IPv6 destination that has a meaning on one link alone, and names none
  /// (`__ipv6_addr_needs_scope_id`).
  var lacksScope: Bool {
    guard case .inet6(let address, _, _, let scope)? = destination?.form else { return false }
    // fe80::/10; ff01::/16 and ff02::/16 with any flags
    let group = address.high >> 48 & 0xff0f
    return scope == 0 && (address.high >> 54 == 0x3fa || group == 0xff01 || group == 0xff02)
  }

  /// True for a socket of PingRules, which look for the scope before they route.
  var isOfPing: Bool {
    socket?.type == .datagram && (socket?.protocolNumber == 1 || socket?.protocolNumber == 58)
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
    return address.high == 0 && address.low >> 32 == 0xffff
  }
}
