import Analysis
import Records
import Testing

/// What checks say beside each other: which of them can be meant, and how much it counts.
@Suite struct SuspicionTests {
  /// The first message of a call has MSG_BATCH; of one behind it, another with it was taken.
  @Test(
    arguments: [
      (42, 0, 22), (9, 0, 22), (31, 1, 22), (21, 0, 95), (35, 0, 95), (2, 6, 95),
    ] as [(UInt16, Int32, Int32)])
  func batchesAreRefusedAtTheirFirstMessage(_ family: UInt16, _ number: Int32, _ errno: Int32) {
    var failed = FailedCall()
    if family == 2 { failed.type = .stream }
    (failed.family, failed.protocolNumber) = (family, number)
    failed.evidence.socket?.upperProtocol = family == 2 ? "tls" : nil
    #expect(Verdict.of(failed.call).certainty != .certain)
    failed.evidence.message = 0
    var call = failed.call
    call.result = .failed(Errno(rawValue: errno))
    #expect(Verdict.of(call).why?.contains("MSG_BATCH") == true)
  }

  /// What is suspected first does not hide what is proven behind it.
  @Test func aProvenRefusalIsNotLostBehindASuspicion() {
    var failed = FailedCall()
    failed.control = [
      .used(1, 61, Array(repeating: 0, count: 8)), .used(1, 37, [0x10, 0, 0, 0]),
    ]
    let verdict = Verdict.of(failed.call)
    #expect(verdict.errno == .invalidArgument && verdict.certainty == .certain)
    #expect(verdict.why?.contains("; else SO_TIMESTAMPING 0x10") == true, "\(verdict.why ?? "")")
  }

  /// SO_SNDTIMEO is a message's; the call may have waited for several.
  @Test(arguments: [true, false]) func aTimeoutIsTheMessagesOwn(_ isFull: Bool) {
    var failed = FailedCall()
    failed.evidence.socket?.sendTimeout = 500
    failed.evidence.socket?.isWritable = !isFull
    let verdict = Verdict.of(failed.call)
    #expect(verdict.errno == .again && verdict.certainty == (isFull ? .likely : .possible))
    #expect(verdict.why?.hasPrefix("the call took") == true)
  }

  /// A firewall refuses whoever would take it, and in other words than a host where nobody does.
  @Test(arguments: [true, false], [true, false])
  func nobodyListensAndAFirewallMayHaveRefused(_ isIPv6: Bool, _ receivesErrors: Bool) {
    var failed = FailedCall()
    failed.isConnected = true
    failed.name = nil
    if isIPv6 { failed.family = 10 }
    failed.evidence.socket?.receivesErrors6 = receivesErrors
    failed.peer = isIPv6 ? .inet6(0, 1, 9) : nil
    failed.evidence.socket?.receivesErrors = receivesErrors
    failed.setRoute { $0.hasListener = false }
    let verdict = Verdict.of(failed.call)
    #expect(verdict.errno == .connectionRefused && verdict.certainty == .likely)
    var wanted: Set = isIPv6 ? ["EACCES"] : ["EHOSTUNREACH", "ENETUNREACH", "ENOPROTOOPT"]
    if receivesErrors { wanted.formUnion(["EHOSTUNREACH", "ENETUNREACH"]) }
    let named = Set(verdict.candidates.map(\.errno.name))
    #expect(named.isSuperset(of: wanted), "\(named)")
    #expect(!named.contains("EMSGSIZE"))
  }

  /// What decides it is known of a socket that could not be asked: its family and its protocol.
  @Test(
    arguments: [
      (2, 65_507), (2, 65_508), (2, 65_520), (10, 65_527), (10, 65_528),
    ] as [(UInt16, UInt64)])
  func lengthOfADatagramNeedsNoState(_ family: UInt16, _ bytes: UInt64) {
    var failed = FailedCall()
    if family == 10 { failed.makeIPv6() }
    failed.bytes = bytes
    failed.evidence.socket = nil
    let verdict = Verdict.of(failed.call)
    let isTooLong = bytes > (family == 2 ? 65_507 : 65_527)
    #expect((verdict.errno == .messageTooLong && verdict.certainty == .likely) == isTooLong)
    #expect(verdict.certainty != .certain)
  }

  @Test(arguments: [(100, false), (5000, true), (212_961, true)] as [(UInt64, Bool)])
  func lengthMayBeOverASendBufferThatWasNotAsked(_ bytes: UInt64, _ isNamed: Bool) {
    var failed = FailedCall()
    failed.makeUnix()
    failed.bytes = bytes
    failed.evidence.socket = nil
    #expect(Self.names(failed).contains("EMSGSIZE") == isNamed)
    #expect(Verdict.of(failed.call).certainty != .certain)
  }

  /// What nothing speaks for is no reason, where the socket could not be asked.
  @Test func aSocketThatWasNotAskedHasCandidatesAlone() {
    var failed = FailedCall()
    failed.earlierName = .inet(0x7f00_0001, 9998)
    #expect(Verdict.of(failed.call).errno == .notPermitted)
    failed.evidence.socket = nil
    let verdict = Verdict.of(failed.call)
    #expect(verdict.errno == nil && verdict.certainty == .unknown)
    #expect(verdict.why?.hasSuffix("the socket could not be asked") == true, "\(verdict.why ?? "")")
    #expect(Set(Self.names(failed)).isSuperset(of: ["EPERM", "ECONNREFUSED"]))
    failed.setRoute { $0.refusal = .hostUnreachable }
    #expect(Verdict.of(failed.call).errno == .hostUnreachable)
    #expect(Verdict.of(failed.call).certainty == .possible)
  }

  /// A message waits no longer for room than SO_SNDTIMEO says, if it says so.
  @Test(arguments: [1_000_000, 200_000_000] as [UInt64]) func aLongWaitWithoutAskingWasATimeout(
    _ time: UInt64
  ) {
    var failed = FailedCall()
    failed.makeUnix(.stream)
    failed.evidence.socket = nil
    failed.duration = time
    #expect((Verdict.of(failed.call).errno == .again) == (time > 50_000_000))
  }

  /// What woke the thread may be gone by the time that it is looked for.
  @Test(arguments: [true, false, nil], [true, false])
  func anotherThreadMayHaveTakenTheSignal(_ isFull: Bool?, _ getsSignals: Bool) {
    var failed = FailedCall()
    failed.makeUnix(.stream)
    failed.evidence.socketIsShared = true
    failed.evidence.socket?.isWritable = isFull.map { !$0 }
    failed.evidence.socket?.sendMemory = isFull == true ? 212_992 : nil
    failed.evidence.getsSignals = getsSignals
    #expect(!Self.names(failed).contains("EINTR"), "nobody else was there to take it")
    failed.evidence.signalMayBeTaken = true
    let isNamed = isFull != false || getsSignals
    #expect(Self.names(failed).contains("EINTR") == isNamed)
    let verdict = Verdict.of(failed.call)
    #expect(verdict.certainty == .possible)
    if getsSignals, isFull != false { #expect(verdict.cause == .interrupted) }
    failed.flags = .dontWait
    #expect(!Self.names(failed).contains("EINTR"), "it does not wait")
  }

  private static func names(_ failed: FailedCall) -> [String] {
    let verdict = Verdict.of(failed.call)
    return [verdict.errno?.name ?? ""] + verdict.candidates.map(\.errno.name)
  }

  /// What ICMP may have brought, besides the refusal of a port.
  @Test func errorsOfICMPAreNamed() {
    var failed = FailedCall()
    failed.isConnected = true
    failed.name = nil
    let verdict = Verdict.of(failed.call)
    let named = [verdict.errno?.name ?? ""] + verdict.candidates.map(\.errno.name)
    #expect(Set(named).isSuperset(of: ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EMSGSIZE"]))
    #expect(named.contains("EPERM"))
  }
}
