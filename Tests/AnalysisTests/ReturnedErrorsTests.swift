import Analysis
import Records
import Testing

/// What a retry returned, and the next short call on the socket.
@Suite struct ReturnedErrorsTests {
  private var short: Verdict {
    Verdict(
      outcome: .partial, cause: .error, at: 1, errno: Errno(rawValue: 11), certainty: .possible,
      source: .evidence, why: "a full queue",
      candidates: [
        Verdict.Candidate(errno: Errno(rawValue: 1), certainty: .possible, why: "a firewall"),
        Verdict.Candidate(errno: Errno(rawValue: 109), certainty: .possible, why: "descriptors"),
      ], asked: 2, sent: 1)
  }

  /// A call on the socket returned `errno` at this time; another fell short at `later`.
  private func verdict(
    of errno: Int32, inode: UInt64 = 1, later: UInt64 = 1000,
    _ spoil: (inout Verdict) -> Void = { _ in }
  ) -> Verdict {
    var errors = ReturnedErrors()
    var failed = Verdict(
      outcome: .failed, cause: .error, at: 0, errno: Errno(rawValue: errno), certainty: .observed,
      source: .returnValue, why: "the call returned it", asked: 2)
    var call = FailedCall().call
    call.socket?.inode = inode
    call.result = .failed(Errno(rawValue: errno))
    errors.rank(&failed, of: call)
    #expect(failed.errno?.rawValue == errno)
    var next = FailedCall().call
    next.monotonic = later
    var found = short
    spoil(&found)
    errors.rank(&found, of: next)
    return found
  }

  @Test func whatARetryReturnedStandsFirst() {
    let found = verdict(of: 109)
    #expect(found.errno?.rawValue == 109 && found.certainty == .possible)
    #expect(found.why == "descriptors; a call on the socket has just returned it")
    #expect(found.candidates.map(\.errno.rawValue) == [11, 1])
    #expect(found.candidates.first?.why == "a full queue")
  }

  @Test func whereItTellsNothing() {
    let others = [
      ("another socket", verdict(of: 109, inode: 2)),
      ("long ago", verdict(of: 109, later: 2_000_000_000)), ("no candidate", verdict(of: 22)),
      ("evidence speaks for another", verdict(of: 109) { $0.certainty = .likely }),
    ]
    for (reason, found) in others {
      #expect(found.errno?.rawValue == 11 && found.candidates.count == 2, "\(reason)")
    }
  }
}
