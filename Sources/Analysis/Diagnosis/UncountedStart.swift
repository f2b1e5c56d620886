import Records

// −1 with EFAULT says of message 0 that it could not be read, or that it was sent and its msg_len
// could not be written (kernel.md §1 B2): the errno is seen, which of the two it was is not.
extension Verdict {
  /// Nil where it was the message that could not be read.
  static func uncountedStart(_ call: SendCall, _ errno: Errno) -> Verdict? {
    guard errno == .badAddress, let failed = FailedMessage(call, 0), failed.mayBeUncounted,
      !Diagnosis.proves(errno, failed)
    else { return nil }
    let fault = Diagnosis.suspicion(of: errno, failed)
    var verdict = Verdict(
      outcome: .failed, cause: .uncountedSend, at: 0, errno: errno, certainty: .likely,
      source: .evidence, why: why(failed), asked: call.asked, uncounted: 1)
    if fault == nil, failed.isSurelyUncounted {
      (verdict.certainty, verdict.source) = (.certain, .rule)
    } else if fault?.strength == .likely || failed.evidence?.sentLengthIsWritable == nil {
      verdict.turn(into: fault)
    } else if let fault {
      verdict.candidates = [Candidate(errno: errno, certainty: .possible, why: fault.why)]
    }
    return verdict
  }

  /// That it was sent is no more than possible.
  private mutating func turn(into fault: Suspect?) {
    candidates = [Candidate(errno: .badAddress, certainty: .possible, why: why ?? "")]
    (cause, uncounted) = (.error, 0)
    certainty = fault?.strength == .likely ? .likely : .possible
    why = fault?.why ?? "the call returned it, and whether its msg_len can be written is not known"
  }
}

extension FailedMessage {
  /// False where the kernel could have counted it, has said that it was refused, or does not send.
  fileprivate var mayBeUncounted: Bool {
    guard let evidence, evidence.sentLengthIsWritable != true, !isOnlyProbed else { return false }
    if case .result(let result) = call.kernelView { return result >= 0 }
    return true
  }

  /// True where its msg_len is all that can have failed.
  fileprivate var isSurelyUncounted: Bool {
    evidence?.sentLengthIsWritable == false && evidence?.payload == .readable
      && message.payload.fault == nil && isSurelyUnchanged && call.kernelView == nil
      && Rules.follow(self) && state?.upperProtocol == nil && !call.takesFramesFromRing
      && evidence?.hasSendFilter == false
      && !call.notes.contains { $0.code == .ownFilterUnread }
  }

  /// True for MSG_PROBE where it keeps the message from being sent, or may.
  var isOnlyProbed: Bool {
    flags.contains(.probe)
      && (socket == nil || call.bytesTakenByProbe(ofMessage: index) != nil)
  }
}
