import Records

// Messages that the kernel took although the count does not say so: it could not write their
// msg_len (kernel.md §1 B2, V4).
extension Verdict {
  /// A message whose msg_len cannot be written, and that nothing else speaks against.
  static func uncountedMessage(
    _ failed: FailedMessage, unless diagnosis: Diagnosis
  ) -> Verdict? {
    guard failed.evidence?.sentLengthIsWritable == false, failed.message.header != nil,
      !failed.isOnlyProbed,
      !diagnosis.isStrongerThanASendThatWorked(failed)
    else { return nil }
    var verdict = Verdict(
      outcome: .partial, cause: .uncountedSend, at: failed.index, errno: .badAddress,
      certainty: diagnosis.isAsStrongAsASendThatWorked(failed) ? .possible : .likely,
      source: .evidence, why: why(failed),
      asked: failed.call.asked, uncounted: 1)
    // It may have failed all the same, which the count would not tell.
    if let errno = diagnosis.errno {
      verdict.candidates = [
        Candidate(errno: errno, certainty: .possible, why: diagnosis.why)
      ]
    }
    return verdict
  }

  static func why(_ failed: FailedMessage) -> String {
    failed.whatTheKernelDid()
      + ", but its msg_len lies where the kernel cannot write, so that the count leaves it out"
  }
}

extension FailedMessage {
  /// What became of a message that the kernel took: what is corked has not gone out yet
  /// (`udp_sendmsg`, `raw_sendmsg`; streams send by themselves what MSG_MORE delays). `taken` are
  /// the bytes of it that were taken, where that is known.
  func whatTheKernelDid(taken: UInt64? = nil) -> String {
    if socket?.type == .stream { return whatTheStreamTook(taken) }
    guard let socket, socket.family == .inet || socket.family == .inet6,
      socket.type == .datagram || socket.type == .raw
    else { return "it was sent" }
    let isUDP = socket.isUDP
    if isUDP, state?.isCorked == true {
      return "it was taken and is held back until the socket is uncorked (UDP_CORK)"
    }
    // Pings go out at once.
    if isOfPing { return "it was sent" }
    if flags.contains(.more), isUDP || state?.includesHeader == false {
      return "it was taken and is held back until something is sent without MSG_MORE"
    }
    if isUDP ? state?.isCorked == nil : flags.contains(.more) && state?.includesHeader == nil {
      return "it was taken, and sent unless the socket is corked, which could not be asked"
    }
    return "it was sent"
  }

  /// A stream takes what it has room for, where it does not wait for more, and what it had taken
  /// where a signal or SO_SNDTIMEO ends the wait.
  private func whatTheStreamTook(_ taken: UInt64?) -> String {
    guard let bytes, bytes > 1 else { return "it was sent" }
    guard let taken else { return "it was sent, or as much of it as the stream had room for" }
    return taken < bytes ? "of its \(bytes) bytes only a part was sent" : "it was sent"
  }
}

extension Diagnosis {
  /// True where the message may as well be one that the kernel refuses: what is known of it, or of a
  /// socket that could not be asked, does not tell.
  fileprivate func isAsStrongAsASendThatWorked(_ failed: FailedMessage) -> Bool {
    if failed.evidence?.payload == nil || failed.bytes == nil { return true }
    guard certainty == .possible, strength >= .favored else { return false }
    return errno == .badAddress
      || failed.isOfUnaskedSocket && errno != .again && cause != .interrupted
        && errno != .connectionRefused
  }

  /// True where the message is known, or seen, to be one that the kernel refuses. A full queue says
  /// less than a msg_len that cannot be written.
  fileprivate func isStrongerThanASendThatWorked(_ failed: FailedMessage) -> Bool {
    // What cannot be copied cannot be sent whole, and without its first byte not in part.
    if case .fault(_, let count)? = failed.evidence?.payload, failed.message.payload.fault != nil,
      count == 0 || failed.socket?.takesWholeMessages == true
    {
      return errno != nil
    }
    guard certainty == .certain || certainty == .likely, strength != .remaining else {
      return false
    }
    // What ICMP refuses of a message before waits for this one, which takes it; where an error
    // waits still, it is this one that was refused, after it was sent.
    if errno == .connectionRefused, failed.state?.hasError == true,
      failed.state?.receivesErrors == false
    {
      return false
    }
    return errno != .again && cause != .interrupted
  }
}
