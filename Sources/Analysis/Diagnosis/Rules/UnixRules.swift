import Records

/// AF_UNIX (`unix_dgram_sendmsg`, `unix_stream_sendmsg`, `unix_seqpacket_sendmsg`;
/// kernel.md §3.4). Control messages are looked at before anything else.
enum UnixRules {
  static func checks(for type: SocketType) -> [Check] {
    switch type {
    case .stream: stream
    case .sequencedPacket: [peerReset, notConnected] + ControlRules.checks + [outOfBand] + packet
    default: ControlRules.checks + [outOfBand, badAddress, refusedByCgroup] + packet
    }
  }

  private static let packet: [Check] =
    [
      withoutPeer, BufferRules.overSendBuffer, peerReset, shutDown, fullBuffer,
      BufferRules.overAllocation,
    ]
    + [tooManyInFlight, PayloadRules.unreadable, refusedAtAddress, notConnected]
    + [
      receiverTakesNoDescriptors, receiverIsShutDown, fullReceiver, receiverMayBeShutDown,
      LandlockRules.outOfScope,
    ]

  private static let stream: [Check] =
    ControlRules.checks + [streamOutOfBand, addressOfStream, notConnected, brokenPipe]
    + [PendingErrorRules.shutDownWhileWaiting] + WaitRules.checks + [
      tooManyInFlight, PayloadRules.unreadable, receiverTakesNoDescriptors,
    ]
}

// The message.
extension UnixRules {
  /// EOPNOTSUPP (`unix_dgram_sendmsg`; kernel.md §3.4): MSG_OOB, which streams alone know.
  @Sendable private static func outOfBand(_ failed: FailedMessage) -> Finding? {
    failed.flags.contains(.outOfBand)
      ? .fails(.notSupported, "MSG_OOB is for streams alone") : nil
  }

  /// EOPNOTSUPP (`unix_stream_sendmsg`; not in kernel.md): MSG_OOB without a byte to send.
  @Sendable private static func streamOutOfBand(_ failed: FailedMessage) -> Finding? {
    guard failed.flags.contains(.outOfBand), failed.bytes == 0 else { return nil }
    return .fails(.notSupported, "MSG_OOB needs a byte to send")
  }

  /// EINVAL (`unix_validate_addr`; kernel.md §3.4): msg_namelen is not 3 to 110, or the family
  /// another.
  @Sendable private static func badAddress(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, let header = failed.message.header else { return nil }
    if failed.nameLength <= 2 || failed.nameLength > 110 {
      return .fails(
        .invalidArgument, "msg_namelen is \(header.nameLength), it has to be 3 to 110")
    }
    guard let family = failed.message.name?.family, family != .unix else { return nil }
    return .fails(.invalidArgument, "its address is of \(family.name), the socket of AF_UNIX")
  }

  /// EPERM (`__cgroup_bpf_run_filter_sock_addr`; not in kernel.md): since Linux 6.7 a BPF program
  /// of the cgroup (UNIX_SENDMSG) may refuse what has an address.
  @Sendable private static func refusedByCgroup(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, !failed.followsItsLike, failed.evidence?.hasSendFilter != false,
      failed.kernelIs(since: KernelRelease(6, 7)) != false
    else { return nil }
    return .suspect(
      .notPermitted, failed.evidence?.hasSendFilter == true ? .remaining : .possible,
      "a BPF program of its cgroup may have refused it")
  }

  /// EISCONN or EOPNOTSUPP (`unix_stream_sendmsg`; kernel.md §3.4): an address, of which a stream
  /// takes none.
  @Sendable private static func addressOfStream(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName else { return nil }
    if failed.isSurelyConnected {
      return .fails(.isConnected, "it has an address, and the stream is connected")
    }
    if failed.isSurelyUnconnected {
      return .fails(.notSupported, "it has an address, which a stream takes none of")
    }
    return .suspects([
      Suspect(
        errno: .isConnected, strength: .likely,
        why: "it has an address, and the stream may be connected"),
      Suspect(
        errno: .notSupported, strength: .possible, why: "it has an address, and is a stream's"),
    ])
  }

  /// ENOTCONN or ECONNREFUSED (`unix_dgram_sendmsg`, `unix_stream_sendmsg`,
  /// `unix_seqpacket_sendmsg`; kernel.md §3.4): no address and no peer, or one that has closed and
  /// so ended the connection.
  @Sendable private static func notConnected(_ failed: FailedMessage) -> Finding? {
    let takesNames = failed.socket?.type == .datagram
    if takesNames, failed.hasName { return nil }
    guard let isConnected = failed.state?.isConnected else {
      return failed.socket?.peer == nil
        ? failed.unasked(.notConnected, "the socket may not be connected")
        : failed.unasked(.connectionRefused, "the peer may have closed its socket")
    }
    guard !isConnected else { return nil }
    if failed.socket?.peer != nil || failed.followsOneWithoutName {
      return .suspects([
        Suspect(
          errno: .connectionRefused,
          strength: failed.socket?.type == .datagram ? .likely : .possible,
          why: "the peer has closed its socket, which ended the connection"),
        Suspect(errno: .notConnected, strength: .possible, why: "the socket is not connected"),
      ])
    }
    return .suspect(.notConnected, .likely, "it has no address, and the socket is not connected")
  }

  /// ENOTCONN (`unix_dgram_sendmsg`; kernel.md §3.4): kernels before Linux 6.14 look for the peer
  /// of a message without an address before they look at its size.
  @Sendable private static func withoutPeer(_ failed: FailedMessage) -> Finding? {
    guard failed.kernelIs(since: KernelRelease(6, 14)) != true, !failed.isSurelyConnected else {
      return nil
    }
    return notConnected(failed)
  }
}

extension FailedMessage {
  /// What may be so of a socket of which nothing is said from outside either.
  func unasked(_ errno: Errno, _ why: String) -> Finding {
    guard isOfUnaskedSocket else { return .undecided }
    return .suspect(errno, .unasked, why + ", which could not be asked")
  }
}
