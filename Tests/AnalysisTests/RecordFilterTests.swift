import Analysis
import Records
import Testing

/// Which records a filter lets pass.
@Suite struct RecordFilterTests {
  private static let here = SocketAddress(
    family: .inet, form: .inet(address: 0x7f00_0001, port: 53), raw: nil)
  private static let segment = ControlMessage(
    level: 17, type: 103, length: 18, data: [], status: .used, why: nil)

  /// Five messages of 6 to 70,000 bytes to 127.0.0.1:53 and one of a connected socket.
  private static var call: SendCall {
    var call = SendCall.sketch(
      vlen: 3, bytes: [6, 1200, 70_000], taken: [6, 1200, nil], .returned(2))
    call.sequence = 7
    call.pid = 4711
    call.tid = 4713
    call.comm = "knot worker"
    call.duration = 2_000_000
    for index in 0...1 { call.messages[index].name = here }
    call.messages[1].control = [segment]
    call.socket?.peer = SocketAddress(
      family: .inet, form: .inet(address: 0x0a01_0203, port: 9999), raw: nil)
    return call
  }

  private static let verdict = Verdict(
    outcome: .partial, cause: .error, at: 2, errno: Errno(rawValue: 90), certainty: .certain,
    source: .rule, asked: 3, sent: 2)

  private func expect(
    _ event: TraceEvent, _ isKept: Bool, in filter: inout RecordFilter,
    at location: SourceLocation = #_sourceLocation
  ) {
    let keeps = filter.keeps(event)
    #expect(keeps == isKept, sourceLocation: location)
  }

  @Test(arguments: [
    ("to=127.0.0.1", true), ("to=127.0.0.0/8:53", true), ("to=127.0.0.1:54", false),
    ("to=*:53", true), ("to=:53", true), ("to=*:54-100", false), ("to=unix:*", false),
    // A message without a name goes to the peer.
    ("to=10.0.0.0/8", true), ("to=10.1.2.3:9999", true), ("to=11.0.0.0/8,127.0.0.1", true),
    ("to!=127.0.0.1", false), ("to!=192.168.0.0/16", true),
    ("port=53", true), ("port=9999", true), ("port=1,2", false), ("port>1000", true),
    ("call=7", true), ("call<7", false), ("fd=3", true), ("fd=4", false), ("fd!=4", true),
    ("pid=4711", true), ("pid=4713", false), ("tid=4713,1", true),
    ("comm=knot worker", true), ("comm=knot", false), ("comm=knot*", true), ("comm=*work*", true),
    ("outcome=partial,failed", true), ("outcome=failed", false), ("outcome!=complete", true),
    ("cause=error", true), ("cause=cap", false), ("errno=EMSGSIZE", true), ("errno=90", true),
    ("errno=EAGAIN", false), ("errno=EWOULDBLOCK", false),
    ("control=UDP_SEGMENT", true), ("control=SCM_RIGHTS", false),
    ("bytes>1200", true), ("bytes>70000", false), ("bytes>=70000", true), ("bytes=1200", true),
    ("bytes<6", false), ("bytes<=6", true), ("messages=3", true), ("messages>3", false),
    ("duration=2ms", true), ("duration>2ms", false), ("duration<1s", true),
    ("duration>=2000us", true), ("duration<2000000ns", false), ("duration<1m", true),
  ])
  func terms(_ term: String, _ holds: Bool) throws {
    var filter = RecordFilter([try FilterTerm(term)])
    expect(.call(Self.call, Self.verdict), holds, in: &filter)
    let leftOut = filter.takeLeftOut()
    #expect(leftOut == (holds ? 0 : 1))
  }

  /// What is not known is not matched.
  @Test(arguments: [
    "to=*", "port>=0", "fd>=0", "duration>=0ns", "errno=EPERM", "cause=cap", "bytes>=0",
    "control=UDP_SEGMENT",
  ])
  func nothingKnown(_ term: String) throws {
    let call = SendCall.sketch(vlen: nil, hasSocket: false, .unfinished)
    var filter = RecordFilter([try FilterTerm(term)])
    let event = TraceEvent.call(call, Verdict(outcome: .unfinished, asked: 0))
    expect(event, false, in: &filter)
  }

  /// Not even what the socket is connected to tells where what was not read goes.
  @Test func noMessageGoesNowhere() throws {
    var empty = SendCall.sketch(vlen: 0, .returned(0))
    empty.socket?.peer = Self.here
    var unreadable = SendCall.sketch(vlen: 2, bytes: [nil], .failed(.badAddress))
    unreadable.socket?.peer = Self.here
    // The entry is there, and the name that it points at is not.
    var nameless = SendCall.sketch(vlen: 1, bytes: [5], .failed(.badAddress))
    nameless.socket?.peer = Self.here
    nameless.messages[0].header?.name = RemoteAddress(8)
    nameless.messages[0].header?.nameLength = 16
    for call in [empty, unreadable, nameless] {
      for (term, isKept) in [
        ("to=127.0.0.1", false), ("port=53", false), ("to!=127.0.0.1", true), ("port!=53", true),
      ] {
        var filter = RecordFilter([try FilterTerm(term)])
        expect(.call(call, Verdict.of(call)), isKept, in: &filter)
      }
    }
  }

  @Test func allTermsHave() throws {
    var filter = RecordFilter([try FilterTerm("fd=3"), try FilterTerm("port=1")])
    expect(.call(Self.call, Self.verdict), false, in: &filter)
  }

  @Test func followUpsGoWithTheirCalls() throws {
    var filter = RecordFilter([try FilterTerm("pid=1")])
    var kept = Self.call
    kept.pid = 1
    kept.sequence = 8
    expect(.call(Self.call, Self.verdict), false, in: &filter)
    expect(.call(kept, Self.verdict), true, in: &filter)
    for (call, isKept) in [(7, false), (8, true), (7, false)] as [(UInt64, Bool)] {
      let followUp = FollowUp(of: call, by: nil, how: .skipped, messages: [2], why: "")
      expect(.followUp(followUp), isKept, in: &filter)
    }
    let leftOut = filter.takeLeftOut()
    #expect(leftOut == 3)
  }

  /// `pid` and `tid` choose process events, the other keys do not.
  @Test(arguments: [("pid=1", true), ("pid=2", false), ("tid!=2", true), ("fd=9", true)])
  func processEvents(_ term: String, _ isKept: Bool) throws {
    var filter = RecordFilter([try FilterTerm(term)])
    expect(.process(ProcessEvent(time: 0, kind: .exec, pid: 1, tid: 1)), isKept, in: &filter)
  }

  /// Traces are read one after another: the number of a call means another call then, unless the
  /// next file goes on with the same trace.
  @Test(arguments: [nil, "trace.jsonl.1"])
  func tracesAreKeptApart(_ previous: String?) throws {
    var filter = RecordFilter([try FilterTerm("fd=4")])
    expect(.call(Self.call, Self.verdict), false, in: &filter)
    var start = TraceStart(
      version: "", time: 0, command: nil, pids: [], kernel: "", stops: .seccomp, sees: [],
      blindTo: [])
    start.previous = previous
    expect(.start(start), true, in: &filter)
    expect(
      .followUp(FollowUp(of: 7, by: nil, how: .skipped, messages: [], why: "")), previous == nil,
      in: &filter)
    let leftOut = filter.takeLeftOut()
    #expect(leftOut == (previous == nil ? 0 : 2))
  }

  @Test func withoutTerms() {
    var filter = RecordFilter()
    expect(.call(Self.call, Self.verdict), true, in: &filter)
  }
}
