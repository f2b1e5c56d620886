import Records
import Testing

@testable import Analysis

/// What is missing from saved traces that are read one behind the other.
@Suite struct TraceWholenessTests {
  typealias Gap = TraceWholeness.Gap

  struct Row: CustomTestStringConvertible {
    var testDescription: String
    var events: [TraceEvent]
    var gaps: [Gap]

    init(_ about: String, _ events: [TraceEvent], _ gaps: [Gap] = []) {
      testDescription = about
      self.events = events
      self.gaps = gaps
    }
  }

  private static func start(
    _ time: UInt64 = 1, previous: String? = nil, command: [String]? = ["app"]
  ) -> TraceEvent {
    .start(
      TraceStart(
        version: "1", time: time, command: command, pids: [7], kernel: "6", stops: .seccomp,
        sees: [], blindTo: [], previous: previous))
  }

  private static let call = TraceEvent.call(
    .sketch(vlen: 0, .returned(0)), Verdict(outcome: .empty, asked: 0))

  private static func end(calls: UInt64, lost: UInt64 = 0, leftOut: UInt64 = 0) -> TraceEvent {
    var totals = TraceTotals()
    for _ in 0..<calls { totals.add(Verdict(outcome: .empty, asked: 0)) }
    return .end(
      TraceEnd(
        time: 2, calls: calls, messagesAsked: 0, messagesSent: 0, bytesSent: 0, outcomes: [],
        lost: lost, leftOut: leftOut, queueWaits: 0, exit: nil))
  }

  private static func process(
    _ kind: ProcessEvent.Kind, _ pid: Int32, parent: Int32? = nil
  ) -> TraceEvent {
    var event = ProcessEvent(time: 1, kind: kind, pid: pid, tid: pid)
    event.parent = parent
    return .process(event)
  }

  static let rows = [
    Row(
      "a child outlives the command and is let go",
      [
        start(), process(.started, 7), process(.forked, 8, parent: 7), process(.exited, 7),
        process(.detached, 8), end(calls: 0),
      ], [.letGo]),
    Row(
      "all are let go while the command runs",
      [
        start(), process(.started, 7), process(.forked, 8, parent: 7), process(.detached, 7),
        process(.detached, 8), end(calls: 0),
      ]),
    Row(
      "what was attached to is let go behind the command",
      [
        start(), process(.attached, 5), process(.started, 7), process(.exited, 7),
        process(.detached, 5), end(calls: 0),
      ]),
    Row("one trace", [start(), call, end(calls: 1)]),
    Row("two traces", [start(1), call, end(calls: 1), start(2), end(calls: 0)]),
    Row(
      "three files of one",
      [
        start(), call, start(previous: "t.1"), call, start(previous: "t.1"), end(calls: 2),
      ]),
    Row("its beginning is missing", [start(previous: "t.1"), call, end(calls: 1)], [.beginning]),
    Row("and calls of it", [start(previous: "t.1"), call, end(calls: 2)], [.beginning, .calls]),
    Row(
      "a file in the middle is missing",
      [start(), call, start(previous: "t.1"), call, end(calls: 3)], [.calls]),
    Row("no end", [start(), call], [.end]),
    Row("lost records", [start(), end(calls: 1, lost: 1)], [.lost]),
    Row("filtered", [start(), end(calls: 1, leftOut: 1)], [.filtered]),
    Row(
      "files of two runs whose calls add up",
      [start(1), call, start(2, previous: "t.1"), call, end(calls: 2)], [.mixed, .calls]),
    Row(
      "files of two commands",
      [start(), start(previous: "t.1", command: ["other"]), call, end(calls: 1)], [.mixed]),
    Row(
      "the end of another run behind a whole one",
      [start(1), call, end(calls: 1), start(2, previous: "t.1"), call, end(calls: 1)],
      [.beginning]),
  ]

  @Test(arguments: rows) func gaps(_ row: Row) {
    var wholeness = TraceWholeness()
    for event in row.events { wholeness.add(event) }
    wholeness.finish()
    #expect(wholeness.gaps == row.gaps)
  }
}
