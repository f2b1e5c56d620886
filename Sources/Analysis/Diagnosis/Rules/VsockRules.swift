import Records

/// AF_VSOCK (`vsock_connectible_sendmsg`, `vsock_dgram_sendmsg`; kernel.md §3.7).
enum VsockRules {
  static let checks: [Check] = [
    outOfBand, addressOfConnection, brokenPipe, notConnected, WaitRules.fullBuffer,
  ]

  /// EOPNOTSUPP (`vsock_connectible_sendmsg`, `vsock_dgram_sendmsg`; kernel.md §3.7): MSG_OOB.
  @Sendable private static func outOfBand(_ failed: FailedMessage) -> Finding? {
    failed.flags.contains(.outOfBand) ? .fails(.notSupported, "AF_VSOCK knows no MSG_OOB") : nil
  }

  /// EISCONN or EOPNOTSUPP (`vsock_connectible_sendmsg`; kernel.md §3.7): an address, of which a
  /// connection takes none.
  @Sendable private static func addressOfConnection(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, failed.socket?.type != .datagram else { return nil }
    if failed.isSurelyConnected {
      return .fails(.isConnected, "it has an address, and the socket is connected")
    }
    return .suspect(.notSupported, .likely, "it has an address, which a connection takes none of")
  }

  /// ENOTCONN (`vsock_connectible_sendmsg`; kernel.md §3.7): the socket is not connected.
  @Sendable private static func notConnected(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.isConnected == false, failed.socket?.type != .datagram else { return nil }
    return .suspect(.notConnected, .likely, "the socket is not connected")
  }

  /// EPIPE (`vsock_connectible_sendmsg`; kernel.md §3.7): the peer has closed, or one side was shut
  /// down.
  @Sendable private static func brokenPipe(_ failed: FailedMessage) -> Finding? {
    guard failed.evidence?.hasOwnBrokenPipe == true || failed.state?.isHungUp == true else {
      return nil
    }
    return .suspect(.brokenPipe, .likely, "the peer has closed, or the socket was shut down")
  }
}
