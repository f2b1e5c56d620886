package import Records

extension Verdict {
  /// Judges a call by what the kernel's own tracepoint noted of the message it ended at
  /// (kernel.md §3.0); nil where that does not say it. `count` is what was counted: 0 on −1.
  package static func observed(_ call: SendCall, _ count: UInt32) -> Verdict? {
    guard case .result(let result) = call.kernelView else { return nil }
    let verdict = Verdict(
      outcome: call.result == .returned(count) ? .partial : .failed, at: Int(count),
      certainty: .observed, source: .tracepoint, asked: call.asked)
    if result < 0 { return refusedByProtocol(verdict, -result, call) }
    return speaksAgainst(call, Int(count), wasSent: result)
      ? nil : sentUncounted(verdict, bytes: result, call)
  }

  /// True where a send of so many bytes was not message `index`, whatever it was: the kernel could
  /// have counted that one, or it has another length.
  private static func speaksAgainst(_ call: SendCall, _ index: Int, wasSent bytes: Int32) -> Bool {
    guard let failed = FailedMessage(call, index), failed.message.header != nil,
      failed.evidence?.sentLengthIsWritable != true
    else { return true }
    guard call.socket?.takesWholeMessages == true, failed.isSurelyUnchanged,
      let length = failed.bytes
    else { return false }
    return length != UInt64(bytes)
  }

  /// The protocol's own error, which the call did not return.
  private static func refusedByProtocol(
    _ verdict: Verdict, _ number: Int32, _ call: SendCall
  ) -> Verdict? {
    // On −1 the return value has said it already.
    guard verdict.outcome == .partial else { return nil }
    var verdict = verdict
    let errno = Errno(rawValue: number)
    if errno == .interrupted || errno.isRestart {
      verdict.cause = .interrupted
      verdict.errno = .interrupted
      verdict.why = interruption(FailedMessage(call, verdict.at ?? 0))
    } else {
      verdict.cause = .error
      verdict.errno = errno
      verdict.why =
        FailedMessage(call, verdict.at ?? 0).flatMap {
          Diagnosis.reason(
            for: errno, shownBy: "the kernel's tracepoint shows that it was refused", $0)
        }
        ?? "the protocol refused it with \(errno.name), as the kernel's tracepoint shows"
    }
    return verdict
  }

  private static func interruption(_ failed: FailedMessage?) -> String {
    if let failed, !failed.hasPendingSignal,
      let reason = Diagnosis.reason(
        for: .interrupted,
        shownBy: "the kernel's tracepoint shows that the wait to send it was interrupted", failed)
    {
      return reason
    }
    return failed?.hasPendingSignal == true
      ? "a signal ended the wait to send it, as the kernel's tracepoint shows"
      : "the wait to send it was interrupted, as the kernel's tracepoint shows"
  }

  /// kernel.md §1 B2: it was sent, and then its `msg_len` could not be written.
  private static func sentUncounted(
    _ verdict: Verdict, bytes: Int32, _ call: SendCall
  ) -> Verdict {
    var verdict = verdict
    verdict.cause = .uncountedSend
    verdict.errno = .badAddress
    verdict.uncounted = 1
    let what =
      FailedMessage(call, verdict.at ?? 0)?.whatTheKernelDid(taken: UInt64(bytes))
      ?? "it was taken"
    verdict.why =
      "\(what), \(bytes) bytes, as the kernel's tracepoint shows, but its msg_len could not be"
      + " written, so it was not counted"
    return verdict
  }
}
