import Analysis
import Records
import Testing

/// Lost errors, above all those that the kernel of the tests cannot produce: other families, other
/// kernels, other security modules. What it can produce, the acceptance tests ask it for.
@Suite struct DiagnosisTests {
  typealias Row = DiagnosisRow

  private static let families: [Row] = [
    Row("the queue of a CAN interface", "ENOBUFS", .possible) {
      $0.family = 29
      $0.protocolNumber = 1
    },
    Row("TIPC's largest message", "EMSGSIZE", .likely) {
      $0.family = 30
      $0.protocolNumber = 0
      $0.bytes = 66_001
    },
    Row("SCTP without an association", "EPIPE", .likely) {
      $0.protocolNumber = 132
      $0.evidence.hasOwnBrokenPipe = true
    },
    Row("SCTP over its buffer", "EMSGSIZE", .likely) {
      $0.protocolNumber = 132
      $0.bytes = 300_000
    },
    Row("SCTP over its buffer, before its control messages are read", "EMSGSIZE", .likely) {
      $0.protocolNumber = 132
      $0.bytes = 300_000
      $0.control = [.used(132, 99, [])]
      $0.control[0].status = .rejected
      $0.control[0].why = "EINVAL: not a type that can be sent at this level"
    },
    Row("a vsock that its peer has closed, and that is connected no more", "EPIPE", .likely) {
      $0.family = 40
      $0.type = .stream
      $0.name = nil
      $0.evidence.socket?.isHungUp = true
    },
    Row("a raw socket of IPv4 routes ICMPv6 unread", "ENETUNREACH", .likely) {
      $0.type = .raw
      $0.protocolNumber = 58
      $0.earlierName = .inet(0x7f00_0002, 0)
      $0.evidence.payload = .fault(at: RemoteAddress(0x5000), after: 0)
      var route = RouteState()
      route.refusal = .networkUnreachable
      $0.evidence.destination = .route(route)
    },
    Row("a Mobility Header that is cut off", "EFAULT", .likely) {
      $0.family = 10
      $0.type = .raw
      $0.protocolNumber = 135
      $0.name = .inet6(0, 1, 0)
      $0.nameLength = 28
      $0.bytes = 3
    },
    Row("an address on a connected vsock", "EISCONN", .certain) {
      $0.family = 40
      $0.type = .stream
      $0.isConnected = true
    },
    Row("MSG_OOB on vsock", "EOPNOTSUPP", .certain) {
      $0.family = 40
      $0.flags = .outOfBand
    },
  ]

  private static let order: [Row] = [
    Row("nothing known, nothing claimed", nil, .unknown) { $0.hasEvidence = false },
    Row("a payload that no datagram carries", "EMSGSIZE", .certain) { $0.bytes = 70_000 },
    Row("the same to a new address, where a module may object", "EMSGSIZE", .likely) {
      $0.bytes = 70_000
      $0.earlierName = .inet(0x7f00_0002, 9)
      $0.evidence.securityModules = .active("selinux")
    },
    Row("the same, where nothing is known of modules", "EMSGSIZE", .likely) {
      $0.bytes = 70_000
      $0.earlierName = .inet(0x7f00_0002, 9)
      $0.evidence.securityModules = .unknown
    },
    Row("what another thread has rewritten is not certain", "EMSGSIZE", .likely) {
      $0.bytes = 70_000
      $0.evidence.messageIsUnchanged = false
    },
    Row("nor is what could not be looked at again", "EMSGSIZE", .likely) {
      $0.bytes = 70_000
      $0.evidence.messageIsUnchanged = nil
    },
    Row("port 0 comes before 65,508 bytes", "EINVAL", .certain) {
      $0.name = .inet(0x7f00_0001, 0)
      $0.bytes = 65_508
    },
    Row("65,536 bytes come before port 0", "EMSGSIZE", .certain) {
      $0.name = .inet(0x7f00_0001, 0)
      $0.bytes = 65_536
    },
    Row("a new destination without a route comes before 65,508 bytes", "ENETUNREACH", .likely) {
      $0.earlierName = .inet(0x7f00_0002, 9)
      $0.bytes = 65_508
      $0.setRoute { $0.refusal = .networkUnreachable }
    },
    Row("a cgroup's BPF program may come before 65,508 bytes", "EMSGSIZE", .likely) {
      $0.earlierName = .inet(0x7f00_0002, 9)
      $0.bytes = 65_508
      $0.evidence.hasSendFilter = nil
    },
    Row("a port without a socket, on a connected one", "ECONNREFUSED", .likely) {
      $0.isConnected = true
      $0.name = nil
      $0.setRoute { $0.hasListener = false }
    },
    Row("a firewall, of which nothing is seen", "EPERM", .possible) { _ in },
    Row("a full buffer without waiting", "EAGAIN", .likely) {
      $0.flags = .dontWait
      $0.evidence.socket?.isWritable = false
    },
    Row("a payload in a page that is not there", "EFAULT", .certain) {
      $0.evidence.payload = .fault(at: RemoteAddress(0x5000), after: 4)
    },
  ]

  @Test(arguments: families + order)
  func lostErrors(_ row: Row) { row.check() }

  @Test func aSignalEndsAWait() {
    var failed = FailedCall()
    failed.evidence.pendingSignals = 1 << 13
    failed.evidence.socket?.isWritable = false
    let verdict = Verdict.of(failed.call)
    #expect(verdict.cause == .interrupted && verdict.errno == .interrupted)
    #expect(verdict.certainty == .likely)
    #expect(verdict.why?.contains("SIGALRM") == true)
  }

  @Test func aLengthThatCannotBeWrittenIsNotCounted() {
    var failed = FailedCall()
    failed.evidence.sentLengthIsWritable = false
    let sent = Verdict.of(failed.call)
    #expect(sent.cause == .uncountedSend && sent.uncounted == 1)
    #expect(sent.state(ofMessage: 1) == .uncounted && sent.state(ofMessage: 2) == .notAttempted)
    // A message that cannot be sent was not.
    failed.bytes = 70_000
    let refused = Verdict.of(failed.call)
    #expect(refused.cause == .error && refused.uncounted == 0)
    // MSG_PROBE sends nothing.
    failed.bytes = 10
    failed.flags = .probe
    #expect(Verdict.of(failed.call).uncounted == 0)
  }

  /// What is corked is taken, and not sent yet: nobody says that it was.
  @Test(
    arguments: [
      ([], false, 17, "it was sent,"),
      (.more, false, 17, "held back until something is sent without"),
      ([], true, 17, "held back until the socket is uncorked"),
      ([], nil, 17, "sent unless the socket"),
      (.more, false, 200, "held back until something is sent without"),
      ([], true, 200, "it was sent,"),
      (.more, false, 1, "it was sent,"),
      ([], false, 6, "it was sent, or as much of it as the stream had room for,"),
    ] as [(SendFlags, Bool?, Int32, String)])
  func whatIsCorkedWasNotSent(
    _ flags: SendFlags, _ isCorked: Bool?, _ number: Int32, _ words: String
  ) {
    var failed = FailedCall()
    failed.flags = flags
    failed.protocolNumber = number
    if number == 200 { failed.type = .raw }
    if number == 1 { failed.payload = [8, 0, 0, 0, 0, 0, 0, 0, 0, 0] }
    if number == 6 { failed.type = .stream }
    failed.evidence.sentLengthIsWritable = false
    failed.evidence.socket?.isCorked = isCorked
    let verdict = Verdict.of(failed.call)
    #expect(verdict.cause == .uncountedSend)
    #expect(verdict.why?.contains(words) == true, "\(verdict.why ?? "")")
  }

  /// The errno of −1 is known; the sentence says what of the message brought it.
  @Test func reasonsOfReturnedErrors() {
    var failed = FailedCall()
    failed.bytes = 70_000
    failed.evidence.message = 0
    var call = failed.call
    call.messages.swapAt(0, 1)
    call.messages[0].index = 0
    call.messages[1].index = 1
    call.result = .failed(Errno(rawValue: 90))
    let verdict = Verdict.of(call)
    #expect(verdict.certainty == .observed && verdict.source == .returnValue)
    #expect(verdict.why?.contains("70000 bytes") == true)
    // Of another errno that sentence would be wrong.
    call.result = .failed(Errno(rawValue: 1))
    #expect(Verdict.of(call).why?.contains("70000 bytes") == false)
  }
}
