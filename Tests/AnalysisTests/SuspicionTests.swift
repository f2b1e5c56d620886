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
