import Analysis
import Records
import Testing

/// What a wrong `certain` comes of: an earlier check may have failed, or what was looked at was not
/// what the kernel read.
@Suite struct CertaintyTests {
  typealias Row = DiagnosisRow

  /// Certain of what the kernel read, and of all that it read before.
  private static let contents: [Row] = [
    Row("an ICMP type that was the same at the exit", "EINVAL", .certain) {
      $0.makePing(type: 13)
      $0.evidence.payloadStartIsUnchanged = true
    },
    Row("one that has changed", "EINVAL", .likely) {
      $0.makePing(type: 13)
      $0.evidence.payloadStartIsUnchanged = false
    },
    Row("one that was not read again", "EINVAL", .likely) { $0.makePing(type: 13) },
  ]

  /// What has room when it is asked may have had none for a moment.
  private static let rooms: [Row] = [
    Row("AF_UNIX, not waiting, with room behind the call", "EFAULT", .likely) {
      $0.makeUnix()
      $0.flags = .dontWait
      $0.payloadIsGone()
    },
    Row("AF_UNIX, not waiting, of a room that could not be asked", "EFAULT", .likely) {
      $0.makeUnix()
      $0.flags = .dontWait
      $0.evidence.socket?.sendMemory = nil
      $0.evidence.socket?.isWritable = nil
      $0.payloadIsGone()
    },
    Row("AF_UNIX, waiting, for a peer that may have left an error", "EFAULT", .likely) {
      $0.makeUnix()
      $0.payloadIsGone()
    },
    Row("AF_UNIX, waiting for room that there is none of", "EFAULT", .likely) {
      $0.makeUnix()
      $0.evidence.socket?.sendMemory = 212_992
      $0.payloadIsGone()
    },
    Row("AF_UNIX, shut down in both directions, with an address", "EPIPE", .likely) {
      $0.makeUnix()
      $0.name = SocketAddress(
        family: .unix, form: .unix(.path(Array("/nowhere".utf8))), raw: nil)
      $0.evidence.socket?.isHungUp = true
      $0.payloadIsGone()
    },
  ]

  private static let errors: [Row] = [
    Row("a port without a socket, and a payload that is not there", "ECONNREFUSED", .likely) {
      $0.isConnected = true
      $0.name = nil
      $0.setRoute { $0.hasListener = false }
      $0.payloadIsGone()
    },
    Row("a firewall may refuse what somebody listens for", "EFAULT", .likely) {
      $0.isConnected = true
      $0.name = nil
      $0.setRoute { $0.hasListener = true }
      $0.payloadIsGone()
    },
  ]

  @Test(arguments: contents + rooms + errors)
  func lostErrors(_ row: Row) { row.check() }

  /// What is left by elimination is no more than possible beside what was found.
  @Test func whatRemainsIsNoLikelyCandidate() {
    var failed = FailedCall()
    failed.bytes = 70_000
    failed.evidence.messageIsUnchanged = true
    failed.earlierName = .inet(0x7f00_0002, 9)
    failed.setRoute { $0.refusal = .networkUnreachable }
    failed.bytes = 10
    let verdict = Verdict.of(failed.call)
    #expect(verdict.errno == .networkUnreachable && verdict.certainty == .likely)
    #expect(verdict.candidates.map(\.errno.name) == ["EPERM"])
    #expect(verdict.candidates.allSatisfy { $0.certainty == .possible })
  }

  /// Of a message that has changed, another version may be the one that could not be read.
  @Test(arguments: [true, false, nil] as [Bool?])
  func anUncountedStartIsCertainOfWhatItWas(_ isUnchanged: Bool?) {
    var failed = FailedCall()
    failed.evidence.message = 0
    failed.evidence.sentLengthIsWritable = false
    failed.evidence.messageIsUnchanged = isUnchanged
    var call = failed.call
    call.result = .failed(.badAddress)
    let verdict = Verdict.of(call)
    #expect(verdict.cause == .uncountedSend && verdict.uncounted == 1)
    #expect(verdict.certainty == (isUnchanged == true ? .certain : .likely))
    #expect(verdict.source == (isUnchanged == true ? .rule : .evidence))
  }

  /// EFAULT of −1 is seen; whether the message was sent before it, only where the rest is known.
  @Test func whatFailedAtTheStartIsNotClaimed() {
    let fault = PayloadAccess.fault(at: RemoteAddress(0x9000), after: 0)
    expectStart(.uncountedSend, .certain) { _ in }
    expectStart(.error, .observed) { $0.evidence?.sentLengthIsWritable = true }
    expectStart(.error, .possible) { $0.evidence?.sentLengthIsWritable = nil }
    expectStart(.error, .observed) {
      $0.evidence?.payload = fault
      $0.messages[0].payload.data = nil
    }
    expectStart(.error, .likely) {
      $0.evidence?.payload = fault
      $0.messages[0].payload.data = nil
      $0.evidence?.messageIsUnchanged = false
    }
    // What is not for us to read, and what may refuse it with any errno.
    expectStart(.uncountedSend, .likely) { $0.evidence?.payload = nil }
    expectStart(.uncountedSend, .likely) { $0.messages[0].truncated = true }
    expectStart(.uncountedSend, .likely) { $0.evidence?.hasSendFilter = true }
    expectStart(.uncountedSend, .likely) {
      $0.notes = [Note(code: .ownFilterUnread, message: nil, text: "")]
    }
  }

  private func expectStart(
    _ cause: Verdict.Cause, _ certainty: Verdict.Certainty,
    at place: SourceLocation = #_sourceLocation,
    where change: (inout SendCall) -> Void
  ) {
    var failed = FailedCall()
    failed.evidence.message = 0
    failed.evidence.sentLengthIsWritable = false
    var call = failed.call
    call.result = .failed(.badAddress)
    change(&call)
    let verdict = Verdict.of(call)
    #expect(verdict.cause == cause && verdict.certainty == certainty, sourceLocation: place)
    #expect(verdict.errno == .badAddress && verdict.at == 0, sourceLocation: place)
    #expect(verdict.uncounted == (cause == .uncountedSend ? 1 : 0), sourceLocation: place)
  }
}

extension FailedCall {
  fileprivate mutating func makePing(type: UInt8) {
    protocolNumber = 1
    payload = [type] + Array(repeating: 0, count: 9)
  }
}
