import Records

// The receiver.
extension UnixRules {
  /// ECONNRESET (`unix_seqpacket_sendmsg`, `sock_alloc_send_pskb`; kernel.md §3.4): the peer has
  /// closed with data unread.
  @Sendable static func peerReset(_ failed: FailedMessage) -> Finding? {
    guard let hasError = failed.state?.hasError else { return .undecided }
    if failed.socket?.type == .sequencedPacket {
      // A peer closes once. Where its error waits still, this message has not met it.
      guard !hasError, failed.index > 0, failed.state?.isHungUp != false else { return nil }
      return .suspect(
        .connectionReset, .possible,
        "the peer may have closed with data unread; the error is consumed: the next call says EPIPE"
      )
    }
    if hasError {
      return .suspect(.connectionReset, .possible, "the peer may have closed with data unread")
    }
    // A peer that connects elsewhere leaves ECONNRESET, and whoever takes that no trace of it
    // (`unix_dgram_disconnected`).
    return failed.socket?.type == .datagram && failed.socket?.peer != nil ? .undecided : nil
  }

  /// EPIPE of datagrams and records (`sock_alloc_send_pskb`; kernel.md §3.4, dgram and seqpacket):
  /// what becomes of the peer shuts down a connection of records, and none of datagrams
  /// (`unix_release_sock`, `unix_shutdown`).
  @Sendable static func shutDown(_ failed: FailedMessage) -> Finding? {
    if failed.socket?.type == .datagram {
      return PendingErrorRules.shutDown(failed, "the socket was shut down")
    }
    let why = "the peer has closed, or one of the two was shut down"
    if failed.state == nil {
      return failed.unasked(
        .brokenPipe, "the peer may have closed, or one of the two been shut down")
    }
    guard failed.state?.isHungUp == true else { return PendingErrorRules.shutDown(failed, why) }
    // An error that waits still is not the one it met.
    let mayBeReset = failed.index > 0 && failed.state?.hasError != true
    return closed(failed, mayBeReset: mayBeReset, why)
  }

  /// EPIPE (`unix_stream_sendmsg`; kernel.md §3.4): the peer has closed, or the stream was shut
  /// down.
  @Sendable static func brokenPipe(_ failed: FailedMessage) -> Finding? {
    if failed.evidence?.hasOwnBrokenPipe == true {
      return .suspect(.brokenPipe, .likely, "the peer has closed: the call raised SIGPIPE")
    }
    guard let isHungUp = failed.state?.isHungUp else {
      return failed.unasked(.brokenPipe, "the peer may have closed, or the stream been shut down")
    }
    if isHungUp {
      return closed(
        failed, mayBeReset: failed.waits != false,
        "the peer has closed, or the stream was shut down")
    }
    if failed.state?.isShutForSending == true {
      return .suspect(
        .brokenPipe, .likely,
        "the stream was shut down for sending, or by its peer for receiving")
    }
    guard failed.mayBeShutDown else { return nil }
    return .suspect(
      .brokenPipe, .possible,
      "the stream may have been shut down for sending, or by its peer for receiving")
  }

  /// EPIPE or ECONNRESET (`sock_alloc_send_pskb`, of what `unix_release_sock` left; kernel.md
  /// §3.4): who closes with data unread leaves an error, which is given instead, once, and frees
  /// the data, so that nothing tells of it afterwards. Neither raises SIGPIPE where it ends a wait.
  private static func closed(_ failed: FailedMessage, mayBeReset: Bool, _ why: String) -> Finding {
    // What is still on its way, a peer has not closed on.
    let isKept = failed.state?.holdsData == true
    let reset = Suspect(
      errno: .connectionReset, strength: isKept ? .possible : .favored,
      why: "the peer may have closed with data unread; the error is consumed: the next call says"
        + " EPIPE")
    let closed = Suspect(
      errno: .brokenPipe, strength: mayBeReset && !isKept ? .favored : .likely, why: why)
    // Who did not read has filled the buffer.
    return .suspects(mayBeReset ? [reset, closed] : [closed])
  }

  /// ENOENT, EACCES, ECONNREFUSED and others (`unix_find_other`, `unix_may_send`; kernel.md §3.4):
  /// its address leads to no socket that takes it.
  @Sendable static func refusedAtAddress(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, failed.socket?.type == .datagram,
      case .unix(let receiver)? = failed.evidence?.destination, let refusal = receiver.refusal
    else { return nil }
    // What went there before in this call had the right to.
    let isNew = refusal == .accessDenied && failed.followsItsLike
    return .suspect(refusal, isNew ? .possible : .likely, sentence(refusal))
  }

  private static func sentence(_ refusal: Errno) -> String {
    switch refusal {
    case .noEntry: "there is no file at its path"
    case .accessDenied: "the user may not write to the socket at its path"
    case .notDirectory: "its path leads through something that is no directory"
    case .tooManyLinks: "its path has too many symbolic links"
    case .connectionRefused: "no socket is bound to its address"
    case .wrongProtocolType: "the socket at its address is of another type"
    case .notPermitted: "the socket at its address is connected to another one"
    default: "its address leads to no socket that takes it: \(refusal.name)"
    }
  }

  /// EPIPE (`unix_dgram_sendmsg`; kernel.md §3.4, "receiver SHUT_RD"): a wait for room in its queue
  /// finds it when its time is over.
  @Sendable static func receiverIsShutDown(_ failed: FailedMessage) -> Finding? {
    guard failed.receiverIsShutDown == true else { return nil }
    // The wait may have been for room in the sender's own buffer, which comes before, as does a
    // signal that ends it.
    let isOwn =
      failed.waits != false && failed.tookLong
      && (failed.state?.hasFullBuffer != false || failed.hasPendingSignal)
    return .suspect(
      .brokenPipe, isOwn ? .possible : .likely, "the receiver was shut down for receiving")
  }

  /// EPIPE (`unix_dgram_sendmsg`; kernel.md §3.4, "receiver SHUT_RD"): by elimination, where the
  /// kernel does not say whether the receiver was shut down for receiving.
  @Sendable static func receiverMayBeShutDown(_ failed: FailedMessage) -> Finding? {
    // Nothing undoes it, but another may have taken the address, or been connected to.
    if let isShutDown = failed.receiverIsShutDown {
      return isShutDown
        ? nil
        : .suspect(
          .brokenPipe, .faint,
          "another socket, shut down for receiving, may have been the receiver then")
    }
    guard failed.socket?.type == .datagram, failed.hasName else { return peerShutDown(failed) }
    guard case .unix(let receiver)? = failed.evidence?.destination, receiver.refusal == nil else {
      return nil
    }
    return .suspect(
      .brokenPipe,
      failed.waits == true && !failed.mayBeOutOfScope && !failed.mayPassUnwanted
        ? .remaining : .possible,
      "the receiver may have been shut down for receiving")
  }

  /// EPIPE (`unix_dgram_sendmsg`; kernel.md §3.4, "receiver SHUT_RD"): the same of a peer, which a
  /// wait for room in its queue finds when it is over.
  private static func peerShutDown(_ failed: FailedMessage) -> Finding? {
    guard failed.socket?.type == .datagram, failed.socket?.peer != nil else { return nil }
    return .suspect(.brokenPipe, .possible, "the peer may have been shut down for receiving")
  }

  /// EAGAIN or EINTR (`sock_alloc_send_pskb`; kernel.md §3.4): the sender's own buffer is full, of
  /// which poll(2) says nothing: it tells of the receiver's queue too (`unix_dgram_poll`).
  @Sendable static func fullBuffer(_ failed: FailedMessage) -> Finding? {
    let isFull = failed.state?.hasFullBuffer
    // What waited then waited for the receiver.
    if isFull == false, failed.receiverIsShutDown == true { return nil }
    guard isFull == nil, failed.socket?.type == .datagram else {
      return WaitRules.fullBuffer(failed, isFull: isFull)
    }
    return WaitRules.fullBuffer(
      failed, isFull: nil, what: "the send buffer or the receiver's queue is full")
  }

  /// EAGAIN or EINTR (`unix_dgram_sendmsg`; kernel.md §3.4): a receiver that is not connected to
  /// the sender takes net.unix.max_dgram_qlen messages and one more, and has them.
  @Sendable static func fullReceiver(_ failed: FailedMessage) -> Finding? {
    var isFull = failed.state?.isWritable.map { !$0 }
    if failed.hasName, failed.socket?.type == .datagram {
      guard case .unix(let receiver)? = failed.evidence?.destination else {
        return WaitRules.ended(failed, isFull: nil, what: "the receiver's queue is full")
      }
      if receiver.refusal != nil { return nil }
      isFull = receiver.isFull
    }
    let limit = failed.evidence?.limits.datagramQueue
    return WaitRules.ended(
      failed, isFull: isFull, what: "the receiver's queue is full",
      limit.map { " (net.unix.max_dgram_qlen is \($0))" } ?? "")
  }
}

extension SocketState {
  /// Whether data of the socket's are on their way: a peer that closes throws away what it has not
  /// read (`unix_release_sock`), and one that is shut down keeps it.
  fileprivate var holdsData: Bool? { sendMemory.map { $0 > 0 } }
}

extension FailedMessage {
  /// Whether the receiver of a datagram takes nothing any more; nil where that is not known.
  fileprivate var receiverIsShutDown: Bool? {
    guard socket?.type == .datagram else { return nil }
    guard hasName else { return state?.peerIsShutForReceiving }
    guard case .unix(let receiver)? = evidence?.destination else { return nil }
    return receiver.isShutForReceiving
  }
}
