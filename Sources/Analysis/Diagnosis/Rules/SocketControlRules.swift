import Records

/// Values at SOL_SOCKET (`__sock_cmsg_send`; kernel.md §4).
enum SocketControlRules {
  /// The checks of a value at SOL_SOCKET, but of those that pass descriptors there.
  static func value(of message: ControlMessage, _ failed: FailedMessage) -> Finding? {
    switch message.kind {
    case .priority: priorityNotAllowed(message, failed)
    case .mark: markNotAllowed(failed)
    case .timestamping, .newTimestamping: wrongTimestampingFlags(message, failed)
    case .transmitTime: transmitTimeNotEnabled(message, failed)
    case .deviceMemory: deviceMemoryNotBound(message, failed)
    case .optionID: optionIDNotEnabled(message, failed)
    default: nil
    }
  }

  /// EPERM (`sk_set_prio_allowed`; kernel.md §4, SO_PRIORITY): not one of 0 to 6, and no
  /// capability.
  private static func priorityNotAllowed(_ message: ControlMessage, _ failed: FailedMessage)
    -> Finding?
  {
    guard let value = message.intValue, !(0...6).contains(value) else { return nil }
    return failed.refused(
      without: Capability.netAdmin, Capability.netRaw,
      why: "SO_PRIORITY of \(value) needs CAP_NET_ADMIN or CAP_NET_RAW")
  }

  /// EPERM (`__sock_cmsg_send`; kernel.md §4, SO_MARK): neither CAP_NET_ADMIN nor CAP_NET_RAW.
  static func markNotAllowed(_ failed: FailedMessage) -> Finding? {
    failed.refused(
      without: Capability.netAdmin, Capability.netRaw,
      why: "SO_MARK needs CAP_NET_ADMIN or CAP_NET_RAW")
  }

  /// EINVAL (`__sock_cmsg_send`; kernel.md §4, SO_TIMESTAMPING): flags besides those that ask for
  /// timestamps of what is sent (`SOF_TIMESTAMPING_TX_RECORD_MASK`).
  private static func wrongTimestampingFlags(
    _ message: ControlMessage, _ failed: FailedMessage
  ) -> Finding? {
    guard let flags = message.word(at: 0) else { return nil }
    let hex = "0x" + String(flags, radix: 16)
    if flags & ~(transmitFlags | completionFlag) != 0 {
      return .fails(
        .invalidArgument, "SO_TIMESTAMPING \(hex) has flags other than SOF_TIMESTAMPING_TX_*")
    }
    guard flags & completionFlag != 0 else { return nil }
    switch failed.kernelIs(since: KernelRelease(6, 15)) {
    case true?: return nil
    case false?:
      return .suspect(
        .invalidArgument, .likely, "SOF_TIMESTAMPING_TX_COMPLETION is known since Linux 6.15")
    case nil:
      return .suspect(
        .invalidArgument, .possible, "SOF_TIMESTAMPING_TX_COMPLETION is known since Linux 6.15")
    }
  }

  /// HARDWARE, SOFTWARE, SCHED, ACK.
  private static let transmitFlags: UInt32 = 0x303
  private static let completionFlag: UInt32 = 0x4_0000

  /// EINVAL (`__sock_cmsg_send`; kernel.md §4, SCM_TXTIME): the socket is without SO_TXTIME.
  private static func transmitTimeNotEnabled(
    _ message: ControlMessage, _ failed: FailedMessage
  ) -> Finding? {
    guard failed.state?.hasTransmitTime != true, !failed.followsOne(with: message) else {
      return nil
    }
    return .suspect(
      // CLOCK_REALTIME without flags looks like none; no queueing discipline sends by that clock.
      .invalidArgument, failed.state?.hasTransmitTime == false ? .likely : .favored,
      "SCM_TXTIME needs the socket option SO_TXTIME")
  }

  /// EINVAL (`tcp_sendmsg_locked`; kernel.md §4, SCM_DEVMEM_DMABUF): no MSG_ZEROCOPY or no binding.
  private static func deviceMemoryNotBound(
    _ message: ControlMessage, _ failed: FailedMessage
  ) -> Finding? {
    // Others take it and do nothing with it; so does TCP of number 0.
    guard failed.socket?.type == .stream, message.word(at: 0) != 0 else { return nil }
    return .suspect(
      .invalidArgument, failed.flags.contains(.zeroCopy) ? .possible : .likely,
      "SCM_DEVMEM_DMABUF needs MSG_ZEROCOPY and a buffer that is bound to the device")
  }

  /// EINVAL (`__sock_cmsg_send`; kernel.md §4, SCM_TS_OPT_ID): the socket is without
  /// SOF_TIMESTAMPING_OPT_ID.
  private static func optionIDNotEnabled(
    _ message: ControlMessage, _ failed: FailedMessage
  ) -> Finding? {
    if let flags = failed.state?.timestampingFlags, flags & optionIDFlag != 0 { return nil }
    let isUnknown = failed.state?.timestampingFlags == nil
    if isUnknown, failed.followsOne(with: message) { return nil }
    return .suspect(
      .invalidArgument, isUnknown ? .favored : .likely,
      "SCM_TS_OPT_ID needs SOF_TIMESTAMPING_OPT_ID in the socket option SO_TIMESTAMPING")
  }

  private static let optionIDFlag: UInt32 = 0x80
}
