import Records

/// The address of a message, as raw and ping sockets look at it (kernel.md §3.5).
enum DatagramAddressRules {
  static let ipv4: [Check] = [short4, family4, missing]
  static let ipv6: [Check] = [short6, family6, missing]

  @Sendable private static func short4(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, failed.nameLength < 16 else { return nil }
    return .fails(
      .invalidArgument, "msg_namelen is \(failed.nameLength), an IPv4 address has 16 bytes")
  }

  @Sendable private static func family4(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, let family = failed.message.name?.family, family != .inet,
      family != .unspecified || failed.socket?.type != .raw
    else { return nil }
    return .fails(
      .familyNotSupported, "its address is of \(family.name), the socket of AF_INET")
  }

  @Sendable private static func short6(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, failed.nameLength < 24 else { return nil }
    return .fails(
      .invalidArgument,
      "msg_namelen is \(failed.nameLength), an IPv6 address has 28 bytes, or 24 without a scope")
  }

  @Sendable private static func family6(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, let family = failed.message.name?.family, family != .inet6,
      family != .unspecified || failed.socket?.type != .raw
    else { return nil }
    return .fails(
      .familyNotSupported, "its address is of \(family.name), the socket of AF_INET6")
  }

  @Sendable private static func missing(_ failed: FailedMessage) -> Finding? {
    guard !failed.hasName, !failed.followsOneWithoutName, !failed.isSurelyConnected else {
      return nil
    }
    if failed.isSurelyUnconnected {
      return .fails(.destinationRequired, "it has no address, and the socket is not connected")
    }
    return .suspect(
      .destinationRequired, failed.socket?.peer == nil ? .likely : .possible,
      "it has no address, and the socket may not have been connected")
  }
}
