import Analysis
import Records
import Testing

/// What a wrong `certain` would come of: that a check looks like one the message cannot pass, and
/// it need not have come so far, or was not asked about that network, that socket or that thread.
@Suite struct ProofTests {
  typealias Row = DiagnosisRow

  private static let payloads: [Row] = [
    Row("no wait ended", "EFAULT", .certain) { $0.payloadIsGone() },
    Row("a signal may have ended a wait behind the copy", "EFAULT", .likely) {
      $0.payloadIsGone()
      $0.evidence.pendingSignals = 1 << 13
    },
    Row("twice as long as SO_SNDTIMEO allows a message, all together", "EFAULT", .likely) {
      $0.payloadIsGone()
      $0.evidence.socket?.sendTimeout = 500
    },
    Row("as long as SO_SNDTIMEO allows: that comes first", "EAGAIN", .likely) {
      $0.payloadIsGone()
      $0.evidence.socket?.sendTimeout = 1000
    },
    Row("not as long as SO_SNDTIMEO allows", "EFAULT", .certain) {
      $0.payloadIsGone()
      $0.evidence.socket?.sendTimeout = 1001
    },
  ]

  /// What others may have done to the socket in between.
  private static let others: [Row] = [
    Row("nobody else has the socket", "EINVAL", .certain) { $0.goesToNoPort(isShared: false) },
    Row("others have it", "EINVAL", .likely) { $0.goesToNoPort(isShared: true) },
    Row("whether they have is not known", "EINVAL", .likely) { $0.goesToNoPort(isShared: nil) },
    Row("they have left it open for sending", "EFAULT", .likely) {
      $0.payloadIsGone()
      $0.evidence.socketIsShared = true
      $0.evidence.socket?.isShutForSending = false
    },
    Row("they have shut it down for sending, which comes first", "EPIPE", .likely) {
      $0.payloadIsGone()
      $0.evidence.socketIsShared = true
      $0.evidence.socket?.isShutForSending = true
    },
    Row("another thread may put another socket in its place", "EMSGSIZE", .likely) {
      $0.bytes = 65_536
      $0.evidence.socketIsShared = true
    },
    Row("another way was there for a moment", "EFAULT", .likely) {
      $0.payloadIsGone()
      $0.evidence.waysAreSteady = false
    },
    Row("what is looked at before the way", "EINVAL", .certain) {
      $0.goesToNoPort(isShared: false)
      $0.evidence.waysAreSteady = nil
    },
    Row("a negative name length is found before any socket is asked", "EINVAL", .certain) {
      $0.nameLength = -1
      $0.evidence.socketIsShared = true
    },
  ]

  /// Fragments do not help over 65,507 bytes; where none are made, the device's MTU decides.
  private static let sizes: [Row] = [
    (MTUDiscovery.dont, Verdict.Certainty.certain), (.want, .certain), (.omit, .certain),
    (.do, .likely), (.probe, .likely), (.interface, .likely), (nil, .likely),
  ].map { discovery, certainty in
    Row("65,508 bytes, \(discovery?.name ?? "unknown")", "EMSGSIZE", certainty) {
      $0.bytes = 65_508
      $0.evidence.socket?.mtuDiscovery = discovery
    }
  }

  private static let addresses: [Row] = [24, 27].map { length in
    Row("\(length) bytes of an address on a ping socket of IPv6", "EINVAL", .certain) {
      $0.makePing6(nameLength: length)
    }
  }

  private static let capabilities: [Row] = [
    Row("no capability", "EPERM", .likely) { $0.mark() },
    Row("a capability that counts", nil, .unknown) { $0.mark(holding: 1 << 13, counts: true) },
    Row("one of a user namespace that does not own the network", "EPERM", .certain) {
      $0.mark(holding: 1 << 13, counts: false)
    },
    Row("one of a namespace that is not known", "EPERM", .possible) {
      $0.mark(holding: 1 << 13, counts: nil)
    },
  ]

  /// An error that was seen is no proof of its reason.
  @Test func tellsWhatWasSeenFromWhatMayBe() {
    var failed = FailedCall()
    failed.evidence.socketIsShared = true
    var call = failed.call
    call.kernelResults = [10, -32]
    let verdict = Verdict.of(call)
    #expect(verdict.errno == .brokenPipe && verdict.certainty == .observed)
    #expect(
      verdict.why
        == "the kernel's tracepoint shows that it was refused, and not why: the socket may have been"
        + " shut down for sending behind the message before it")
  }

  @Test(arguments: payloads + others + sizes + addresses)
  func lostErrors(_ row: Row) { row.check() }

  @Test(arguments: capabilities)
  func marks(_ row: Row) {
    let verdict = row.verdict
    let words = "SO_MARK needs CAP_NET_ADMIN or CAP_NET_RAW"
    let found =
      ([(verdict.errno, verdict.certainty, verdict.why ?? "")]
      + verdict.candidates.map { ($0.errno, $0.certainty, $0.why) }).filter {
        $0.2.hasPrefix(words)
      }
    #expect(found.map { $0.0?.name } == (row.errno.map { [$0] } ?? []))
    #expect(found.allSatisfy { $0.1 == row.certainty })
    #expect(
      found.allSatisfy {
        $0.2.hasSuffix("and not in its own") == row.reason.contains("does not own")
      })
  }

  /// Nothing is named where not all was looked at.
  @Test func whatWasNotSeenMayBeTheReason() {
    var failed = FailedCall()
    #expect(Verdict.of(failed.call).certainty == .possible, "a firewall, else nothing")
    failed.evidence.payload = nil
    #expect(Verdict.of(failed.call).certainty == .unknown)
    var call = FailedCall().call
    call.messages[1].truncated = true
    call.messages[1].name = nil
    let verdict = Verdict.of(call)
    #expect(verdict.certainty == .unknown && !verdict.candidates.isEmpty)
    #expect(verdict.why?.contains("not all of it could be read") == true)
  }

  /// A refused port is told from a length that cannot be written by the error that waits behind it.
  @Test(
    arguments: [
      (false, false, true), (true, false, false), (false, true, true), (true, true, true),
    ] as [(Bool, Bool, Bool)])
  func refusalsAndLengthsThatCannotBeWritten(
    _ hasError: Bool, _ receivesErrors: Bool, _ isRefused: Bool
  ) {
    var failed = FailedCall()
    failed.isConnected = true
    failed.name = nil
    failed.evidence.sentLengthIsWritable = false
    failed.evidence.socket?.hasError = hasError
    failed.evidence.socket?.receivesErrors = receivesErrors
    failed.setRoute { $0.hasListener = false }
    let verdict = Verdict.of(failed.call)
    #expect(verdict.cause == (isRefused ? .error : .uncountedSend))
    #expect(!isRefused || verdict.errno?.name == "ECONNREFUSED")
  }
}

extension FailedCall {
  fileprivate mutating func goesToNoPort(isShared: Bool?) {
    name = .inet(0x7f00_0001, 0)
    earlierName = .inet(0x7f00_0001, 9)
    evidence.socketIsShared = isShared
  }

  fileprivate mutating func makePing6(nameLength: Int32) {
    family = 10
    protocolNumber = 58
    name = .inet6(0, 1, 0)
    self.nameLength = nameLength
    payload = [128] + Array(repeating: 0, count: 9)
  }

  fileprivate mutating func mark(holding capabilities: UInt64 = 0, counts: Bool? = nil) {
    control = [.used(1, 36, [5, 0, 0, 0])]
    evidence.credentials?.capabilities = capabilities
    evidence.credentials?.countForNetwork = counts
  }
}
