import Analysis
import Records
import Testing

/// The table of verdicts, row by row (kernel.md §1; mmsgtrace-record(5)).
@Suite struct VerdictTests {
  struct Row: CustomTestStringConvertible {
    var reason: String
    var call: SendCall
    var outcome: Verdict.Outcome
    var cause: Verdict.Cause?
    var at: Int?
    var errno: Errno?
    var certainty: Verdict.Certainty?
    var source: Verdict.Source?
    var sent: UInt32 = 0
    var states: [MessageState]
    var testDescription: String { reason }
  }

  private static let again = Errno(rawValue: 11)
  private static let messageSize = Errno(rawValue: 90)

  private static let unfinished: [Row] = [
    Row(
      reason: "no exit was seen",
      call: .sketch(vlen: 3, bytes: [1, 2, 3], .unfinished), outcome: .unfinished,
      states: [.unknown, .unknown, .unknown]),
    Row(
      reason: "no exit of an empty call", call: .sketch(vlen: 0, .unfinished),
      outcome: .unfinished, states: []),
    Row(
      reason: "no exit, arguments that cannot be read",
      call: .sketch(abi: .i386, vlen: nil, .unfinished), outcome: .unfinished, states: []),
  ]

  private static let failed: [Row] = [
    Row(
      reason: "the first message's error is the one that is returned",
      call: .sketch(vlen: 3, bytes: [70_000, 2, 3], .failed(messageSize)), outcome: .failed,
      cause: .error, at: 0, errno: messageSize, certainty: .observed, source: .returnValue,
      states: [.failed, .notAttempted, .notAttempted]),
    Row(
      reason: "a signal before anything was sent",
      call: .sketch(vlen: 2, bytes: [1, 2], .failed(.interrupted)), outcome: .failed,
      cause: .interrupted, at: 0, errno: .interrupted, certainty: .observed,
      source: .returnValue, states: [.failed, .notAttempted]),
    Row(
      reason: "an errno without a name",
      call: .sketch(vlen: 1, bytes: [1], .failed(Errno(rawValue: 4095))), outcome: .failed,
      cause: .error, at: 0, errno: Errno(rawValue: 4095), certainty: .observed,
      source: .returnValue, states: [.failed]),
    Row(
      reason: "no entry could be read", call: .sketch(vlen: 3, bytes: [nil], .failed(.badAddress)),
      outcome: .failed, cause: .error, at: 0, errno: .badAddress, certainty: .observed,
      source: .returnValue, states: [.failed]),
    Row(
      reason: "2,000 messages, none sent",
      call: .sketch(
        vlen: 2000, bytes: Array(repeating: 1, count: 1024), .failed(again)), outcome: .failed,
      cause: .error, at: 0, errno: again, certainty: .observed, source: .returnValue,
      states: [.failed] + Array(repeating: .notAttempted, count: 1023)),
  ]

  private static let returned: [Row] = [
    Row(
      reason: "vlen 0", call: .sketch(vlen: 0, .returned(0)), outcome: .empty, states: []),
    Row(
      reason: "vlen 0 on what may be no socket: 0 was returned",
      call: .sketch(vlen: 0, hasSocket: false, .returned(0)), outcome: .empty, states: []),
    Row(
      reason: "all of them",
      call: .sketch(vlen: 2, bytes: [5, 6], taken: [5, 6], .returned(2)), outcome: .complete,
      sent: 2, states: [.sent, .sent]),
    Row(
      reason: "messages without a byte",
      call: .sketch(vlen: 2, bytes: [0, 0], taken: [0, 0], .returned(2)), outcome: .complete,
      sent: 2, states: [.sent, .sent]),
    Row(
      reason: "1,024 of 1,024 are all",
      call: .sketch(
        vlen: 1024, bytes: Array(repeating: 1, count: 1024),
        taken: Array(repeating: 1, count: 1024), .returned(1024)), outcome: .complete, sent: 1024,
      states: Array(repeating: .sent, count: 1024)),
    Row(
      reason: "a short message in the middle, which old kernels went on after",
      call: .sketch(vlen: 3, bytes: [5, 6, 7], taken: [5, 1, 7], .returned(3)),
      outcome: .complete, sent: 3, states: [.sent, .sent, .sent]),
    Row(
      reason: "a last length that cannot be read shows nothing short",
      call: .sketch(vlen: 2, bytes: [5, 6], taken: [5, nil], .returned(2)), outcome: .complete,
      sent: 2, states: [.sent, .sent]),
    Row(
      reason: "nor do iovecs that another thread has changed",
      call: .sketch(vlen: 1, bytes: [nil], taken: [5], .returned(1)), outcome: .complete, sent: 1,
      states: [.sent]),
    Row(
      reason: "more taken than was seen to be asked",
      call: .sketch(vlen: 1, bytes: [4], taken: [5], .returned(1)), outcome: .complete, sent: 1,
      states: [.sent]),

    Row(
      reason: "the only message, short",
      call: .sketch(vlen: 1, bytes: [100], taken: [40], type: .stream, .returned(1)),
      outcome: .short,
      cause: .shortMessage, at: 0, certainty: .observed, source: .count, sent: 1,
      states: [.short]),
    Row(
      reason: "the last of all, short by a byte",
      call: .sketch(vlen: 2, bytes: [5, 6], taken: [5, 5], type: .stream, .returned(2)),
      outcome: .short,
      cause: .shortMessage, at: 1, certainty: .observed, source: .count, sent: 2,
      states: [.sent, .short]),
    Row(
      reason: "the last counted one, short",
      call: .sketch(vlen: 4, bytes: [5, 6, 7, 8], taken: [5, 1], type: .stream, .returned(2)),
      outcome: .partial,
      cause: .shortMessage, at: 1, certainty: .observed, source: .count, sent: 2,
      states: [.sent, .short, .notAttempted, .notAttempted]),
    Row(
      reason: "the 1,024th of more, short",
      call: .sketch(
        vlen: 2000, bytes: Array(repeating: 2, count: 1024),
        taken: Array(repeating: 2, count: 1023) + [1], type: .stream, .returned(1024)),
      outcome: .capped,
      cause: .shortMessage, at: 1023, certainty: .observed, source: .count, sent: 1024,
      states: Array(repeating: .sent, count: 1023) + [.short]),
    Row(
      reason: "the 1,024th of as many, short",
      call: .sketch(
        vlen: 1024, bytes: Array(repeating: 2, count: 1024),
        taken: Array(repeating: 2, count: 1023) + [1], type: .stream, .returned(1024)),
      outcome: .short,
      cause: .shortMessage, at: 1023, certainty: .observed, source: .count, sent: 1024,
      states: Array(repeating: .sent, count: 1023) + [.short]),

    Row(
      reason: "fewer bytes than a datagram was seen to have: it was changed, and the count holds",
      call: .sketch(vlen: 2, bytes: [5, 6], taken: [5, 2], .returned(2)), outcome: .complete,
      sent: 2, states: [.sent, .sent]),
    Row(
      reason: "the same where an error was lost behind it",
      call: .sketch(vlen: 3, bytes: [5, 6, 7], taken: [5, 2], .returned(2)), outcome: .partial,
      cause: .error, at: 2, certainty: .unknown, source: Verdict.Source.none, sent: 2,
      states: [.sent, .sent, .failed]),
    Row(
      reason: "a last one that another thread may have made shorter",
      call: .sketch(vlen: 2, bytes: [5, 6], taken: [5, 2], type: .stream, .returned(2))
        .withPartPerhapsChanged,
      outcome: .short, cause: .shortMessage, at: 1, certainty: .likely, source: .count, sent: 2,
      states: [.sent, .short]),
    Row(
      reason: "fewer bytes on what may be a stream",
      call: .sketch(vlen: 2, bytes: [5, 6], taken: [5, 2], hasSocket: false, .returned(2)),
      outcome: .short, cause: .shortMessage, at: 1, certainty: .likely, source: .count, sent: 2,
      states: [.sent, .short]),
    Row(
      reason: "1,024 of 1,025",
      call: .sketch(
        vlen: 1025, bytes: Array(repeating: 1, count: 1024),
        taken: Array(repeating: 1, count: 1024), .returned(1024)), outcome: .capped, cause: .cap,
      at: 1024, certainty: .observed, source: .count, sent: 1024,
      states: Array(repeating: .sent, count: 1024)),
    Row(
      reason: "1,024 of the largest vlen",
      call: .sketch(
        vlen: .max, bytes: Array(repeating: 1, count: 1024),
        taken: Array(repeating: 1, count: 1024), .returned(1024)), outcome: .capped, cause: .cap,
      at: 1024, certainty: .observed, source: .count, sent: 1024,
      states: Array(repeating: .sent, count: 1024)),

    Row(
      reason: "some of them: which error ended it is not known",
      call: .sketch(vlen: 4, bytes: [5, 6, 7, 8], taken: [5, 6], .returned(2)),
      outcome: .partial, cause: .error, at: 2, certainty: .unknown, source: Verdict.Source.none,
      sent: 2, states: [.sent, .sent, .failed, .notAttempted]),
    Row(
      reason: "all but the last",
      call: .sketch(vlen: 2, bytes: [5, 6], taken: [5], .returned(1)), outcome: .partial,
      cause: .error, at: 1, certainty: .unknown, source: Verdict.Source.none, sent: 1,
      states: [.sent, .failed]),
    Row(
      reason: "1,023 of more are not capped",
      call: .sketch(
        vlen: 2000, bytes: Array(repeating: 1, count: 1024),
        taken: Array(repeating: 1, count: 1023), .returned(1023)), outcome: .partial,
      cause: .error, at: 1023, certainty: .unknown, source: Verdict.Source.none, sent: 1023,
      states: Array(repeating: .sent, count: 1023) + [.failed]),
    Row(
      reason: "the next entry cannot be read",
      call: .sketch(vlen: 5, bytes: [5, nil], taken: [5], .returned(1)), outcome: .partial,
      cause: .error, at: 1, certainty: .unknown, source: Verdict.Source.none, sent: 1,
      states: [.sent, .failed]),
  ]

  @Test(arguments: unfinished + failed + returned)
  func verdicts(_ row: Row) {
    let verdict = Verdict.of(row.call)
    #expect(verdict.outcome == row.outcome)
    #expect(verdict.cause == row.cause)
    #expect(verdict.at == row.at)
    #expect(verdict.errno == row.errno)
    #expect(verdict.certainty == row.certainty)
    #expect(verdict.source == row.source)
    #expect(verdict.sent == row.sent)
    #expect(verdict.asked == row.call.arguments?.vectorLength ?? 0)
    #expect(verdict.uncounted == 0)
    #expect(verdict.candidates.isEmpty || verdict.certainty != .certain)
    #expect(row.call.messages.indices.map { verdict.state(ofMessage: $0) } == row.states)
    // Every cause comes with its certainty, its source and a sentence.
    #expect((verdict.cause == nil) == (verdict.why == nil))
  }

  @Test(
    arguments: [
      (.sketch(vlen: 3, bytes: [5, 6, 7], taken: [5, 6], .returned(2)), 18, 11, "partial"),
      (
        .sketch(vlen: 2, bytes: [5, 6], taken: [5, 2], type: .stream, .returned(2)), 11, 7, "short"
      ),
      (.sketch(vlen: 2, bytes: [5, 6], .failed(again)), 11, 0, "failed"),
      (.sketch(vlen: 2, bytes: [5, 6], .unfinished), 11, 0, "unfinished"),
      (.sketch(vlen: 0, .returned(0)), 0, 0, "empty"),
      (.sketch(vlen: 3, bytes: [5, nil, 7], taken: [5], .returned(1)), 12, 5, "one not known"),
      (
        .sketch(vlen: 9, bytes: [5, 6], taken: [5, nil], .returned(2)), 11, 5, "a msg_len not read"
      ),
      (
        .sketch(
          vlen: 2000, bytes: Array(repeating: 0x7fff_f000, count: 1024),
          taken: Array(repeating: 0x7fff_f000, count: 1024), .returned(1024)), 0x7fff_f000 * 1024,
        0x7fff_f000 * 1024, "more than 32 bits hold"
      ),
    ] as [(SendCall, UInt64, UInt64, Comment)])
  func bytes(call: SendCall, asked: UInt64, sent: UInt64, reason: Comment) {
    let verdict = Verdict.of(call)
    #expect(verdict.bytesAsked == asked, reason)
    #expect(verdict.bytesSent == sent, reason)
  }

  /// A signal that the program ignores may come to a call that something else ends.
  @Test(
    arguments: [
      (.error, .certain, true, []), (.error, .observed, true, []),
      (.error, .likely, true, [.interruptedBecauseTraced]),
      (.interrupted, .likely, true, [.interruptedBecauseTraced]),
      (.shortMessage, .observed, true, [.interruptedBecauseTraced]), (.cap, .observed, true, []),
      (.error, .certain, false, [.interruptedBecauseTraced]),
    ] as [(Verdict.Cause, Verdict.Certainty, Bool, [Note.Code])])
  func interruptionsThatSomethingElseDisproves(
    cause: Verdict.Cause, certainty: Verdict.Certainty, entryWasSeen: Bool, kept: [Note.Code]
  ) {
    let note = Note(code: .interruptedBecauseTraced, message: nil, text: "")
    var call = SendCall.sketch(
      vlen: 3, bytes: [1, 2, 3], taken: [1], notes: [note], .returned(1))
    call.entryWasSeen = entryWasSeen
    call.dropNotes(
      disprovedBy: Verdict(
        outcome: .partial, cause: cause, at: 1, certainty: certainty, asked: 3, sent: 1))
    #expect(call.notes.map(\.code) == kept)
  }

  /// The sentences carry the numbers that the reader needs.
  @Test func sentences() {
    let short = Verdict.of(
      .sketch(vlen: 1, bytes: [100], taken: [40], type: .stream, .returned(1)))
    #expect(short.why?.contains("40 of its 100 bytes") == true)
    let capped = Verdict.of(
      .sketch(
        vlen: 3000, bytes: Array(repeating: 1, count: 1024),
        taken: Array(repeating: 1, count: 1024), .returned(1024)))
    #expect(capped.why?.contains("1024") == true && capped.why?.contains("3000") == true)
    let closed = Verdict.of(
      .sketch(vlen: 1, bytes: [1], hasSocket: false, .failed(.badDescriptor)))
    #expect(closed.why?.contains("descriptor 3") == true)
  }
}

extension SendCall {
  fileprivate var withPartPerhapsChanged: SendCall {
    var call = self
    call.partIsUnchanged = false
    return call
  }
}
