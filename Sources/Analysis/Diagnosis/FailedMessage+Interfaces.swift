import Records

// The interface that it may go out by, of which the socket does not tell.
extension FailedMessage {
  /// True where nothing that comes before the socket's own IPV6_PKTINFO names an interface, and
  /// none before it went to its address.
  var mayHaveOwnInterface: Bool {
    guard case .inet6(let address, _, _, let scope)? = destination?.form,
      state?.boundInterface ?? 0 == 0
    else { return false }
    if address.belongsToLink, scope != 0 { return false }
    return !predecessors.contains { earlier in
      guard case .inet6(let other, _, _, _)? = earlier.name?.form else { return false }
      return other == address && (earlier.control ?? []).isEmpty
        && evidence?.waysHaveChanged != true
    }
  }

  /// True where that seems to be so, as one before it went to a group that has no route either.
  var hasMulticastInterface: Bool {
    mayChooseMulticastInterface && predecessors.contains { $0.name?.isIPv4Group == true }
  }

  /// True where an IPv4 group is reached by an interface that IP_MULTICAST_IF may have named.
  var mayChooseMulticastInterface: Bool {
    (state?.boundInterface ?? 0) == 0 && destination?.isIPv4Group == true
  }
}

extension SocketAddress {
  /// True for 224.0.0.0/4, mapped into IPv6 or not.
  fileprivate var isIPv4Group: Bool {
    switch form {
    case .inet(let address, _): address >> 28 == 0xe
    case .inet6(let address, _, _, _): isMappedIPv4 && address.low >> 28 & 0xf == 0xe
    default: false
    }
  }
}
