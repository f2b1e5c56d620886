import Records
import Testing

@testable import Analysis

@Suite struct FollowUpTests {
  /// What happens, what is said of it, and what it is about.
  struct Case: CustomTestStringConvertible {
    var steps: [Scenario.Step]
    var found: [String]
    var why: String
    var testDescription: String { why }

    init(_ why: String, _ steps: [Scenario.Step], _ found: [String]) {
      self.steps = steps
      self.found = found
      self.why = why
    }
  }

  /// What is said of messages that were left out is true of the call that is named.
  @Test(
    arguments: [
      ("ce", 2, "call 2 sent message 4, which stands behind"),
      ("ce", 1, "call 2 offered message 4, which stands behind"),
    ])
  func whoWentOnBehind(_ text: String, _ sent: Int, _ why: String) {
    var scenario = Scenario()
    let found = [.sends("abcdef", 2), .sends(text, sent), .event(.exited)].flatMap {
      scenario.step($0)
    }
    #expect(found.first { $0.of == 1 && $0.how == .skipped }?.why == "not by sendmmsg: " + why)
  }

  static let cases: [Case] = [
    Case("nothing falls short", [.sends("abc", 3), .sends("abc", 3), .traceEnds], []),
    Case(
      "taken up from the first unsent", [.sends("abcde", 3), .sends("de", 2)],
      ["1 resumed 3,4 by 2"]),
    Case(
      "taken up at the head of a larger batch", [.sends("abcde", 3), .sends("defgh", 5)],
      ["1 resumed 3,4 by 2"]),
    Case(
      "taken up behind other messages, in another order",
      [.sends("abcde", 3), .sends("xedy", 4)], ["1 resumed 3,4 by 2"]),
    Case(
      "one by one", [.sends("abcde", 2), .sends("c", 1), .sends("d", 1), .sends("e", 1)],
      ["1 resumed 2,3,4 by 2"]),
    Case(
      "one by one, other data between",
      [.sends("abcd", 2), .sends("c", 1), .sends("xyz", 3), .sends("d", 1)],
      ["1 resumed 2,3 by 2"]),
    Case(
      "one left out, and nobody left to send it",
      [.sends("abcde", 3), .sends("e", 1), .event(.exited)],
      ["1 resumed 4 by 2", "1 skipped 3 by 2"]),
    Case(
      "not left out, only late", [.sends("abcde", 3), .sends("e", 1), .sends("d", 1)],
      ["1 resumed 3,4 by 2"]),
    Case(
      "sent again from the start", [.sends("abcde", 3), .sends("abcde", 5)],
      ["1 resent_all 0,1,2 by 2", "1 resumed 3,4 by 2"]),
    Case(
      "sent again from the start, and falling short of what was not sent",
      [.sends("abcde", 3), .sends("abcde", 3), .event(.exited)],
      [
        "1 resent_all 0,1,2 by 2", "1 resumed 3,4 by 2", "2 abandoned 3,4",
      ]),
    Case(
      "sent again from the start, and getting less far: what had been sent is not lost",
      [.sends("abcde", 3), .sends("abcde", 1), .event(.exited)],
      ["1 resent_all 0 by 2", "1 resumed 3,4 by 2", "2 abandoned 3,4"]),
    Case(
      "tried again from the start in vain",
      [.sends("abcde", 3), .fails("abcde"), .event(.exited)],
      ["1 abandoned 3,4"]),
    Case(
      "other data followed", [.sends("abcde", 3), .sends("xyz", 3), .event(.exited)],
      ["1 abandoned 3,4 by 2"]),
    Case(
      "the same contents to another destination are other data",
      [.sends("abcde", 3), .sends("DE", 2), .event(.exited)], ["1 unknown 3,4"]),
    Case(
      "sent ones again without the unsent: the program's own affair",
      [.sends("abcde", 3), .sends("abc", 3), .event(.exited)], ["1 abandoned 3,4 by 2"]),
    Case("nothing followed", [.sends("ab", 1), .event(.killed)], ["1 abandoned 1"]),
    Case("another program", [.sends("ab", 1), .event(.exec), .event(.exited)], ["1 abandoned 1"]),
    Case(
      "another program that has the socket, and was given the message",
      [.sends("ab", 1), .event(.exec), .sends("b", 1)], ["1 resumed 1 by 2"]),
    Case(
      "let go", [.sends("ab", 1), .event(.detached), .traceEnds], ["1 unknown 1"]),
    Case("the trace ends", [.sends("ab", 1), .traceEnds], ["1 unknown 1"]),
    Case(
      "the trace ends behind one that was left out",
      [.sends("abc", 1), .sends("c", 1), .traceEnds],
      ["1 resumed 2 by 2", "1 unknown 1"]),
    Case(
      "EAGAIN and EAGAIN and sent", [.fails("ab"), .fails("ab"), .fails("ab"), .sends("ab", 2)],
      ["1 resumed 0,1 by 4"]),
    Case(
      "a retry that fails is none of its own",
      [.sends("abcd", 1), .fails("bcd"), .fails("bcd"), .sends("bcd", 3)],
      ["1 resumed 1,2,3 by 4"]),
    Case(
      "a retry that falls short is taken up by the next",
      [.sends("abcd", 1), .sends("bcd", 1), .sends("cd", 2)],
      ["1 resumed 1,2,3 by 2", "2 resumed 1,2 by 3"]),
    Case(
      "a larger batch fails as a whole", [.sends("ab", 1), .fails("bcd"), .sends("bcd", 3)],
      ["1 resumed 1 by 2", "2 resumed 0,1,2 by 3"]),
    Case(
      "other data that fails has not followed",
      [.sends("ab", 1), .fails("xy"), .sends("b", 1), .sends("xy", 2)],
      ["1 resumed 1 by 3", "2 resumed 0,1 by 4"]),
    Case(
      "killed while trying again: who knows", [.sends("ab", 1), .interrupted("b")],
      ["1 unknown 1"]),
    Case(
      "refused as such, and nothing followed", [.refused("ab"), .event(.exited)],
      ["1 abandoned 0,1"]),
    Case(
      "refused as such again and again",
      [.refused("ab"), .refused("ab"), .refused("cd"), .event(.exited)],
      ["1 abandoned 0,1", "3 abandoned 0,1"]),
    Case(
      "refused as such, and offered again by a socket made since",
      [.refused("ab"), .sends("ab", 2)], ["1 resumed 0,1 by 2"]),
    Case(
      "refused as such, and other data by a socket made since",
      [.refused("ab"), .sends("xy", 2), .event(.exited)], ["1 abandoned 0,1"]),
    Case(
      "no descriptor becomes a socket by waiting", [.refused("ab"), .waits(11_000_000_000)],
      ["1 abandoned 0,1"]),
    Case(
      "messages alike, as many as were left", [.sends("ttttt", 3), .sends("tt", 2)],
      ["1 resumed 3,4 by 2"]),
    Case(
      "messages alike, more than were left", [.sends("ttttt", 3), .sends("ttttt", 5)],
      ["1 unknown 3,4"]),
    Case(
      "messages alike, but others show that all is sent again",
      [.sends("abcdtet", 5), .sends("abcdtet", 7)],
      ["1 resent_all 0,1,2,3,4 by 2", "1 resumed 5,6 by 2"]),
    Case(
      "one message to take up for two tails", [.sends("at", 1), .sends("bt", 1), .sends("t", 1)],
      // The second has it behind new data: it may be a new one.
      ["1 unknown 1", "2 resumed 1 by 3"]),
    Case(
      "a message that cannot be read may be any",
      [.sends("ab", 1), .sends("?", 1)], ["1 unknown 1"]),
    Case(
      "another process on the same socket", [.sends("ab", 1), .sends("b", 1, pid: 2)],
      ["1 resumed 1 by 2"]),
    Case(
      "socket unknown: descriptor of the process",
      [
        .sends("ab", 1, inode: nil), .sends("b", 1, pid: 2, inode: nil), .sends("b", 1, inode: nil),
      ],
      ["1 resumed 1 by 3"]),
    Case(
      "a child lives on that knows the message",
      [
        .sends("ab", 1), .event(.forked, pid: 2, parent: 1), .event(.exited),
        .sends("b", 1, pid: 2),
      ], ["1 resumed 1 by 2"]),
    Case(
      "the child ends too",
      [
        .sends("ab", 1), .event(.forked, pid: 2, parent: 1), .event(.exited),
        .event(.exited, pid: 2),
      ], ["1 abandoned 1"]),
    Case(
      "the child is another program now",
      [
        .sends("ab", 1), .event(.forked, pid: 2, parent: 1), .event(.exec, pid: 2), .event(.exited),
      ],
      ["1 abandoned 1"]),
    Case(
      "ten seconds and other data",
      [.sends("ab", 1), .sends("x", 1), .waits(9_000_000_000), .waits(2_000_000_000)],
      ["1 abandoned 1 by 2"]),
    Case(
      "ten seconds are no reason without other data",
      [.sends("ab", 1), .waits(20_000_000_000), .sends("b", 1)], ["1 resumed 1 by 2"]),
    Case(
      "a minute of silence", [.sends("ab", 1), .waits(61_000_000_000)], ["1 unknown 1"]),
    Case(
      "over the cap, taken up", [.capped(rest: "xyz", vlen: 1027), .sends("xyz", 3)],
      ["1 resumed 1024,1025,1026 by 2"]),
    Case(
      "over the cap, never offered",
      [.capped(rest: "xyz", vlen: 1027), .sends("abc", 3), .event(.exited)],
      ["1 capped_rest 1024,1025,1026 by 2"]),
    Case(
      "over the cap and not read: no other call",
      [.capped(rest: "", vlen: 1027), .event(.exited)], ["1 capped_rest 1024,1025,1026"]),
    Case(
      "over the cap and not read: as many as are left",
      [.capped(rest: "", vlen: 1027), .sends("abc", 3)], ["1 unknown 1024,1025,1026"]),
    Case(
      "over the cap and not read: two may be any of them",
      [.capped(rest: "", vlen: 1027), .sends("ab", 2), .event(.exited)],
      ["1 unknown 1024,1025,1026"]),
  ]

  @Test(arguments: cases) func followsUp(_ example: Case) {
    var scenario = Scenario()
    #expect(scenario.play(example.steps) == example.found)
    #expect(!scenario.tracker.isWaiting || !example.found.contains { $0.hasPrefix("1 unknown") })
  }

  @Test func aThousandTriesAreOneRecord() {
    var scenario = Scenario()
    var found: [FollowUp] = []
    for _ in 0..<1000 { found += scenario.step(.fails("abc")) }
    found += scenario.step(.sends("abc", 3))
    #expect(found.count == 1)
    #expect(found.first?.why.contains("tried again 999 times, which returned EAGAIN") == true)
  }

  @Test func otherSystemCalls() {
    var settings = FollowUpTracker.Settings()
    settings.seesOtherSends = true
    var scenario = Scenario(settings)
    let found = scenario.play([.sends("abc", 1), .other("b"), .other("c", .sendto)])
    #expect(found == ["1 resumed 1,2"])
  }

  @Test func onlySendmmsgIsSaid() {
    var scenario = Scenario()
    let found = scenario.step(.sends("ab", 1)) + scenario.step(.event(.exited))
    #expect(found.map(\.why) == ["not by sendmmsg: the process exited with 0"])
    #expect(found.allSatisfy { $0.isOnlySendmmsg })
  }

  @Test func childrenThatAreNotRecordedMayHaveDoneAnything() {
    var settings = FollowUpTracker.Settings()
    settings.followsChildren = false
    var scenario = Scenario(settings)
    let found = scenario.play([
      .sends("ab", 1), .event(.forked, pid: 2, parent: 1), .event(.exited),
      .event(.exited, pid: 2),
    ])
    #expect(found == ["1 unknown 1"])
  }

  @Test func withoutContentsNothingIsTakenUp() {
    var settings = FollowUpTracker.Settings()
    settings.payloadLimit = 0
    var scenario = Scenario(settings)
    #expect(scenario.play([.sends("abc", 2), .sends("d", 1)]) == ["1 unknown 2"])
    // Another destination does tell.
    #expect(
      scenario.play([.sends("abc", 2), .sends("D", 1), .event(.exited)]) == ["3 abandoned 2 by 4"])
  }

  /// Of two that look the same one was sent: which one, nobody knows.
  @Test func whatLooksTheSameIsNotToldApart() {
    var settings = FollowUpTracker.Settings()
    settings.payloadLimit = 4
    var scenario = Scenario(settings)
    #expect(
      scenario.play([.sends("abbc", 1), .sends("cb", 2), .event(.exited)])
        == ["1 unknown 1,3", "1 unknown 2"])
    #expect(scenario.play([.sends("abbc", 1), .sends("bbc", 3)]) == ["3 resumed 1,2,3 by 4"])
    // What is the same is the same.
    scenario = Scenario()
    let same = scenario.play([.sends("abbc", 1), .sends("b", 1), .event(.exited)])
    #expect(same == ["1 resumed 1 by 2", "1 abandoned 2,3"])
  }

  @Test func memoryIsBounded() {
    var scenario = Scenario()
    scenario.tracker.tails.most = 256
    var found: [FollowUp] = []
    for socket in 1...1000 {
      found += scenario.step(.sends("ab", 1, inode: UInt64(socket)))
    }
    #expect(found.count == 1000 - 256)
    #expect(found.allSatisfy { $0.how == .unknown && $0.by == nil })
    #expect(found.first?.of == 1)
    found += scenario.step(.traceEnds)
    #expect(found.count == 1000)
  }

  @Test func aSocketThatAlwaysFallsShortForgetsTheOldest() {
    var scenario = Scenario()
    var found: [String] = []
    let letters = (UInt8(ascii: "!")..<UInt8(ascii: "~")).map { Character(UnicodeScalar($0)) }
    let alphabet = letters.filter { !$0.isUppercase && $0 != "?" }.prefix(66)
    for letter in alphabet { found += scenario.play([.sends("~\(letter)", 1)]) }
    #expect(found.first == "1 abandoned 1 by 2")
    #expect(found.count == alphabet.count - UnsentTails.Limits.ofSocket)
  }

  /// A program that goes on sending to a closed descriptor loses all of it.
  @Test func whatIsRefusedWithoutEndIsLost() {
    var scenario = Scenario()
    var found: [FollowUp] = []
    for letter in UInt8(ascii: "!")...UInt8(ascii: "~") where letter != UInt8(ascii: "?") {
      found += scenario.step(.refused(String(UnicodeScalar(letter))))
    }
    #expect(found.count == 93 - UnsentTails.Limits.ofSocket)
    #expect(found.allSatisfy { $0.how == .abandoned && !$0.isFinal })
    found += scenario.step(.event(.exited))
    let losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.total.dropped == 93 && losses.total.unknown == 0)
    #expect(
      losses.sentences == [
        "app did not send 93 messages by sendmmsg: no sendmmsg offered again what 93 refused calls had"
          + " (sends by other calls than sendmmsg were not looked at)"
      ])
  }

  @Test func lossesAreSummedUp() {
    var scenario = Scenario()
    _ = scenario.play([
      .sends("abc", 1), .sends("xyZ", 2), .sends("q", 1), .event(.exited),
    ])
    let losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.causes.map(\.calls) == [2])
    #expect(losses.total.dropped == 3)
    #expect(losses.rows.map(\.counts.dropped) == [2, 1])
    #expect(
      losses.sentences == [
        "app did not send 3 datagrams by sendmmsg: no sendmmsg went on from the count of 1 partial"
          + " call; it went on behind what 1 call could not send"
          + " (sends by other calls than sendmmsg were not looked at)"
      ])
  }

  /// Threads have names of their own, and the last call of each is followed by nothing.
  @Test func oneSentenceIsSaidOfTheThreadsOfAProgram() {
    var scenario = Scenario()
    _ = scenario.step(.event(.exec, comm: "server"))
    for (socket, texts) in [["abc", "d", "ef"], ["ghi", "j", "kl"], ["mno", "p", "qr"]].enumerated()
    {
      (scenario.comm, scenario.tid) = ("worker-\(socket)", 10 + Int32(socket))
      _ = scenario.play(texts.map { .sends($0, 1, inode: UInt64(socket)) })
    }
    _ = scenario.step(.event(.exited))
    let losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.rows.map(\.program) == ["server"])
    #expect(
      losses.sentences == [
        "server did not send 9 datagrams by sendmmsg: no sendmmsg went on from the count of 6 partial"
          + " calls, after 3 of which none followed (sends by other calls than sendmmsg were not looked at)"
      ])
  }

  /// The first thread has the name of the process, which it may change: a child as well.
  @Test func aProgramMayChangeItsName() {
    var scenario = Scenario()
    _ = scenario.step(.event(.exec, comm: "server"))
    _ = scenario.step(.event(.forked, pid: 2, parent: 1))
    scenario.comm = "worker"
    _ = scenario.play([.sends("abc", 1, pid: 2), .event(.exited, pid: 2), .event(.exited)])
    #expect(scenario.tracker.losses(scenario.totals).rows.map(\.program) == ["worker"])
  }

  /// What is watched with all of them is still not all that sends.
  @Test func theSentenceSaysWhatWasLookedAt() {
    var settings = FollowUpTracker.Settings()
    settings.seesOtherSends = true
    var scenario = Scenario(settings)
    _ = scenario.play([.sends("abc", 1), .event(.exited)])
    #expect(
      scenario.tracker.losses(scenario.totals).sentences == [
        "app dropped 2 datagrams: it ended with the rest of 1 call unsent"
          + " (sendfile, splice, pwritev2 and io_uring were not looked at)"
      ])
  }

  @Test func aClosedSocketAbandonsTheRest() {
    var settings = FollowUpTracker.Settings()
    settings.isOpen = { inode, processes in
      #expect(inode == 1 && processes == [1])
      return false
    }
    var scenario = Scenario(settings)
    #expect(scenario.play([.sends("abc", 1), .waits(5_000_000_000)]) == [])
    let found = scenario.step(.waits(6_000_000_000))
    #expect(found.map(\.how) == [.abandoned] && found.first?.messages == [1, 2])
    #expect(found.first?.why.hasSuffix("the socket was closed") == true)
    // The program may have another one.
    #expect(found.first?.isFinal == false)
  }

  /// A server that was attached to with a process that it had forked before: that has its socket.
  @Test func aProcessThatIsAttachedToMayHaveTheSocket() {
    for isHeld in [true, false] {
      var settings = FollowUpTracker.Settings()
      settings.isOpen = { inode, processes in isHeld && inode == 1 && processes == [2] }
      var scenario = Scenario(settings)
      var found: [FollowUp] = []
      for pid in 1...2 as ClosedRange<Int32> { found += scenario.step(.event(.attached, pid: pid)) }
      found += scenario.step(.sends("abc", 1)) + scenario.step(.event(.exited))
      #expect(found.map(\.how) == [.abandoned] && found.first?.isFinal == !isHeld)
      let taken = scenario.play([.sends("bc", 2, pid: 2)])
      #expect(taken == (isHeld ? ["1 resumed 1,2 by 2"] : []))
      let total = scenario.tracker.losses(scenario.totals).total
      #expect(total.dropped == (isHeld ? 0 : 2))
    }
  }

  /// A process that is not traced has the socket, or has it by the end, or nobody knows.
  @Test(
    arguments: [
      [.holder(7)], [nil, .holder(7)], [nil, .unknown], [nil, nil],
    ] as [[Outsider?]])
  func aProcessThatIsNotTracedMayHaveTheSocket(_ answers: [Outsider?]) {
    let looks = Counter()
    var settings = FollowUpTracker.Settings()
    settings.outsiders = { questions, isTraced, isLast in
      #expect(questions.map(\.inode) == [1] && isTraced(1) && !isTraced(7))
      #expect(isLast == (looks.count == 1))
      looks.count += 1
      return [answers[looks.count - 1]]
    }
    var scenario = Scenario(settings)
    let found =
      scenario.step(.event(.started)) + scenario.step(.sends("abc", 1))
      + scenario.step(.event(.exited))
    let outsider = answers.compactMap(\.self).first
    #expect(found.map(\.how) == [.abandoned] && found.map(\.isFinal) == [outsider == nil])
    #expect(looks.count == answers.count)
    let why = found.first?.why ?? ""
    #expect(
      why.contains("process 7, which is not traced, has its socket as well")
        == (outsider == .holder(7)))
    #expect(why.contains("not all could be looked into") == (outsider == .unknown))
    #expect(
      scenario.tracker.losses(scenario.totals).total.droppedSoFar == (outsider == nil ? 0 : 2))
  }

  /// What was not sent so far is final only where nobody has been given the socket meanwhile.
  @Test(arguments: [nil, .holder(7)] as [Outsider?])
  func itIsLookedAnewBeforeTheLastWord(_ answer: Outsider?) {
    var settings = FollowUpTracker.Settings()
    settings.outsiders = { questions, _, isLast in questions.map { _ in isLast ? answer : nil } }
    var scenario = Scenario(settings)
    var found = scenario.step(.sends("abc", 1))
    for _ in 0..<70 {
      found += scenario.step(.sends("x", 1)) + scenario.step(.waits(1_000_000_000))
    }
    #expect(found.map(\.isFinal) == (answer == nil ? [false, true] : [false]))
  }

  /// A process that was attached to has forked one that is not traced.
  @Test(arguments: [nil, .relative(7), .unknown] as [Outsider?])
  func aRelativeThatIsNotTracedMayKnowTheMessages(_ answer: Outsider?) {
    var settings = FollowUpTracker.Settings()
    settings.hasRelatives = { pid, _ in
      #expect(pid == 1)
      return answer != nil
    }
    settings.relative = { pid, _, _ in
      #expect(pid == 1 && answer != nil)
      return answer
    }
    var scenario = Scenario(settings)
    let found =
      scenario.step(.event(.attached)) + scenario.step(.sends("abc", 1))
      + scenario.step(.event(.exited))
    #expect(found.map(\.how) == [.abandoned] && found.map(\.isFinal) == [answer == nil])
    #expect(
      found.first?.why.contains("process 7, which is not traced, came from the same program")
        == (answer == .relative(7)))
  }

  @Test func aSocketThatIsOpenIsLookedForTwice() {
    for answer in [true, nil] {
      let looks = Counter()
      var settings = FollowUpTracker.Settings()
      settings.isOpen = { _, _ in
        looks.count += 1
        return answer
      }
      var scenario = Scenario(settings)
      var found = scenario.play([.sends("abc", 1)])
      for _ in 0..<70 { found += scenario.play([.waits(1_000_000_000)]) }
      #expect(found == ["1 unknown 1,2"] && looks.count == 2)
    }
  }

  private final class Counter: @unchecked Sendable { var count = 0 }
}
