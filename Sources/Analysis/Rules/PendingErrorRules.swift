import Records

/// Errors that wait at the socket for the next who allocates a buffer (`sock_alloc_send_pskb`,
/// kernel.md §1 "where pending sk_err goes"), and the shutdown that is looked for with them.
enum PendingErrorRules {
  /// What a datagram socket of IP can have waiting: what ICMP brought.
  static let internet: [Check] = [refusedByPeer, shutDown]
  static let checks: [Check] = [shutDown]

  @Sendable private static func refusedByPeer(_ failed: FailedMessage) -> Finding? {
    guard failed.mayReceiveErrors else { return nil }
    let peer = failed.hasListener
    guard peer != true || failed.state?.hasError == true else { return nil }
    let consumed = "; the error is consumed: the next call will not report it"
    if peer == false {
      return .suspect(
        .connectionRefused, .likely,
        "no socket is bound to the port it goes to, so that ICMP refused an earlier datagram"
          + consumed)
    }
    return .suspects([
      Suspect(
        errno: .connectionRefused, strength: .possible,
        why: "ICMP may have refused an earlier datagram of the connected socket" + consumed),
      Suspect(
        errno: .hostUnreachable, strength: .possible,
        why: "ICMP may have said of an earlier datagram that its host cannot be reached" + consumed),
    ])
  }

  @Sendable private static func shutDown(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.isHungUp == true else { return nil }
    return .suspect(.brokenPipe, .likely, "the socket has been shut down")
  }
}

extension FailedMessage {
  /// True where ICMP errors reach the socket: connected, or with IP_RECVERR.
  var mayReceiveErrors: Bool {
    socket?.peer != nil || state?.isConnected != false || state?.receivesErrors != false
  }

  /// Whether a socket of this host is bound to where it, or a message before it, goes; nil where
  /// that is not on this host, or not known.
  fileprivate var hasListener: Bool? {
    guard case .route(let route)? = evidence?.destination else { return nil }
    return route.hasListener
  }
}
