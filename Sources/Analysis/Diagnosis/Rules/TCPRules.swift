import Records

/// TCP and MPTCP (`tcp_sendmsg_locked`, `sk_stream_error`; kernel.md §3.3), for a message of which
/// not a byte was taken.
enum TCPRules {
  /// A connection that has ended is found before the control messages are looked at.
  static func checks(for failed: FailedMessage) -> [Check] {
    UnaskedRules.checks(
      ZeroCopyRules.checks
        + [fastOpenRefused, connecting, notConnected, brokenPipe, resetByPeer, refusedOnTheWay]
        + [refusedControl, inRepair],
      [WaitRules.fullBuffer, PayloadRules.unreadable], for: failed)
  }

  /// EINVAL, EPERM and others (`tcp_sendmsg_locked`; kernel.md §3.3, cmsg errors): a control
  /// message is refused, which was EINVAL before Linux 6.16 whatever the reason.
  @Sendable private static func refusedControl(_ failed: FailedMessage) -> Finding? {
    guard let finding = ControlRules.refused(failed) else { return nil }
    switch failed.kernelIs(since: KernelRelease(6, 16)) {
    case true?: return finding
    case false?: return finding.with(.invalidArgument)
    case nil: return .all(finding, finding.with(.invalidArgument))
    }
  }

  /// ENOBUFS, ENOMEM or EINVAL (`tcp_send_rcvq`, `tcp_sendmsg_locked`; not in kernel.md):
  /// TCP_REPAIR puts it into the queue for receiving, or into none.
  @Sendable private static func inRepair(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.isInRepair == true else { return nil }
    let why = "TCP_REPAIR is set, and the queue that it goes to may "
    return .suspects([
      Suspect(errno: .noBuffers, strength: .possible, why: why + "be full"),
      Suspect(errno: .noMemory, strength: .possible, why: why + "be full"),
      Suspect(errno: .invalidArgument, strength: .possible, why: why + "not be chosen"),
    ])
  }

  /// EISCONN, EALREADY, EINPROGRESS or EOPNOTSUPP (`tcp_sendmsg_fastopen`; kernel.md §3.3): with
  /// MSG_FASTOPEN each message of the call would open the connection again.
  @Sendable private static func fastOpenRefused(_ failed: FailedMessage) -> Finding? {
    guard failed.flags.contains(.fastOpen) else { return nil }
    if failed.index > 0 {
      return .suspects([
        Suspect(
          errno: .isConnected, strength: .likely,
          why: "MSG_FASTOPEN: the message before it has opened the connection"),
        Suspect(
          errno: .alreadyInProgress, strength: .possible,
          why: "MSG_FASTOPEN: the message before it is opening the connection"),
        Suspect(
          errno: .inProgress, strength: .possible,
          why: "MSG_FASTOPEN: the connection is being opened"),
      ])
    }
    if failed.hasName, failed.message.name?.family == .unspecified {
      return .fails(.notSupported, "MSG_FASTOPEN to an AF_UNSPEC address")
    }
    return .suspects([
      Suspect(
        errno: .notSupported, strength: .possible,
        why: "net.ipv4.tcp_fastopen may not allow MSG_FASTOPEN to clients"),
      Suspect(
        errno: .inProgress, strength: .possible,
        why: "MSG_FASTOPEN without a cookie: the connection is being opened"),
      Suspect(
        errno: .isConnected, strength: failed.socket?.peer == nil ? .possible : .likely,
        why: "MSG_FASTOPEN on a socket that is connected"),
    ])
  }

  /// EAGAIN or EINTR (`sk_stream_wait_connect`; kernel.md §3.3): in SYN_SENT or SYN_RECV.
  @Sendable private static func connecting(_ failed: FailedMessage) -> Finding? {
    guard let state = failed.state?.tcpState else {
      // It was not asked.
      guard failed.index == 0, failed.socket?.peer == nil else { return .undecided }
      return WaitRules.ended(failed, isFull: nil, what: "the connection is not there yet")
    }
    guard TCPState.isConnecting(state) else { return nil }
    return WaitRules.ended(failed, isFull: true, what: "the connection is not there yet")
  }

  /// EPIPE (`sk_stream_wait_connect`; kernel.md §3.3): the socket is not connected. Not ENOTCONN.
  @Sendable private static func notConnected(_ failed: FailedMessage) -> Finding? {
    guard let state = failed.state?.tcpState, !TCPState.isOpenForSending(state), failed.index == 0
    else {
      return nil
    }
    return .suspect(
      .brokenPipe, .likely, "the socket is not connected (state \(TCPState.name(state)))")
  }

  /// EPIPE (`sk_stream_error`; kernel.md §3.3, "sk_err"): the connection is closed for sending.
  @Sendable private static func brokenPipe(_ failed: FailedMessage) -> Finding? {
    guard let evidence = failed.evidence else { return .undecided }
    if evidence.hasOwnBrokenPipe == true {
      return .suspect(
        .brokenPipe, .likely, "the connection is closed for sending: the call raised SIGPIPE")
    }
    let isQuiet = failed.flags.contains(.noSignal)
    guard isQuiet || evidence.hasOwnBrokenPipe == nil, failed.state?.isClosedForSending == true
    else { return nil }
    return .suspect(
      .brokenPipe, .likely,
      "the connection is closed for sending"
        + (isQuiet ? " (MSG_NOSIGNAL: no SIGPIPE)" : ", and a SIGPIPE waits"))
  }

  /// ECONNRESET (`sk_stream_error`; kernel.md §3.3, "sk_err"): the error that a reset left is given
  /// instead of EPIPE, once, and without a signal.
  @Sendable private static func resetByPeer(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.tcpState == TCPState.close, failed.evidence?.hasOwnBrokenPipe == false
    else {
      return nil
    }
    return .suspect(
      .connectionReset, failed.flags.contains(.noSignal) ? .possible : .likely,
      "the connection is gone, and no SIGPIPE was raised: the peer, or a firewall, reset it; the error is"
        + " consumed, the next call says EPIPE")
  }
}

// What leaves no trace behind.
extension TCPRules {
  /// EHOSTUNREACH and the like (`tcp_v4_err`, `sk_stream_error`; kernel.md §3.3, "sk_err"): ICMP
  /// leaves it to a connection that lives on, where IP_RECVERR is set.
  @Sendable private static func refusedOnTheWay(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.receivesErrors != false else { return nil }
    return .suspect(
      .hostUnreachable, .possible,
      "ICMP may have said that the peer cannot be reached (IP_RECVERR), which is consumed")
  }
}

/// The states of a connection (include/net/tcp_states.h).
enum TCPState {
  static let close: UInt8 = 7

  /// SYN_SENT, SYN_RECV.
  static func isConnecting(_ state: UInt8) -> Bool { state == 2 || state == 3 }

  /// ESTABLISHED, CLOSE_WAIT.
  static func isOpenForSending(_ state: UInt8) -> Bool { state == 1 || state == 8 }

  private static let names = [
    "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE",
    "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "NEW_SYN_RECV",
  ]

  static func name(_ state: UInt8) -> String {
    state > 0 && Int(state) <= names.count ? names[Int(state) - 1] : String(state)
  }
}

extension SocketState {
  /// In a state in which nothing can be sent any more.
  fileprivate var isClosedForSending: Bool? {
    tcpState.map { !TCPState.isOpenForSending($0) && !TCPState.isConnecting($0) }
  }
}
