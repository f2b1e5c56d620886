import Records

// Descriptors that a message passes, on their way and at the receiver.
extension UnixRules {
  /// ETOOMANYREFS (`too_many_unix_fds`; kernel.md §3.4): the user's descriptors on their way are
  /// over RLIMIT_NOFILE.
  @Sendable static func tooManyInFlight(_ failed: FailedMessage) -> Finding? {
    guard failed.descriptorCount > 0,
      failed.hasMachineCapability(Capability.sysAdmin, Capability.sysResource) != true
    else { return nil }
    let limit = failed.evidence?.credentials?.descriptorLimit
    let sent = failed.predecessors.reduce(0) { sum, message in
      sum
        + (message.control ?? []).reduce(0) {
          $1.kind == .descriptors ? $0 + $1.data.count / 4 : $0
        }
    }
    // Half of it, since what waited at the failure may have been taken since, and others of the
    // user may pass some, too.
    let isNear = limit.map { UInt64(max(sent, failed.descriptorsInQueue)) > $0 / 2 } ?? false
    return .suspect(
      .tooManyReferences, isNear ? .likely : .possible,
      "the user's descriptors on their way in messages, \(sent) of this call among them, may be"
        + " over RLIMIT_NOFILE" + (limit.map { " of \($0)" } ?? ""))
  }

  /// EPERM (`unix_dgram_sendmsg`, `unix_stream_sendmsg`; kernel.md §3.4): it passes descriptors,
  /// and the receiver may have cleared SO_PASSRIGHTS.
  @Sendable static func receiverTakesNoDescriptors(_ failed: FailedMessage) -> Finding? {
    if failed.mayPassUnwanted {
      return .suspect(
        .notPermitted, .possible, "the receiver may take no descriptors (SO_PASSRIGHTS is 0)")
    }
    // It is asked again behind a wait for room in its queue.
    guard failed.socket?.type == .datagram, failed.passesToUnknown, failed.waits != false,
      failed.tookLong
    else { return nil }
    return .suspect(
      .notPermitted, .faint,
      "the receiver may have cleared SO_PASSRIGHTS, by which it takes descriptors, meanwhile")
  }
}

extension FailedMessage {
  /// True where it passes descriptors, which the receiver may refuse since Linux 6.16, and none
  /// before it did so.
  var mayPassUnwanted: Bool {
    passesToUnknown
      && !predecessors.contains { $0.name == message.name && $0.passesDescriptors }
  }

  /// True where it passes descriptors to a receiver that may refuse them, since Linux 6.16.
  fileprivate var passesToUnknown: Bool {
    descriptorCount > 0 && kernelIs(since: KernelRelease(6, 16)) != false
  }

  /// Descriptors in messages of the socket that wait at its receiver, if all pass as many: a small
  /// message counts for 768 bytes there (`skb->truesize`).
  fileprivate var descriptorsInQueue: Int {
    let size = max(768, Int(clamping: bytes ?? 0) &+ 576)
    return Int(state?.sendMemory ?? 0) / size * descriptorCount
  }
}

extension Message {
  /// True where it passes descriptors (SCM_RIGHTS).
  fileprivate var passesDescriptors: Bool {
    (control ?? []).contains { $0.kind == .descriptors && $0.data.count >= 4 }
  }
}
