import Records

/// Errors that wait at the socket for the next who allocates a buffer (`sock_alloc_send_pskb`,
/// kernel.md §1 "where pending sk_err goes"), and the shutdown that is looked for with them.
enum PendingErrorRules {
  /// What a datagram socket of IP can have waiting: what ICMP brought.
  static let internet: [Check] = [PathRules.toldTooLong, refusedByICMP, shutDown]
  static let checks: [Check] = [shutDown]

  /// ECONNREFUSED, EHOSTUNREACH and others (`sock_alloc_send_pskb`, of what `__udp4_lib_err` or
  /// `__udp6_lib_err` left; kernel.md §3.1, "pending sk_err"): ICMP refused an earlier datagram.
  @Sendable private static func refusedByICMP(_ failed: FailedMessage) -> Finding? {
    // That a socket takes what is sent there proves nothing: a firewall may refuse it all the same.
    guard failed.mayReceiveErrors else { return nil }
    if failed.errorQueue == .empty { return .undecided }
    if failed.hasListener == false {
      return failed.refused(
        "no socket takes what is sent to the address and port of it and of messages before it, so"
          + " that ICMP refused one of them")
    }
    if failed.evidence?.earlierHasListener == false, failed.hearsOfMessageBefore {
      return failed.refused(
        "no socket takes what is sent to where the message before it went, so that ICMP refused"
          + " that")
    }
    if failed.followsOneToPort0 {
      return failed.refused(
        "the socket is connected to port 0, where no socket takes anything, so that ICMP refused the"
          + " message before it")
    }
    let isHeard = failed.errorQueue == .filled
    let why =
      isHeard
      ? "ICMP refused a datagram of the socket, as its error queue shows, perhaps one before it"
      : "ICMP may have refused an earlier datagram of the socket"
    // What was taken before, and goes elsewhere now, has rather met something there.
    let strength: Suspect.Strength =
      failed.evidence?.earlierHasListener == true && !failed.followsItsLike
        || failed.index > 0 && !failed.hearsOfCall
      ? .faint : isHeard ? .favored : .possible
    return .suspects(
      failed.errnosOfICMP.map {
        Suspect(
          errno: $0, strength: strength,
          why: why + (isHeard ? failed.afterwards : failed.afterwardsIfSo))
      })
  }

  /// EPIPE (`sock_alloc_send_pskb`; kernel.md §3.1, "SHUT_WR done"): the socket was shut down.
  @Sendable private static func shutDown(_ failed: FailedMessage) -> Finding? {
    shutDown(failed, "the socket was shut down")
  }

  /// The same, and `why`. poll(2) tells of both directions together alone (`datagram_poll`,
  /// `unix_dgram_poll`); where that sending alone was shut down could not be asked, it may have
  /// ended a wait for room.
  static func shutDown(_ failed: FailedMessage, _ why: String) -> Finding? {
    guard let isHungUp = failed.state?.isHungUp else { return .undecided }
    if isHungUp { return .suspect(.brokenPipe, .likely, why) }
    if failed.state?.isShutForSending == true {
      return .suspect(.brokenPipe, .likely, "the socket was shut down for sending")
    }
    return shutDownWhileWaiting(failed)
  }

  /// EPIPE (`sock_alloc_send_pskb`; kernel.md §3.1, "SHUT_WR done"): a shutdown for sending ended a
  /// wait, of which nothing else can be seen.
  @Sendable static func shutDownWhileWaiting(_ failed: FailedMessage) -> Finding? {
    guard failed.mayBeShutDown, failed.waits != false,
      failed.state?.isFull != false || failed.tookLong
    else { return nil }
    return .suspect(
      .brokenPipe, .possible,
      "the socket may have been shut down for sending while the call waited for room")
  }
}

extension FailedMessage {
  /// True where ICMP errors reach the socket: connected, or with IP_RECVERR.
  var mayReceiveErrors: Bool {
    socket?.peer != nil || state?.isConnected != false || state?.receivesErrors != false
  }

  /// What the error queue tells of ICMP (`ip_icmp_error`, `ipv6_icmp_error`; kernel.md §3.0).
  enum ErrorQueue {
    case unknown
    /// All that ICMP says of the socket is kept there, and nothing is.
    case empty
    /// It holds something, and nothing but ICMP puts anything there.
    case filled
  }

  var errorQueue: ErrorQueue {
    guard queuesErrors, let state, let hasError = state.hasError else { return .unknown }
    if hasError {
      // Time stamps, and what MSG_ZEROCOPY tells, stand in the same queue.
      return state.timestampingFlags == 0 && state.sendsZeroCopy == false ? .filled : .unknown
    }
    // Another thread may have read it, and behind a full receive buffer nothing is kept.
    return hasOwnSocket && state.hasRoomForErrors == true ? .empty : .unknown
  }

  /// True where no error of ICMP's waits but that it stands in the error queue as well: where the
  /// socket is not connected no other is taken, and else those of its peer's version of IP matter.
  private var queuesErrors: Bool {
    guard let state, state.receivesErrors == true else { return false }
    if socket?.family == .inet || isSurelyUnconnected { return true }
    guard let peer = socket?.peer else { return false }
    return state.receivesErrors6 == !peer.isMappedIPv4
  }

  /// What ICMP leaves, the likeliest first: few firewalls refuse, and few ways are narrow.
  fileprivate var errnosOfICMP: [Errno] {
    // Of ICMPv6 most are no errors (`icmpv6_err_convert`), but with IPV6_RECVERR.
    let hearsOfWays = !isOfIPv6 || state?.receivesErrors != false
    var errnos: [Errno] = [.connectionRefused]
    if isOfIPv6 { errnos.append(.accessDenied) }
    if hearsOfWays { errnos.append(.hostUnreachable) }
    if hearsOfMTU { errnos.append(.messageTooLong) }
    if hearsOfWays { errnos.append(.networkUnreachable) }
    if !isOfIPv6 { errnos.append(.noProtocolOption) }
    return errnos
  }

  /// ECONNREFUSED, since nobody takes what was sent: `why`. A firewall comes before whoever would
  /// take it, and may refuse it with another error (nft's `reject with icmp type …`).
  fileprivate func refused(_ why: String) -> Finding {
    let firewall = "a firewall may have refused an earlier datagram, whoever would take it"
    return .suspects(
      errnosOfICMP.filter { $0 != .messageTooLong }.map { errno in
        errno == .connectionRefused
          ? Suspect(errno: errno, strength: surelyHears ? .likely : .favored, why: why + afterwards)
          : Suspect(errno: errno, strength: .possible, why: firewall + afterwards)
      })
  }

  /// True where what ICMP says is known to come to the socket: one that could not be asked need not
  /// be connected.
  var surelyHears: Bool {
    hasAskedSocket || socket?.peer != nil || state?.isConnected == true
      || state?.receivesErrors == true
  }

  /// True where a shutdown for sending alone is possible, after a message went out: by others who
  /// have the socket, or by the peer of a connection (`unix_shutdown`).
  var mayBeShutDown: Bool {
    if state?.isShutForSending == false { return false }
    let isConnection = socket?.family == .unix && socket?.type != .datagram
    return isConnection || !hasOwnSocket
  }

  /// True where a message before it went to port 0 of the peer, which getpeername(2) does not tell
  /// (`inet_getname`).
  fileprivate var followsOneToPort0: Bool {
    socket?.isUDP == true && state?.isConnected == true && socket?.peer == nil
      && followsOneWithoutName && !isAppended
  }

  /// True where the call may have slept, and what it waited for be there again: with 1,024 messages
  /// that find room a call is over in a few milliseconds, and in a few turns of others' (a
  /// scheduler gives 3 ms or so) even on a busy machine.
  var tookLong: Bool { call.duration.map { $0 >= 50_000_000 } ?? true }

  /// True where what ICMP says of the message before it comes to the socket.
  fileprivate var hearsOfMessageBefore: Bool {
    index > 0 && hears(of: call.messages[index - 1])
  }

  /// True where what ICMP says of any message before it comes to the socket.
  var hearsOfCall: Bool { predecessors.contains { hears(of: $0) } }

  /// True where what ICMP says of a message comes to the socket: of what went to its peer, and
  /// where it is not connected, with IP_RECVERR.
  private func hears(of other: Message) -> Bool {
    guard let peer = socket?.peer else {
      // A peer with port 0 is not seen.
      return state?.receivesErrors != false || other.name == nil && state?.isConnected != false
    }
    guard let name = other.name else { return true }
    return name == peer || name.family != peer.family
  }

  /// True where an error waits at the socket, and nothing else that poll(2) would tell so: what the
  /// program is told next.
  var hasWaitingError: Bool {
    guard let state, state.hasError == true, state.receivesErrors == false else { return false }
    return state.timestampingFlags == 0 && state.sendsZeroCopy == false
  }

  /// What becomes of the error that it met, for the end of a sentence.
  var afterwards: String { told.isEmpty ? "" : "; " + told }

  /// The same where it may have met none.
  fileprivate var afterwardsIfSo: String { told.isEmpty ? "" : "; if so, " + told }

  private var told: String {
    // It was returned then.
    guard index > 0 else { return "" }
    if hasWaitingError {
      return "the error is consumed, and another waits, which the next call will report"
    }
    if errorQueue == .filled {
      return "the error is consumed: the next call will not report it, but the error queue does"
    }
    return state?.hasError == false
      ? "the error is consumed: the next call will not report it" : "the error is consumed"
  }

  /// Whether a socket of this host takes what is sent to where it goes, and a message before it
  /// went; nil where that is not on this host, or says nothing of errors that can wait here.
  fileprivate var hasListener: Bool? {
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
