import Records
import Testing

@testable import Analysis

/// What the kernel's tracepoint lets be said, and what it does not.
@Suite struct ObservedResultsTests {
  private func call(
    _ result: CallResult, _ results: [Int32]?, taken: [UInt32?] = [10, 10],
    bytes: [UInt64?] = [10, 10, 10, 10], flags: SendFlags = [], hasSocket: Bool = true
  ) -> SendCall {
    var call = SendCall.sketch(
      vlen: 4, flags: flags, bytes: bytes, taken: taken, hasSocket: hasSocket, result)
    call.kernelResults = results
    return call
  }

  @Test(
    arguments: [
      ([10, 10, -111], .result(-111), "the lost error"),
      ([10, 10, -512], .result(-512), "a wait that a signal ended"),
      ([10, 10, 10], .result(10), "sent, and not counted"),
      ([10, 10], .failedBeforeProtocol, "no third send"),
      ([10], nil, "one is missing"),
      ([], nil, "all are missing"),
      ([10, 10, 10, -111], nil, "one too many"),
      ([10, 9, -111], nil, "another message's"),
      ([-111, 10, 10], nil, "an error that was counted"),
      (nil, nil, "not asked, or lost"),
    ] as [([Int32]?, KernelView?, Comment)])
  func agreesWithACount(results: [Int32]?, view: KernelView?, reason: Comment) {
    #expect(call(.returned(2), results).kernelView == view, reason)
  }

  @Test func claimsNothingWhereMessageLengthsAreNotKnown() {
    #expect(call(.returned(2), [10, 10, -111], taken: [10, nil]).kernelView == nil)
    #expect(call(.returned(2), [10, 10, -111], taken: [10, 11]).kernelView == nil)
  }

  @Test func allowsForALoopThatEndedWithoutAnError() {
    // kernel.md §1 B4: the message behind was never tried.
    let results: [Int32] = [10, 10]
    #expect(call(.returned(2), results, bytes: [10, 12, 10, 10]).kernelView == nil)
    #expect(call(.returned(2), results, bytes: [10, nil, 10, 10]).kernelView == nil)
    #expect(call(.returned(2), results, flags: .probe).kernelView == nil)
    #expect(call(.returned(2), results, hasSocket: false).kernelView == nil)
  }

  @Test func namesTheLostError() {
    let verdict = Verdict.of(call(.returned(2), [10, 10, -111]))
    #expect(verdict.cause == .error && verdict.errno?.name == "ECONNREFUSED" && verdict.at == 2)
    #expect(verdict.certainty == .observed && verdict.source == .tracepoint)
    #expect(verdict.outcome == .partial && verdict.sent == 2 && verdict.uncounted == 0)
  }

  @Test func namesAnInterruption() {
    for code: Int32 in [-4, -512, -513, -514, -516] {
      let verdict = Verdict.of(call(.returned(2), [10, 10, code]))
      #expect(verdict.cause == .interrupted && verdict.errno == .interrupted)
    }
  }

  @Test func saysHowMuchAStreamTookOfAnUncountedMessage() {
    for (taken, words) in [
      (4, "of its 10 bytes only a part was sent, 4 bytes,"), (10, "it was sent, 10 bytes,"),
    ] as [(Int32, String)] {
      var call = SendCall.sketch(
        vlen: 4, bytes: [10, 10, 10, 10], taken: [10, 10], type: .stream, .returned(2))
      call.kernelResults = [10, 10, taken]
      let verdict = Verdict.of(call)
      #expect(verdict.cause == .uncountedSend && verdict.at == 2)
      #expect(verdict.why?.hasPrefix(words) == true)
    }
  }

  @Test func namesAnUncountedSend() {
    let partial = Verdict.of(call(.returned(2), [10, 10, 10]))
    #expect(partial.cause == .uncountedSend && partial.uncounted == 1 && partial.at == 2)
    #expect(partial.outcome == .partial && partial.sent == 2)
    let failed = Verdict.of(call(.failed(.badAddress), [10], taken: []))
    #expect(failed.cause == .uncountedSend && failed.uncounted == 1 && failed.at == 0)
    #expect(failed.outcome == .failed && failed.sent == 0 && failed.errno == .badAddress)
    #expect(failed.source == .tracepoint)
  }

  /// A send of another's, such as a socket's below another one, is no message of the call's.
  @Test func claimsNoUncountedSendThatContradictsTheMessage() {
    var evidence = Evidence(message: 2)
    evidence.messageIsUnchanged = true
    for (result, isWritable, isClaimed) in [
      (10, false, true), (10, nil, true), (10, true, false), (16, false, false),
    ] as [(Int32, Bool?, Bool)] {
      evidence.sentLengthIsWritable = isWritable
      var call = call(.returned(2), [10, 10, result])
      call.evidence = evidence
      #expect((Verdict.of(call).source == .tracepoint) == isClaimed, "\(result)")
    }
    let unread = Verdict.of(call(.failed(.badAddress), [16], taken: [], bytes: [nil]))
    #expect(unread.cause == .error && unread.source == .returnValue)
  }

  /// A stream takes what it has room for of a message that is not readable to its end.
  @Test func knowsAStreamThatTookThePartBeforeAFault() {
    for (payload, isSent) in [
      (nil, true), (.fault(at: RemoteAddress(0x9000), after: 300_000), true),
      (.fault(at: RemoteAddress(0x9000), after: 100), false),
    ] as [(PayloadAccess?, Bool)] {
      var call = SendCall.sketch(
        vlen: 2, bytes: [1 << 30, 10], type: .stream, .failed(.badAddress))
      call.messages[0].payload.data = [0]
      call.evidence = FailedCall.quiet
      call.evidence?.message = 0
      call.evidence?.sentLengthIsWritable = false
      call.evidence?.payload = payload
      let verdict = Verdict.of(call)
      #expect((verdict.cause == .uncountedSend) == isSent)
      #expect(verdict.certainty == .likely)
    }
  }

  @Test func leavesWhatTheReturnValueSays() {
    for results: [Int32]? in [nil, [], [-14], [10, 10]] {
      let verdict = Verdict.of(call(.failed(.badAddress), results, taken: []))
      #expect(verdict.source == .returnValue && verdict.cause == .error)
    }
    let verdict = Verdict.of(call(.failed(Errno(rawValue: 11)), [10], taken: []))
    #expect(verdict.source == .returnValue)
  }

  @Test func leavesTheErrnoOpenWhereTheProtocolWasNotAsked() {
    let verdict = Verdict.of(call(.returned(2), [10, 10]))
    #expect(verdict.cause == .error && verdict.errno == nil && verdict.certainty == .unknown)
  }
}
