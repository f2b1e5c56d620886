import Records

/// Values at SOL_SOCKET (`__sock_cmsg_send`; kernel.md §4).
enum SocketControlRules {
  static func value(of message: ControlMessage, _ failed: FailedMessage) -> Finding? {
    switch message.type {
    case 12: priority(message, failed)
    case 36: mark(failed)
    case 37, 65: timestamping(message, failed)
    case 61: transmitTime(failed)
    case 79: deviceMemory(failed)
    case 81: optionID(failed)
    default: nil
    }
  }

  /// SO_PRIORITY (`sk_set_prio_allowed`): 0 to 6 for everyone.
  private static func priority(_ message: ControlMessage, _ failed: FailedMessage) -> Finding? {
    guard let value = message.intValue, !(0...6).contains(value),
      failed.hasNetworkCapability(Capability.netAdmin, Capability.netRaw) != true
    else { return nil }
    return .suspect(
      .notPermitted, likelihood(failed),
      "SO_PRIORITY of \(value) needs CAP_NET_ADMIN or CAP_NET_RAW"
        + failed.whyCapabilitiesDoNotCount)
  }

  /// SO_MARK.
  static func mark(_ failed: FailedMessage) -> Finding? {
    guard failed.hasNetworkCapability(Capability.netAdmin, Capability.netRaw) != true else {
      return nil
    }
    return .suspect(
      .notPermitted, likelihood(failed),
      "SO_MARK needs CAP_NET_ADMIN or CAP_NET_RAW" + failed.whyCapabilitiesDoNotCount)
  }

  private static func likelihood(_ failed: FailedMessage) -> Suspect.Strength {
    failed.hasNetworkCapability(Capability.netAdmin, Capability.netRaw) == nil
      ? .possible : .likely
  }

  /// SO_TIMESTAMPING: only what asks for timestamps of what is sent
  /// (`SOF_TIMESTAMPING_TX_RECORD_MASK`).
  private static func timestamping(
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

  /// SCM_TXTIME.
  private static func transmitTime(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.hasTransmitTime != true else { return nil }
    return .suspect(
      .invalidArgument, failed.state?.hasTransmitTime == false ? .likely : .possible,
      "SCM_TXTIME needs the socket option SO_TXTIME")
  }

  /// SCM_DEVMEM_DMABUF.
  private static func deviceMemory(_ failed: FailedMessage) -> Finding? {
    // Others take it and do nothing with it.
    guard failed.socket?.type == .stream else { return nil }
    return .suspect(
      .invalidArgument, .possible,
      "SCM_DEVMEM_DMABUF needs MSG_ZEROCOPY and a buffer that is bound to the device")
  }

  /// SCM_TS_OPT_ID.
  private static func optionID(_ failed: FailedMessage) -> Finding? {
    if let flags = failed.state?.timestampingFlags, flags & optionIDFlag != 0 { return nil }
    return .suspect(
      .invalidArgument, failed.state?.timestampingFlags == nil ? .possible : .likely,
      "SCM_TS_OPT_ID needs SOF_TIMESTAMPING_OPT_ID in the socket option SO_TIMESTAMPING")
  }

  private static let optionIDFlag: UInt32 = 0x80
}
