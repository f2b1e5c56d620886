import Records

/// Flow labels of IPv6, which a socket may have leased for itself (IPV6_FLOWLABEL_MGR):
/// `udpv6_sendmsg` and `rawv6_sendmsg` look for the owner; `ping_v6_sendmsg` does not.
enum FlowLabelRules {
  /// EINVAL (`fl6_sock_lookup`; kernel.md §3.2): the label of its address may be another socket's.
  @Sendable static func foreignInAddress(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName, failed.labelOfAddress != 0 else { return nil }
    return foreign(failed)
  }

  /// EINVAL (`fl6_sock_lookup`; kernel.md §3.2): behind the control messages the label of these, or
  /// of the connection, may be another socket's.
  @Sendable static func foreignInControl(_ failed: FailedMessage) -> Finding? {
    guard (failed.message.header?.controlLength ?? 0) > 0,
      failed.ownLabel ?? failed.labelOfAddress != 0
    else { return nil }
    return foreign(failed)
  }

  /// EINVAL (`fl6_sock_lookup`; kernel.md §3.2): whether labels are leased at all is not asked.
  private static func foreign(_ failed: FailedMessage) -> Finding? {
    guard !failed.followsItsLike else { return nil }
    return .suspect(
      .invalidArgument, .possible, "its flow label may be leased to another socket (IPV6_FL_S_EXCL)"
    )
  }
}

extension FailedMessage {
  private static let label: UInt32 = 0x000f_ffff

  /// That of where it goes, with IPV6_FLOWINFO_SEND; 0 for none.
  fileprivate var labelOfAddress: UInt32 {
    guard state?.sendsFlowInfo != false, case .inet6(_, _, let flow, _)? = destination?.form else {
      return 0
    }
    return flow & Self.label
  }

  /// That of its IPV6_FLOWINFO; nil without one.
  fileprivate var ownLabel: UInt32? {
    message.control?.last { $0.kind == .flowInfo && $0.status == .used }
      .flatMap { $0.word(at: 0)?.byteSwapped }.map { $0 & Self.label }
  }
}
