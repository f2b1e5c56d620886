import Records

/// Errors that wait at the socket for the next who allocates a buffer (`sock_alloc_send_pskb`,
/// kernel.md §1 "where pending sk_err goes"), and the shutdown that is looked for with them.
enum PendingErrorRules {
  /// What a datagram socket of IP can have waiting: what ICMP brought.
  static let internet: [Check] = [refusedByPeer, shutDown]
  static let checks: [Check] = [shutDown]

  @Sendable private static func refusedByPeer(_ failed: FailedMessage) -> Finding? {
    guard failed.mayReceiveErrors else { return nil }
    let consumed = "; the error is consumed: the next call will not report it"
    switch failed.refusingPortIsBound {
    case true? where failed.state?.hasError != true: return nil
    case false?:
      return .suspect(
        .connectionRefused, .likely,
        "no socket is bound to the port that it and messages before it go to, so that ICMP refused"
          + " one of them" + consumed)
    default:
      return .suspects([
        Suspect(
          errno: .connectionRefused, strength: .possible,
          why: "ICMP may have refused an earlier datagram of the socket" + consumed),
        Suspect(
          errno: .hostUnreachable, strength: .possible,
          why: "ICMP may have said of an earlier datagram that its host cannot be reached"
            + consumed),
      ])
    }
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

  /// Whether a socket of this host is bound to where it goes, and a message before it went; nil
  /// where that is not on this host, or says nothing of errors that can wait here.
  fileprivate var refusingPortIsBound: Bool? {
    guard case .route(let route)? = evidence?.destination,
      index == 0 || predecessors.contains(where: { $0.name == message.name })
    else { return nil }
    // A connected socket hears of errors from its peer alone, unless IP_RECVERR is set.
    if hasName, socket?.peer != nil, message.name != socket?.peer, state?.receivesErrors == false {
      return nil
    }
    return route.hasListener
  }
}
