import Records
import Testing

@testable import Analysis

/// What follows on a stream, by its bytes and by where they lie.
@Suite struct StreamFollowUpTests {
  /// A letter is eight bytes of it; `messages` lie behind one another from `address` on. Where it
  /// `readsAll`, the bytes of all messages were read, else the first eight.
  private struct Stream {
    var tracker: FollowUpTracker
    private let readsAll: Bool
    private var sequence: UInt64 = 0

    init(readsAll: Bool = false) {
      self.readsAll = readsAll
      var settings = FollowUpTracker.Settings()
      if readsAll { settings.payloadLimit = 8 }
      tracker = FollowUpTracker(settings)
    }

    mutating func call(
      _ texts: [String], at address: UInt64, taken: [UInt32], cut: String = ""
    ) -> [FollowUp] {
      sequence += 1
      var next = address
      let messages = texts.enumerated().map { index, text in
        let bytes = Self.bytes(text)
        defer { next += UInt64(bytes.count) }
        return Message(
          index: index, header: nil, bytes: text == "?" ? nil : UInt64(bytes.count),
          sentLength: index < taken.count ? taken[index] : nil, name: nil,
          iovecs: [IOVector(base: RemoteAddress(next), length: UInt64(bytes.count))],
          payload: Payload(
            data: text == "?" ? nil : bytes.prefix(8), truncated: bytes.count > 8, fault: nil),
          control: [],
          fault: nil, truncated: false)
      }
      let call = SendCall(
        sequence: sequence, time: 0, monotonic: sequence * 1_000_000, duration: 1000, pid: 1,
        tid: 1,
        comm: "app", abi: .x86_64, syscall: .sendmmsg,
        arguments: SendArguments(
          fd: 3, vector: RemoteAddress(0x10), vectorLength: UInt32(texts.count), flags: []),
        socket: SocketDescription(
          family: .unix, type: .stream, protocolNumber: 0, inode: 1, nonblocking: true, local: nil,
          peer: nil),
        result: taken.isEmpty ? .failed(.again) : .returned(UInt32(taken.count)),
        messages: messages, notes: [])
      var leftover = Leftover()
      leftover.cut = Array(Self.bytes(cut))
      if readsAll { leftover.contents = texts.map { $0 == "?" ? [] : Self.bytes($0) } }
      return tracker.add(call, Verdict.of(call), leftover)
    }

    mutating func exit() -> [FollowUp] {
      tracker.add(ProcessEvent(time: 0, kind: .exited, pid: 1, tid: 1, parent: nil, code: 0))
    }

    private static func bytes(_ text: String) -> ArraySlice<UInt8> {
      text.utf8.flatMap { [UInt8](repeating: $0, count: 8) }[...]
    }
  }

  private static func show(_ found: [FollowUp]) -> [String] {
    found.map { "\($0.how.rawValue) \($0.messages)\($0.by.map { " by \($0)" } ?? "")" }
  }

  /// The count is taken for bytes: the program goes on from a byte that was sent.
  @Test(
    arguments: [
      (
        ["bcde", "fgho", "pijk", "lmn"], [32, 32, 32, 24],
        ["1 resent_all [0, 1]", "1 resumed [2, 3]"]
      ),
      // From within the second.
      (["fghopi", "jklmn"], [48, 40], ["1 resent_all [1]", "1 resumed [2, 3]"]),
      // It gets less far, and what is left is its own matter.
      (
        ["bcde", "fgho", "pijk", "lmn"], [32],
        ["1 resent_all [0]", "1 resumed [2, 3]", "2 abandoned [2, 3]"]
      ),
      // Others that begin alike, or are no more than that.
      (["bcdefghopx", "n"], [80, 8], ["1 abandoned [2, 3]"]),
      (["bcdefghop"], [72], ["1 abandoned [2, 3]"]),
      // Behind others.
      (["zijklmn"], [56], ["1 unknown [2, 3]"]),
    ] as [([String], [UInt32], [String])])
  func theCountIsTakenForBytes(_ texts: [String], _ taken: [UInt32], _ fared: [String]) {
    let found = Self.play([(["abcd", "efghop", "ijkl", "mn"], [32, 48]), (texts, taken)])
    for line in fared { #expect(found.contains(line), "\(found)") }
    let isLost = fared.contains { $0.hasPrefix("1 abandoned") }
    #expect(found.contains { $0.hasPrefix("1 abandoned") } == isLost)
  }

  /// A message of unknown length (`?`) has no end to go on behind.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      (["?"], ["1 unknown [2, 3]", "2 abandoned [0]"]),
      (["bcde", "?", "gh"], ["1 abandoned [2, 3]", "2 abandoned [0, 1, 2]"]),
    ])
  func aMessageOfUnknownLengthFollows(_ texts: [String], _ fared: [String]) {
    let found = Self.play([(["abcd", "efghop", "ijkl", "mn"], [32, 48]), (texts, [])])
    #expect(found == fared)
  }

  /// A call with other data fails first: what is sent of that stands behind the cut as well.
  @Test func otherDataIsTriedInVain() {
    let found = Self.play([(["abcd", "ef"], [32, 8]), (["xy"], []), (["xy"], [16]), (["z"], [8])])
    // So far, and for good.
    #expect(found == ["1 abandoned [1]", "2 resumed [0]", "1 abandoned [1]"])
  }

  /// Message 0 is cut behind its first eight bytes: `abcd`, then `ef`, at 0x1000.
  private func afterCut(
    _ steps: [(texts: [String], address: UInt64, taken: [UInt32])], cut: String = "b"
  ) -> [FollowUp] {
    var stream = Stream()
    var found = stream.call(["abcd", "ef"], at: 0x1000, taken: [8], cut: cut)
    for step in steps { found += stream.call(step.texts, at: step.address, taken: step.taken) }
    return found + stream.exit()
  }

  @Test func inPieces() {
    let found = afterCut([
      (["b"], 0x1008, [8]), (["c"], 0x1010, [8]), (["d", "ef"], 0x1018, [8, 16]),
    ])
    #expect(Self.show(found) == ["resumed [0, 1] by 2"])
  }

  @Test func moved() {
    let found = afterCut([(["bcdefxx"], 0x1000, [56])])
    #expect(Self.show(found) == ["resumed [0, 1] by 2"])
    #expect(
      found.first?.why
        == "call 2 begins with the bytes that were left; only where it begins was compared")
    #expect(found.first?.isBeginningOnly == true)
  }

  /// Of the message that was cut only what was not taken was never sent.
  @Test func bytesThatWereNotTaken() {
    for (steps, bytes) in [([], 24 + 16), ([("b", 0x1008)], 16 + 16)]
      as [([(String, UInt64)], UInt64)]
    {
      var stream = Stream()
      _ = stream.call(["abcd", "ef"], at: 0x1000, taken: [8], cut: "bcd")
      for (text, address) in steps { _ = stream.call([text], at: address, taken: [8]) }
      _ = stream.call(["x"], at: 0x5000, taken: [8])
      _ = stream.exit()
      #expect(stream.tracker.losses(TraceTotals()).total.droppedBytes == bytes)
    }
  }

  /// A message is offered again from its start, in vain at first: that sends its bytes twice once
  /// it is taken, and not where the program goes on with the rest.
  @Test(
    arguments: [
      (["abcd", "ef"], [["abcd", "ef"]], ["1 resent_all [0]", "1 resumed [0, 1]"]),
      (["abcd", "ef"], [["bcd", "ef"]], ["1 resumed [0, 1]"]),
      (["abcd"], [["abcd"], ["ef"]], ["1 resent_all [0]", "1 resumed [0, 1]"]),
      (
        ["abcd", "ef", "gh"], [["abcd", "ef", "gh"]],
        ["1 resumed [0, 1]", "2 resent_all [0]", "2 resumed [0, 1, 2]"]
      ),
      (
        ["abcd", "ef", "gh"], [["bcd", "ef", "gh"]],
        ["1 resumed [0, 1]", "2 resumed [0, 1, 2]"]
      ),
    ] as [([String], [[String]], [String])])
  func triedInVainFromItsStart(_ tried: [String], _ sends: [[String]], _ fared: [String]) {
    for tries in 1...3 {
      var stream = Stream(readsAll: true)
      var found = stream.call(["abcd", "ef"], at: 0x1000, taken: [8], cut: "b")
      for _ in 0..<tries { found += stream.call(tried, at: 0x5000, taken: []) }
      for texts in sends {
        found += stream.call(texts, at: 0x9000, taken: texts.map { UInt32($0.utf8.count * 8) })
      }
      #expect(
        (found + stream.exit()).map { "\($0.of) \($0.how.rawValue) \($0.messages)" } == fared)
    }
  }

  /// The call is made again from its start, and gets less far: into message 1.
  @Test func allIsTriedAndLessIsTaken() {
    var stream = Stream(readsAll: true)
    var found = stream.call(["ab", "cd", "ef"], at: 0x1000, taken: [16, 16, 8], cut: "f")
    found += stream.call(["ab", "cd", "ef"], at: 0x5000, taken: [16, 8], cut: "d") + stream.exit()
    let again = found.filter { $0.of == 1 && $0.how == .resentAll }
    #expect(again.map(\.messages) == [[0, 1]])
  }

  /// Behind other bytes a program goes on from the start of the message that was cut, in two steps.
  @Test func theRestGoesOnBehindOthersInSteps() {
    var stream = Stream(readsAll: true)
    var found = stream.call(["ab", "cdef", "gh", "ij"], at: 0x1000, taken: [16, 8], cut: "d")
    found += stream.call(["zz"], at: 0x3000, taken: [16])
    found += stream.call(["cdef", "gh", "ij"], at: 0x5000, taken: [32, 8], cut: "h")
    found += stream.call(["h", "ij"], at: 0x9000, taken: [8, 16]) + stream.exit()
    #expect(found.contains { $0.of == 3 && $0.how == .resumed && $0.messages == [1, 2] })
    #expect(found.last?.how == .unknown && found.last?.messages == [1, 2, 3])
    #expect(stream.tracker.losses(TraceTotals()).total.dropped == 0)
  }

  /// The call is made again as a whole.
  @Test func allIsTriedInVain() {
    var stream = Stream(readsAll: true)
    var found = stream.call(["kl", "abcd", "ef"], at: 0x1000, taken: [16, 8], cut: "b")
    for taken in [[], [16, 32, 16]] as [[UInt32]] {
      found += stream.call(["kl", "abcd", "ef"], at: 0x5000, taken: taken)
    }
    #expect(Self.show(found) == ["resent_all [0, 1] by 3", "resumed [1, 2] by 3"])
  }

  /// Nothing was cut: that a message begins alike, elsewhere in memory, proves nothing.
  @Test(
    arguments: [
      ("bx", 0x5000, "unknown [1, 2]"), ("bb", 0x1008, "resumed [1] by 2"),
      ("bbbb", 0x5000, "unknown [1, 2]"),
    ] as [(String, UInt64, String)])
  func aMessageThatBeginsAlike(_ text: String, _ address: UInt64, _ fared: String) {
    var stream = Stream()
    var found = stream.call(["a", "bb", "c"], at: 0x1000, taken: [8])
    found += stream.call([text], at: address, taken: [UInt32(text.utf8.count * 8)]) + stream.exit()
    #expect(Self.show(found).first == fared)
  }

  /// All of it was kept: then it is proven.
  @Test func aWholeMessageElsewhere() {
    var stream = Stream()
    var found = stream.call(["a", "b", "c"], at: 0x1000, taken: [8])
    found += stream.call(["b", "c"], at: 0x5000, taken: [8, 8])
    #expect(Self.show(found) == ["resumed [1, 2] by 2"])
  }

  /// Other memory tells nothing; all bytes do, wherever the program has its messages end.
  @Test(
    arguments: [
      (["bb", "cd"], "resumed [1, 2] by 2"), (["bbcd"], "resumed [1, 2] by 2"),
      (["b", "bcd"], "resumed [1, 2] by 2"), (["bbcx"], "resumed [1] by 2"),
      // The second stands there as it was.
      (["bx", "cd"], "resumed [2] by 2"), (["bxcd"], "abandoned [1] by 2"),
    ] as [([String], String)])
  func wholeMessagesElsewhere(_ texts: [String], _ fared: String) {
    var stream = Stream(readsAll: true)
    var found = stream.call(["a", "bb", "cd"], at: 0x1000, taken: [8])
    found += stream.call(texts, at: 0x5000, taken: texts.map { UInt32($0.utf8.count * 8) })
    found += stream.exit()
    #expect(Self.show(found).first == fared)
    #expect(!found.contains { $0.why.contains("only where it begins") || $0.isBeginningOnly })
  }

  /// What message 0 begins with tells nothing then.
  @Test(
    arguments: [
      (["pb", "pc"], ["resumed [1, 2] by 2"]), (["pbpc"], ["resumed [1, 2] by 2"]),
      (["pc"], ["resumed [2] by 2", "skipped [1] by 2"]), (["px"], ["abandoned [1, 2] by 2"]),
    ] as [([String], [String])])
  func messagesThatAllBeginAlike(_ texts: [String], _ fared: [String]) {
    var stream = Stream(readsAll: true)
    var found = stream.call(["pa", "pb", "pc"], at: 0x1000, taken: [16])
    found += stream.call(texts, at: 0x5000, taken: texts.map { UInt32($0.utf8.count * 8) })
    #expect(Self.show(found + stream.exit()) == fared)
  }

  @Test(
    arguments: [
      (["bcdef"], ["resumed [0, 1] by 2"]), (["b", "c", "def"], ["resumed [0, 1] by 2"]),
      (["bcdx"], ["resumed [0] by 2", "abandoned [1] by 2"]),
      // So far, and for good.
      (["bcx"], ["abandoned [0, 1] by 2", "abandoned [0, 1] by 2"]),
      (["b", "x"], ["unknown [0, 1]"]),
      // The second stands there as it was.
      (["xcdef"], ["abandoned [0] by 2", "unknown [1]", "abandoned [0] by 2"]),
    ] as [([String], [String])])
  func theRestOfACutMessageElsewhere(_ texts: [String], _ fared: [String]) {
    var stream = Stream(readsAll: true)
    var found = stream.call(["abcd", "ef"], at: 0x1000, taken: [8])
    found += stream.call(texts, at: 0x5000, taken: texts.map { UInt32($0.utf8.count * 8) })
    found += stream.exit()
    #expect(Self.show(found) == fared)
  }

  @Test func otherData() {
    let found = afterCut([(["x"], 0x5000, [8]), (["bcd"], 0x1008, [24])])
    #expect(Self.show(found) == ["abandoned [0, 1] by 2"])
    // Who knows what the program sends again.
    #expect(found.first?.isFinal == false)
  }

  /// The buffer holds something else: the address says nothing then.
  @Test func otherDataInTheSameBuffer() {
    let found = afterCut([(["x"], 0x1008, [8])])
    #expect(Self.show(found) == ["abandoned [0, 1] by 2", "abandoned [0, 1] by 2"])
    // So far, and for good when the program has ended.
    #expect(found.map(\.isFinal) == [false, true] && found.last?.revises == .abandoned)
  }

  @Test(
    arguments: [
      ("d", 0x1018, "call 2 begins 8 bytes behind the one where it stopped"),
      ("bcd", 0x1008, "call 2 begins 8 bytes before the one where it stopped"),
    ] as [(String, UInt64, String)])
  func aHoleAndAnOverlap(_ text: String, _ address: UInt64, _ why: String) {
    var stream = Stream()
    var found = stream.call(["abcd", "ef"], at: 0x1000, taken: [16])
    found += stream.call([text], at: address, taken: [UInt32(text.utf8.count * 8)])
    #expect(Self.show(found) == ["unknown [0, 1]"])
    #expect(found.first?.why == why)
  }

  /// Nothing was cut: whole messages may go in any order.
  @Test func anyOrderBetweenMessages() {
    var stream = Stream()
    var found = stream.call(["a", "b", "c"], at: 0x1000, taken: [8])
    found += stream.call(["x"], at: 0x5000, taken: [8])
    found += stream.call(["c"], at: 0x6000, taken: [8])
    #expect(found.isEmpty)
    found += stream.call(["b"], at: 0x7000, taken: [8])
    #expect(Self.show(found) == ["resumed [1, 2] by 3"])
  }

  @Test func oneLeftOutBetweenMessages() {
    var stream = Stream()
    var found = stream.call(["a", "b", "c"], at: 0x1000, taken: [8])
    found += stream.call(["c"], at: 0x6000, taken: [8]) + stream.exit()
    #expect(Self.show(found) == ["resumed [2] by 2", "skipped [1] by 2"])
  }

  /// A window that goes beyond what the last call had left is the first call's behind that.
  @Test func windows() {
    var stream = Stream()
    var found = stream.call(["a", "b", "c", "d", "e", "f"], at: 0x1000, taken: [8])
    found += stream.call(["b", "c", "d"], at: 0x2000, taken: [8])
    found += stream.call(["c", "d", "e"], at: 0x3000, taken: [8, 8, 8])
    #expect(Self.show(found) == ["resumed [1, 2] by 3"])
    found += stream.call(["f"], at: 0x4000, taken: [8])
    #expect(Self.show(found) == ["resumed [1, 2] by 3", "resumed [1, 2, 3, 4, 5] by 2"])
  }

  @Test func otherDataBehindARetry() {
    var stream = Stream()
    var found = stream.call(["a", "b", "c", "d"], at: 0x1000, taken: [8])
    found += stream.call(["b", "x", "y"], at: 0x2000, taken: [8, 8, 8])
    found += stream.call(["d"], at: 0x3000, taken: [8]) + stream.exit()
    #expect(Self.show(found) == ["resumed [1, 3] by 2", "skipped [2] by 3"])
  }

  /// The next message joined with what follows it, in a send of another length.
  @Test func joinedBytesThatTellNothing() {
    var stream = Stream()
    var found = stream.call(["abcd", "efghijklmnop", "q"], at: 0x1000, taken: [8], cut: "b")
    found += stream.call(["efghijklmnopq"], at: 0x5000, taken: [104]) + stream.exit()
    // Eight bytes of one letter are like others by chance.
    #expect(Self.show(found) == ["abandoned [0, 1, 2] by 2"])
  }

  /// The count was right, and it is not that which was ignored.
  @Test func theLengthOfTheLastMessageIsIgnored() {
    var stream = Stream(readsAll: true)
    _ = stream.call(["ab", "cdef"], at: 0x1000, taken: [16, 8], cut: "def")
    _ = stream.call(["xy", "z"], at: 0x9000, taken: [16, 8])
    _ = stream.exit()
    let sentences = stream.tracker.losses(TraceTotals()).sentences
    #expect(
      sentences.first?.contains(
        "no sendmmsg went on from the msg_len of 1 call, whose last message was taken in part")
        == true,
      "\(sentences)")
  }

  /// What all of these are, by the bytes that were taken of each.
  private static func play(_ steps: [(texts: [String], taken: [UInt32])]) -> [String] {
    var stream = Stream(readsAll: true)
    var found: [FollowUp] = []
    for (number, step) in steps.enumerated() {
      let last = step.taken.indices.last
      let cut = last.map { String(step.texts[$0].dropFirst(Int(step.taken[$0]) / 8)) } ?? ""
      let address = UInt64(0x1000 + 0x4000 * number)
      found += stream.call(step.texts, at: address, taken: step.taken, cut: cut)
    }
    return (found + stream.exit()).map { "\($0.of) \($0.how.rawValue) \($0.messages)" }
  }

  /// The call is made again when its rest has gone out, or is told of, and gets less far.
  @Test(
    arguments: [
      ([16], [], [], ["3 unknown [0, 1, 2]"]), ([], [], [], ["3 unknown [0, 1, 2]"]),
      ([32], [], [], ["3 unknown [1, 2]"]),
      ([16], ["cd", "ef", "gh"], [16, 16, 16], ["3 resumed [0, 1, 2]"]),
      ([16], ["h"], [8], ["3 unknown [0, 1, 2]"]),
    ] as [([UInt32], [String], [UInt32], [String])])
  func allIsMadeAgainBehindTheRest(
    _ taken: [UInt32], _ next: [String], _ nextTaken: [UInt32], _ fared: [String]
  ) {
    let all = ["abcd", "ef", "gh"]
    let steps = [(all, [32, 8]), (["f", "gh"], [8, 16]), (all, taken)]
    let found = Self.play(steps + (next.isEmpty ? [] : [(next, nextTaken)]))
    #expect(found == ["1 resumed [1, 2]"] + fared)
  }

  /// The rest fell short as well, and what that left is told of there.
  @Test func allIsMadeAgainBehindAPartOfTheRest() {
    let all = ["abcd", "ef", "gh"]
    let found = Self.play([(all, [32]), (["ef", "gh"], [16]), (all, [32]), (["gh"], [16])])
    #expect(found.filter { $0.hasPrefix("3") } == ["3 resumed [2]", "3 unknown [1]"])
    #expect(found.filter { !$0.hasPrefix("3") } == ["1 resumed [1, 2]", "2 resumed [1]"])
    let other = Self.play([(all, [32, 8]), (["f", "gh"], [8, 8]), (all, [16])])
    #expect(other.last == "3 unknown [0, 1, 2]" && other.contains("2 abandoned [1]"))
  }

  /// The call is made again and gets less far; the program goes on from where it had got before.
  @Test(arguments: [[16], [32]] as [[UInt32]])
  func theRestGoesOnFromTheFirstCall(_ taken: [UInt32]) {
    let all = ["abcd", "ef", "gh"]
    let found = Self.play([(all, [32, 8]), (all, taken), (["f", "gh"], [8, 16])])
    #expect(found == ["1 resent_all [0]", "1 resumed [1, 2]", "2 resumed [1, 2]"])
    // In vain at first.
    let tried = Self.play([
      (all, [32, 8]), (all, taken), (["f", "gh"], []), (["f", "gh"], [8, 16]),
    ])
    #expect(tried == found)
  }

  /// What is behind the message that was cut is tried first, in vain: nothing is left out by that.
  @Test(
    arguments: [
      (["ef", "gh"], ["bcd", "ef", "gh"], ["1 resumed [0, 1, 2]"]),
      (["ef", "gh"], ["abcd", "ef", "gh"], ["1 resent_all [0]", "1 resumed [0, 1, 2]"]),
      (["ef", "gh"], ["ef", "gh"], ["1 resumed [1, 2]", "1 skipped [0]"]),
      // So far, and for good.
      (["ef", "gh"], ["xy"], ["1 abandoned [0, 1, 2]", "1 abandoned [0, 1, 2]"]),
      // What is new makes it a call of its own, which counts all that it did not send.
      (
        ["ef", "gh", "ij"], ["bcd", "ef", "gh", "ij"],
        ["1 resumed [0, 1, 2]", "2 resumed [0, 1, 2]"]
      ),
    ] as [([String], [String], [String])])
  func whatIsBehindTheCutIsTriedInVain(_ tried: [String], _ sent: [String], _ fared: [String]) {
    let all = sent.map { UInt32($0.utf8.count * 8) }
    let found = Self.play([(["abcd", "ef", "gh"], [8]), (tried, []), (sent, all)])
    #expect(found == fared)
  }
}
