import Records

/// What can still happen to a packet on its way out of the host (kernel.md §3.1, last rows).
enum OutputRules {
  static let checks: [Check] = [filteredOut, noQueue]

  /// By elimination: where nothing that can be seen explains the failure, what cannot be seen does.
  @Sendable private static func filteredOut(_ failed: FailedMessage) -> Finding? {
    guard failed.evidence != nil else { return nil }
    let isLastResort =
      !failed.mayReceiveErrors && failed.waits == true && failed.isWhollySeen
    return .suspect(
      .notPermitted, isLastResort ? .remaining : .possible,
      "a firewall rule or a BPF program may have dropped it on its way out")
  }

  @Sendable private static func noQueue(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.receivesErrors == true else { return nil }
    // An ICMP error would wait in the socket's queue of errors, and a firewall let the like pass.
    let isLastResort =
      failed.state?.hasError == false && failed.followsItsLike && failed.state?.isWritable == true
      && failed.isWhollySeen
    return .suspect(
      .noBuffers, isLastResort ? .remaining : .possible,
      "the queue of the interface may have been full (seen with IP_RECVERR)")
  }
}

extension FailedMessage {
  /// True where all of it was looked at, and it was not sent without being counted: what remains
  /// must then be the reason.
  fileprivate var isWhollySeen: Bool {
    isWhollyRead && evidence?.sentLengthIsWritable == true
  }
}
