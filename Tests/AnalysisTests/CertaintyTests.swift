import Analysis
import Records
import Testing

/// What a wrong `certain` comes of: an earlier check may have failed, or what was looked at was not
/// what the kernel read.
@Suite struct CertaintyTests {
  typealias Row = DiagnosisTests.Row

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
    Row("a descriptor of -1 behind one that was not looked at", "EBADF", .likely) {
      $0.pass([0, -1])
    },
    Row("a descriptor of -1 behind one that is open", "EBADF", .certain) {
      $0.pass([0, -1])
      ($0.evidence.closedDescriptors, $0.evidence.ringDescriptors) = ([], [])
    },
    Row("a descriptor that is not open", "EBADF", .certain) {
      $0.pass([0, 5])
      ($0.evidence.closedDescriptors, $0.evidence.ringDescriptors) = ([5], [])
    },
    Row("one that another thread may have closed since", "EBADF", .likely) {
      $0.pass([0, 5])
      ($0.evidence.closedDescriptors, $0.evidence.ringDescriptors) = ([5], [])
      $0.evidence.socketIsShared = true
    },
    Row("a descriptor of -1 behind an io_uring", "EINVAL", .certain) {
      $0.pass([0, -1])
      ($0.evidence.closedDescriptors, $0.evidence.ringDescriptors) = ([], [0])
    },
    Row("the same before Linux 6.7, where it may be passed", "EBADF", .likely) {
      $0.pass([0, -1])
      $0.evidence.kernel = KernelRelease(6, 1)
      ($0.evidence.closedDescriptors, $0.evidence.ringDescriptors) = ([], [0])
    },
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
  func lostErrors(_ row: Row) {
    var failed = FailedCall()
    row.change(&failed)
    let verdict = Verdict.of(failed.call)
    #expect(verdict.errno?.name == row.errno)
    #expect(verdict.certainty == row.certainty, "\(verdict.why ?? "")")
  }

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
}

extension FailedCall {
  fileprivate mutating func makeUnix() {
    family = 1
    protocolNumber = 0
    isConnected = true
    name = nil
    evidence.destination = nil
  }

  fileprivate mutating func makePing(type: UInt8) {
    protocolNumber = 1
    payload = [type] + Array(repeating: 0, count: 9)
  }

  fileprivate mutating func pass(_ descriptors: [Int32]) {
    makeUnix()
    let bytes = descriptors.flatMap { number in
      (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
    control = [.used(1, 1, bytes)]
  }

  fileprivate mutating func payloadIsGone() {
    evidence.payload = .fault(at: RemoteAddress(0x5000), after: 4)
  }

  fileprivate mutating func setRoute(_ change: (inout RouteState) -> Void) {
    var route = RouteState()
    change(&route)
    evidence.destination = .route(route)
  }
}
