import Records
import Testing

@testable import Analysis

/// What breaks a rule, by which call, and what does not.
@Suite struct PolicyEvaluatorTests {
  struct Row: CustomTestStringConvertible {
    var about: String
    var limits: [PolicyLimit] = []
    var demands: [PolicyDemand] = []
    var destinations: [String] = []
    var calls: [SendCall]
    /// `call 1, message 2: …`
    var findings: [String]

    var testDescription: String { about }
  }

  /// A call of messages to `ports`, of 100 bytes each.
  static func call(
    _ ports: [UInt16], sent: Int? = nil, number: UInt64 = 1, program: String = "app",
    flags: SendFlags = [], control: [ControlMessage]? = [], bytes: UInt64 = 100,
    duration: UInt64 = 1000, segmentedBy source: Segmentation.Source? = nil
  ) -> SendCall {
    let sent = sent ?? ports.count
    let messages = ports.enumerated().map { index, port in
      var message = Message(
        index: index, header: nil, bytes: bytes, sentLength: index < sent ? UInt32(bytes) : nil,
        name: SocketAddress(
          family: .inet, form: .inet(address: 0x7f00_0001, port: port), raw: nil),
        iovecs: nil, payload: Payload(data: nil, truncated: false, fault: nil), control: control,
        fault: nil, truncated: false)
      message.segmentation = source.map { Segmentation(source: $0, size: 100, pieces: nil) }
      return message
    }
    return SendCall(
      sequence: number, time: 0, monotonic: 0, duration: duration, pid: 1, tid: 1, comm: program,
      abi: .x86_64, syscall: .sendmmsg,
      arguments: SendArguments(
        fd: 3, vector: RemoteAddress(1), vectorLength: UInt32(ports.count), flags: flags),
      socket: nil, result: .returned(UInt32(sent)), messages: messages, notes: [])
  }

  static func share(_ percent: Double) -> PolicyAmount { PolicyAmount(percent, isShare: true) }

  static let segments = ControlMessage(
    level: 17, type: 103, length: 18, data: [100, 0], status: .used, why: nil)

  static func control(_ type: Int32) -> ControlMessage {
    ControlMessage(level: 1, type: type, length: 20, data: [], status: .used, why: nil)
  }

  static func evaluate(_ cases: [PolicyRule.Case], to: [String] = [], _ events: [TraceEvent])
    throws -> PolicyRuleResult
  {
    let rule = PolicyRule(
      id: "r", message: nil, line: 1, destinations: try to.map(destination), cases: cases)
    var evaluator = PolicyEvaluator(Policy(rules: [rule]))
    for event in events { evaluator.add(event) }
    return try #require(evaluator.finish().rules.first)
  }

  static func destination(_ text: String) throws -> PolicyDestination {
    PolicyPattern(text, try DestinationPattern(text[...]))
  }

  static func texts(_ result: PolicyRuleResult) -> [String] {
    result.findings.map { "\($0.place): \($0.reason)" }
  }

  static let rows: [Row] = [
    Row(
      about: "as many calls as may be", limits: [PolicyLimit(.calls, .most, 2)],
      calls: [call([1]), call([1], number: 2)], findings: []),
    Row(
      about: "one call more", limits: [PolicyLimit(.calls, .most, 1)],
      calls: [call([1]), call([1], number: 2)],
      findings: ["call 2: calls comes to 2, and at most 1 is allowed"]),
    Row(
      about: "many calls more: the first, and how many there were in the end",
      limits: [
        PolicyLimit(.calls, .most, 1), PolicyLimit(.messages, .most, 2),
        PolicyLimit(.bytes, .most, 600),
      ],
      calls: [
        call([1]), call([1], number: 2), call([1, 1], number: 3), call([1, 1, 1], number: 4),
      ],
      findings: [
        "call 2: calls comes to 4, and at most 1 is allowed; this call made it 2",
        "call 3: messages comes to 7, and at most 2 is allowed; this call made it 4",
        "call 4: bytes comes to 700 B, and at most 600 B is allowed",
      ]),
    Row(
      about: "too few calls", limits: [PolicyLimit(.calls, .least, 2)], calls: [call([1])],
      findings: ["the run: calls comes to 1, and at least 2 is needed"]),
    Row(
      about: "messages and bytes that went out",
      limits: [PolicyLimit(.messages, .most, 2), PolicyLimit(.bytes, .most, 299)],
      calls: [call([1, 1, 1, 1], sent: 3)],
      findings: [
        "call 1: messages comes to 3, and at most 2 is allowed",
        "call 1: bytes comes to 300 B, and at most 299 B is allowed",
      ]),
    Row(
      about: "unsent, of a scope that one of them belongs to",
      limits: [PolicyLimit(.unsent, .most, 0)], destinations: ["*:7"],
      calls: [call([7, 8, 8, 7], sent: 2)],
      findings: [
        "call 1, message 2: unsent comes to 1, and at most 0 is allowed: 2 of 4 sent (unknown): "
      ]),
    Row(
      about: "a call beyond the scope", limits: [PolicyLimit(.calls, .most, 0)],
      destinations: ["*:7"], calls: [call([8])], findings: []),
    Row(
      about: "a share that is kept", limits: [PolicyLimit(.partial, .most, share(50))],
      calls: [call([1, 1], sent: 1), call([1], number: 2)], findings: []),
    Row(
      about: "a share that is too large",
      limits: [PolicyLimit(.partial, .most, share(49.5)), PolicyLimit(.unsent, .most, share(20))],
      calls: [call([1]), call([1, 1, 1], sent: 1, number: 2)],
      findings: [
        "call 2, message 1: partial comes to 50% (1 of 2 calls), and at most 49.5% is allowed;"
          + " this is the first",
        "call 2, message 1: unsent comes to 50% (2 of 4 messages offered), and at most 20% is"
          + " allowed; this is the first",
      ]),
    Row(
      about: "a share that is too small", limits: [PolicyLimit(.messages, .least, share(90))],
      calls: [call([1, 1, 1, 1], sent: 3)],
      findings: [
        "the run: messages comes to 75% (3 of 4 messages offered), and at least 90% is needed"
      ]),
    Row(
      about: "batches", limits: [PolicyLimit(.batchMean, .least, 3)],
      calls: [call([1, 1]), call([1, 1, 1], number: 2)],
      findings: ["the run: batch.mean comes to 2.5, and at least 3 is needed"]),
    Row(
      about: "a call that asks for nothing is no small batch, and a call all the same",
      limits: [PolicyLimit(.batchMean, .least, 3), PolicyLimit(.calls, .most, 1)],
      calls: [call([1, 1, 1]), call([], number: 2)],
      findings: ["call 2: calls comes to 2, and at most 1 is allowed"]),
    Row(
      about: "each batch", limits: [PolicyLimit(.batch, .most, 2)],
      calls: [call([1, 1]), call([1, 1, 1], number: 2)],
      findings: ["call 2: batch comes to 3, and at most 2 is allowed"]),
    Row(
      about: "the slowest", limits: [PolicyLimit(.durationP99, .most, 100)],
      calls: [call([1], duration: 100), call([1], number: 2, duration: 200)],
      findings: ["the run: duration.p99 comes to 200 ns, and at most 100 ns is allowed"]),
    Row(
      about: "payload", limits: [PolicyLimit(.payload, .most, 99)], calls: [call([1, 1])],
      findings: [
        "call 1, message 0: payload comes to 100 B, and at most 99 B is allowed (and 1 more of the call)"
      ]),
    Row(
      about: "flags",
      demands: [.deniedFlags(.dontWait), .requiredFlags(.noSignal), .allowedFlags(.more)],
      calls: [call([1], flags: [.dontWait])],
      findings: [
        "call 1, message 0: the call passes denied flags: MSG_DONTWAIT",
        "call 1, message 0: the call passes not all of the required flags, without: MSG_NOSIGNAL",
        "call 1, message 0: the call passes flags beyond the allowed: MSG_DONTWAIT",
      ]),
    Row(
      about: "control messages",
      demands: [
        .deniedControl(["SCM_RIGHTS"]), .requiredControl(["SCM_RIGHTS", "SO_MARK"]),
        .allowedControl(["SO_MARK"]),
      ],
      calls: [call([1], control: [control(1)])],
      findings: [
        "call 1, message 0: carries a denied control message: SCM_RIGHTS",
        "call 1, message 0: lacks a required control message: SO_MARK",
        "call 1, message 0: carries control messages beyond the allowed: SCM_RIGHTS",
      ]),
    Row(
      about: "segments by a control message, by the option of the socket, and by neither",
      demands: [.requiredControl(["UDP_SEGMENT"])],
      calls: [
        call([1], control: [segments]), call([1], number: 2, segmentedBy: .socket),
        call([1], number: 3),
      ],
      findings: ["call 3, message 0: lacks a required control message: UDP_SEGMENT"]),
    Row(
      about: "the option of the socket is no control message that is denied",
      demands: [.deniedControl(["UDP_SEGMENT"])], calls: [call([1], segmentedBy: .socket)],
      findings: []),
    Row(
      about: "control messages that keep to it",
      demands: [.deniedControl(["SCM_RIGHTS"]), .requiredControl(["SO_MARK"])],
      calls: [call([1], control: [control(36)])], findings: []),
  ]

  @Test(arguments: rows)
  func findings(_ row: Row) throws {
    let applied = PolicyRule.Case(
      programs: [], severity: .error, limits: row.limits, demands: row.demands)
    let events = row.calls.map { TraceEvent.call($0, Verdict.of($0)) }
    let result = try Self.evaluate([applied], to: row.destinations, events)
    // Why a call fell short is the diagnosis' own business.
    let texts = Self.texts(result).map { text in
      text.contains("unknown): ") ? text.prefix { $0 != ")" } + "): " : text[...]
    }
    #expect(texts.map(String.init) == row.findings)
  }

  @Test func destinations() throws {
    let demands: [PolicyDemand] = [
      .allowedDestinations([try Self.destination("*:1"), try Self.destination("*:2")]),
      .deniedDestinations([try Self.destination("127.0.0.0/8:2")]),
    ]
    let applied = PolicyRule.Case(programs: [], severity: .error, limits: [], demands: demands)
    let call = Self.call([1, 2, 3])
    let result = try Self.evaluate([applied], [.call(call, Verdict.of(call))])
    #expect(
      Self.texts(result) == [
        "call 1, message 2: goes to none of the allowed destinations",
        "call 1, message 1: goes to a denied destination",
      ])
    #expect(result.findings.first?.destination?.portNumber == 3)
  }

  @Test func unreadableIsNotJudged() throws {
    let applied = PolicyRule.Case(
      programs: [], severity: .error, limits: [], demands: [.deniedControl(["SCM_RIGHTS"])])
    let call = Self.call([1, 2], control: nil)
    let result = try Self.evaluate([applied], [.call(call, Verdict.of(call))])
    #expect(result.unjudged == 2 && result.findingCount == 0)
  }

  @Test func followUpsCountForTheCallTheyAreAbout() throws {
    let limits = [PolicyLimit(.abandoned, .most, 0), PolicyLimit(.duplicates, .most, 1)]
    let applied = PolicyRule.Case(programs: [], severity: .error, limits: limits, demands: [])
    let call = Self.call([7, 8, 7, 8], sent: 1, number: 5)
    func followUp(_ how: FollowUp.How, _ messages: [Int], of: UInt64 = 5) -> TraceEvent {
      .followUp(FollowUp(of: of, by: nil, how: how, messages: messages, why: "so it was"))
    }
    let events: [TraceEvent] = [
      .call(call, Verdict.of(call)), followUp(.resumed, [1]), followUp(.unknown, [2]),
      followUp(.abandoned, [3]), followUp(.resentAll, [0, 2]), followUp(.abandoned, [1], of: 99),
    ]
    #expect(
      Self.texts(try Self.evaluate([applied], events)) == [
        "call 5, message 3: abandoned comes to 1, and at most 0 is allowed: so it was",
        "call 5, message 0: duplicates comes to 2, and at most 1 is allowed: so it was",
      ])
    // Only message 2 goes to port 7 of those, and only once.
    #expect(try Self.evaluate([applied], to: ["*:7"], events).findingCount == 1)
  }

  @Test func severalTraces() throws {
    let limits = [PolicyLimit(.abandoned, .most, 0), PolicyLimit(.calls, .most, 2)]
    let rule = PolicyRule(
      id: "r", message: nil, line: 1, destinations: [],
      cases: [PolicyRule.Case(programs: [], severity: .error, limits: limits, demands: [])])
    let call = Self.call([7, 8], sent: 1)
    let abandoned = TraceEvent.followUp(
      FollowUp(of: 1, by: nil, how: .abandoned, messages: [1], why: "so it was"))
    func start(after previous: String?) -> TraceEvent {
      var start = TraceStart(
        version: "", time: 0, command: nil, pids: [], kernel: "", stops: .seccomp, sees: [],
        blindTo: [])
      start.previous = previous
      return .start(start)
    }
    var evaluator = PolicyEvaluator(Policy(rules: [rule]))
    // The second file goes on with the trace of the first, the third is another trace.
    for (file, events) in [
      ("a.1", [start(after: nil), .call(call, Verdict.of(call))]),
      ("a", [start(after: "a.1"), abandoned]),
      ("b", [start(after: nil), .call(call, Verdict.of(call)), .call(call, Verdict.of(call))]),
      ("c", [start(after: nil), abandoned]),
    ] {
      evaluator.enter(trace: file)
      for event in events { evaluator.add(event) }
    }
    #expect(
      Self.texts(try #require(evaluator.finish().rules.first)) == [
        "a.1: call 1, message 1: abandoned comes to 1, and at most 0 is allowed: so it was",
        "b: call 1: calls comes to 3, and at most 2 is allowed",
      ])
  }

  @Test func overridesStandInForTheRule() throws {
    func made(_ names: [String], _ severity: PolicyRule.Severity, _ most: Double?)
      -> PolicyRule.Case
    {
      PolicyRule.Case(
        programs: names.map { PolicyPattern($0, WildcardPattern($0)) }, severity: severity,
        limits: most.map { [PolicyLimit(.calls, .most, $0)] } ?? [], demands: [])
    }
    let cases = [made(["big*"], .warning, 1), made(["free"], .error, nil), made([], .error, 0)]
    let programs = ["big-one", "big-two", "free", "app"]
    let events = programs.enumerated().map { index, program in
      let call = Self.call([1], number: UInt64(index + 1), program: program)
      return TraceEvent.call(call, Verdict.of(call))
    }
    let result = try Self.evaluate(cases, events)
    #expect(result.findings.map(\.call) == [2, 4])
    #expect((result.errors, result.warnings, result.calls) == (1, 1, 3))
  }

  @Test func findingsAreCountedBeyondThoseKept() throws {
    let applied = PolicyRule.Case(
      programs: [], severity: .error, limits: [PolicyLimit(.partial, .most, 0)], demands: [])
    let events = (1...100).map { number in
      let call = Self.call([1, 1], sent: 1, number: UInt64(number))
      return TraceEvent.call(call, Verdict.of(call))
    }
    let result = try Self.evaluate([applied], events)
    #expect(result.findings.count == PolicyRuleResult.maximumFindings && result.errors == 100)
  }

  @Test func withoutCallsNothingIsMeasured() throws {
    let limits = [
      PolicyLimit(.batchMean, .least, 2), PolicyLimit(.messages, .least, Self.share(1)),
      PolicyLimit(.calls, .least, 1),
    ]
    let applied = PolicyRule.Case(programs: [], severity: .error, limits: limits, demands: [])
    let result = try Self.evaluate([applied], [])
    #expect(result.unmeasured == [.batchMean, .messages])
    #expect(Self.texts(result) == ["the run: calls comes to 0, and at least 1 is needed"])
  }

  /// What more of the run could undo is no finding where not all of it was seen; what no more of it
  /// could undo is one all the same.
  @Test func ofAPartOnlyWhatStands() throws {
    let limits = [
      PolicyLimit(.calls, .least, 9), PolicyLimit(.batchMean, .most, 1),
      PolicyLimit(.partial, .most, Self.share(1)), PolicyLimit(.messages, .least, Self.share(99)),
      PolicyLimit(.messages, .most, 0), PolicyLimit(.partial, .most, 0),
    ]
    let applied = PolicyRule.Case(programs: [], severity: .error, limits: limits, demands: [])
    let call = Self.call([1, 1, 1], sent: 1)
    var result = try Self.evaluate([applied], [.call(call, Verdict.of(call))])
    #expect(result.errors == 6 && result.findings.count == 6)
    result.leaveOpenWhatNeedsAll()
    #expect(result.errors == 2 && result.openReasons.count == 4)
    #expect(
      Self.texts(result).map { $0.prefix(30) } == [
        "call 1, message 1: partial com", "call 1: messages comes to 1, a",
      ])
    #expect(result.openReasons.first == "calls comes to 1, and at least 9 is needed")
  }

  @Test func percentilesAreCloseToTheTruth() {
    var random = SystemRandomNumberGenerator()
    var distribution = Distribution()
    var values: [UInt64] = [.max, 0]
    for _ in 0..<2000 { values.append(UInt64.random(in: 0...1 << 40, using: &random)) }
    for value in values { distribution.add(value) }
    values.sort()
    for percent in [1.0, 50, 90, 99] {
      let rank = Int((Double(values.count) * percent / 100).rounded(.up))
      let truth = Double(values[rank - 1])
      let told = distribution.percentile(percent) ?? -1
      #expect(told <= truth && told >= truth * 127 / 128)
    }
  }
}
