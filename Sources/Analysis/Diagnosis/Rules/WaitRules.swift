import Records

/// Room in the socket's send buffer, and what ends the waiting for it (kernel.md §3.0, "blocking
/// rule"): the checks that every protocol shares once it has a message to queue.
enum WaitRules {
  /// `sock_alloc_send_pskb`: the socket's own buffer.
  static let checks: [Check] = [fullBuffer]

  /// EAGAIN or EINTR (`sock_alloc_send_pskb`, `sk_stream_wait_memory`; kernel.md §3.0, "Blocking
  /// rule"): the send buffer is full.
  @Sendable static func fullBuffer(_ failed: FailedMessage) -> Finding? {
    fullBuffer(failed, isFull: failed.state?.isFull)
  }

  /// The same, for a socket of which poll(2) does not tell whether its buffer is full.
  static func fullBuffer(
    _ failed: FailedMessage, isFull: Bool?, what: String = "the send buffer is full"
  ) -> Finding? {
    if isFull == false, failed.waits == false, failed.state?.hasHalfEmptyBuffer == true {
      return drained(failed, .faint)
    }
    return ended(failed, isFull: isFull, what: what, failed.fill)
  }

  /// EAGAIN or EINTR (`sock_alloc_send_pskb` and others; kernel.md §3.0, "Blocking rule"): a wait,
  /// or the refusal to wait, for room that `isFull` says there is none of.
  static func ended(
    _ failed: FailedMessage, isFull: Bool?, what: String, _ details: String = ""
  ) -> Finding? {
    guard failed.socket != nil else { return nil }
    guard let waits = failed.waits else {
      return .suspect(
        .again, .possible, "the call may not wait, and perhaps " + what + details)
    }
    guard waits else {
      if isFull == false { return drained(failed) }
      let unasked: Suspect.Strength =
        isFull == nil && failed.isOftenFull ? .favored : .possible
      return .suspect(
        .again, isFull == true ? .likely : unasked,
        isFull == true
          ? what + details + ", and the call does not wait"
          : "the call does not wait, and perhaps " + what + details)
    }
    if let limit = failed.state?.sendTimeout, limit > 0, let duration = failed.call.duration,
      duration >= limit
    {
      // The limit is a message's, of which the call may have waited for several; only one can have
      // waited for so long where it took less than twice that.
      let isItsOwn =
        !failed.wasInterrupted && (failed.index == 0 || isFull == true || duration / 2 < limit)
      let why =
        "the call took \(milliseconds(duration)) ms, and a message may wait for room for"
        + " \(milliseconds(limit)) ms (SO_SNDTIMEO)"
      return .all(
        isItsOwn ? nil : interrupted(failed, isFull: isFull, what: what + details),
        .suspect(.again, isItsOwn ? .likely : .possible, why))
    }
    if !failed.hasAskedSocket, failed.tookLong, let duration = failed.call.duration {
      return .all(
        interrupted(failed, isFull: isFull, what: what + details),
        .suspect(
          .again, .favored,
          "the call took \(milliseconds(duration)) ms, and a message waits no longer for room where"
            + " SO_SNDTIMEO says so, which could not be asked"))
    }
    return .all(
      interrupted(failed, isFull: isFull, what: what + details)
        ?? (failed.state?.sendTimeout == nil ? .undecided : nil),
      timedOutUnseen(failed))
  }

  /// EAGAIN (`sock_sndtimeo`; kernel.md §3.0, "Blocking rule"): how long a message may wait is read
  /// when it begins to, from a socket that may be another, or be set otherwise, at the end.
  private static func timedOutUnseen(_ failed: FailedMessage) -> Finding? {
    guard failed.evidence != nil, !failed.hasOwnSocket, failed.tookLong,
      let duration = failed.call.duration
    else { return nil }
    return .suspect(
      .again, .momentary,
      "the call took \(milliseconds(duration)) ms, and SO_SNDTIMEO may have been another meanwhile")
  }

  /// EAGAIN (`sock_alloc_send_pskb` and others; kernel.md §3.0, "Blocking rule"): it had room again
  /// when it was asked; a queue can drain in the meantime.
  private static func drained(
    _ failed: FailedMessage, _ strength: Suspect.Strength = .possible
  ) -> Finding? {
    .suspect(
      .again, strength,
      "the call does not wait, and its queue may have been full for a moment")
  }

  /// EINTR (`sock_intr_errno`; kernel.md §3.0, "Blocking rule"): a signal ended the wait.
  private static func interrupted(
    _ failed: FailedMessage, isFull: Bool?, what: String
  ) -> Finding? {
    guard failed.hasPendingSignal else {
      if failed.evidence?.isFrozen == true {
        return .suspect(
          .interrupted, .likely, "freezing its control group ended the wait for room",
          cause: .interrupted)
      }
      return .all(
        endedByRing(failed) ?? endedUnseen(failed, isFull: isFull),
        interruptedUnseen(failed, isFull: isFull, what: what))
    }
    if isFull == false {
      return .suspect(
        .interrupted, failed.tookLong ? .favored : .possible,
        "\(failed.signalNames) may have ended a wait for room that is there again",
        cause: .interrupted)
    }
    // Who ends another side of a connection may send a signal of its end, too.
    let mayBeShutDown = !failed.hasAskedSocket && failed.mayBeShutDown
    return .suspect(
      .interrupted, mayBeShutDown ? .favored : .likely,
      "\(failed.signalNames) ended the wait for room (\(what))", cause: .interrupted)
  }

  /// EINTR (the same): a signal for the process wakes one of its threads, and any other may take it
  /// then, also one that is ignored, where a thread blocks it, as in system(3) (`sig_ignored`).
  private static func interruptedUnseen(
    _ failed: FailedMessage, isFull: Bool?, what: String
  ) -> Finding? {
    guard let evidence = failed.evidence, evidence.signalMayBeTaken else { return nil }
    // Neither a signal nor a wait was seen.
    if isFull == false, !evidence.getsSignals { return .undecided }
    let why = "a signal that another thread has taken since may have ended a wait for room"
    return .suspect(
      .interrupted, isFull != false && evidence.getsSignals ? .favored : .possible,
      isFull == true ? "\(why) (\(what))" : why, cause: .interrupted)
  }

  /// EINTR (`io_req_task_work_add`, `sock_intr_errno`; not in kernel.md): what a thread has left to
  /// an io_uring ends its wait as a signal does, since it is to be done by that thread.
  private static func endedByRing(_ failed: FailedMessage) -> Finding? {
    guard failed.evidence?.mayHaveRing == true else { return nil }
    return .suspect(
      .interrupted, failed.tookLong ? .favored : .possible, endedByRing, cause: .interrupted)
  }

  /// EINTR (`cgroup_freeze_task`, `freeze_task`; not in kernel.md): a control group that is frozen
  /// ends the waits in it, and may have been thawed since; so does a machine that is suspended.
  private static func endedUnseen(_ failed: FailedMessage, isFull: Bool?) -> Finding? {
    guard failed.evidence != nil, failed.index > 0, failed.tookLong else { return nil }
    return .suspect(
      .interrupted, isFull == true ? .possible : .momentary,
      "the wait for room may have been ended without a signal, as by freezing a control group",
      cause: .interrupted)
  }

  static let endedByRing = "what the program has left to an io_uring may have ended a wait for room"

  private static func milliseconds(_ nanoseconds: UInt64) -> UInt64 { nanoseconds / 1_000_000 }
}

extension SocketState {
  /// Whether the send buffer has no room for another message.
  var isFull: Bool? {
    hasFullBuffer == true ? true : isWritable.map { !$0 }
  }

  /// Whether half of the send buffer is free: so much does not drain in the moment between a
  /// failure and the look at it.
  fileprivate var hasHalfEmptyBuffer: Bool? {
    guard let sendMemory, let sendBuffer else { return nil }
    return sendMemory < sendBuffer / 2
  }

  /// Whether what counts against the send buffer fills it (`sock_alloc_send_pskb`).
  var hasFullBuffer: Bool? {
    guard let sendMemory, let sendBuffer else { return nil }
    return sendMemory >= sendBuffer
  }
}

extension FailedMessage {
  /// True for a message of a socket that could not be asked, and that is hardly ever refused for
  /// anything but a lack of room: whether a named receiver of AF_UNIX has room is asked elsewhere.
  fileprivate var isOftenFull: Bool {
    guard !hasAskedSocket, let socket else { return false }
    if socket.family == .unix { return socket.type != .datagram || !hasName }
    return socket.type == .stream
  }

  var hasPendingSignal: Bool {
    (evidence?.pendingSignals ?? 0) != 0
      || call.notes.contains { $0.code == .interruptedBecauseTraced }
  }

  /// True where something is known to have ended a wait of it, if it waited.
  fileprivate var wasInterrupted: Bool { hasPendingSignal || evidence?.isFrozen == true }

  fileprivate var signalNames: String {
    let mask = evidence?.pendingSignals ?? 0
    let names = (0..<64).filter { mask >> $0 & 1 == 1 }.prefix(3).map {
      Signal(rawValue: Int32($0) + 1).name
    }
    return names.isEmpty ? "a signal" : names.joined(separator: ", ")
  }

  /// ` (212992 of 212992 bytes)`; nothing where that is not what there is no room for.
  fileprivate var fill: String {
    guard let state, state.hasFullBuffer == true, let used = state.sendMemory,
      let size = state.sendBuffer
    else { return "" }
    return " (\(used) of \(size) bytes)"
  }
}
