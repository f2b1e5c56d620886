import Records
import Testing

@testable import Analysis

/// Sends on other sockets of the same processes.
@Suite struct ElsewhereTests {
  private typealias Case = FollowUpTests.Case

  /// More than the sends elsewhere that are compared in vain.
  private static let many = "0123456789abcdefghijklmnopqrstuvwxyz#$%&"

  static let cases: [FollowUpTests.Case] = [
    Case(
      "the thread goes on with what was left on another socket",
      [.sends("abcd", 2), .sends("cd", 2, inode: 2)], ["1 resumed 2,3 by 2"]),
    Case(
      "all but the one that failed",
      [.sends("abcd", 1), .sends("cd", 2, inode: 2), .event(.exited)],
      ["1 resumed 2,3 by 2", "1 skipped 1 by 2"]),
    Case(
      "some there, some here",
      [.sends("abcd", 1), .sends("cd", 2, inode: 2), .sends("b", 1)],
      ["1 resumed 1,2,3 by 2"]),
    Case(
      "it falls short there too",
      [.sends("abcd", 1), .sends("bcd", 1, inode: 2), .sends("cd", 2, inode: 2)],
      ["1 resumed 1,2,3 by 2", "2 resumed 1,2 by 3"]),
    Case(
      "another destination", [.sends("abcd", 2), .sends("CD", 2, inode: 2), .event(.exited)],
      ["1 unknown 2,3"]),
    Case(
      "other data", [.sends("abcd", 2), .sends("xy", 2, inode: 2), .event(.exited)],
      ["1 abandoned 2,3"]),
    Case(
      "a copy of all is no proof that anything is taken up",
      [.sends("abcd", 2), .sends("abcd", 4, inode: 2), .event(.exited)], ["1 unknown 2,3"]),
    Case(
      "nor is one of which nothing went out here",
      [.fails("abcd"), .sends("abcd", 4, inode: 2), .event(.exited)], ["1 unknown 0,1,2,3"]),
    Case(
      "copies one by one, sent ones before",
      [
        .sends("abcd", 2), .sends("a", 1, inode: 2), .sends("b", 1, inode: 2),
        .sends("c", 1, inode: 2), .event(.exited),
      ],
      ["1 abandoned 3", "1 unknown 2"]),
    Case(
      "heartbeats: any of them may be meant",
      [.sends("axhhh", 2), .sends("h", 1, inode: 2), .event(.exited)], ["1 unknown 2,3,4"]),
    Case(
      "the same short message to many",
      [.sends("atT", 1), .sends("t", 1, inode: 2), .event(.exited)],
      ["1 abandoned 2", "1 unknown 1"]),
    Case(
      "one by one, however many",
      [.sends("!" + many, 1)] + many.map { .sends(String($0), 1, inode: 2) },
      ["1 resumed \((1...many.count).map(String.init).joined(separator: ",")) by 2"]),
    Case(
      "some, and the others may be among what was not compared",
      [
        .sends("abcd", 1), .sends("b", 1, inode: 2), .sends("?", 1, inode: 2), .event(.exited),
      ],
      ["1 resumed 1 by 2", "1 unknown 2,3"]),
    Case(
      "one message, by another process",
      [
        .event(.forked, pid: 2, parent: 1), .sends("ab", 1), .sends("b", 1, pid: 2, inode: 2),
        .event(.exited, pid: 2), .event(.exited),
      ], ["1 unknown 1"]),
    Case(
      "the whole rest, by another process",
      [
        .event(.forked, pid: 2, parent: 1), .sends("abc", 1),
        .sends("bc", 2, pid: 2, inode: 2),
      ], ["1 resumed 1,2 by 2"]),
    Case(
      "a process that cannot know the messages",
      [.sends("abc", 1), .sends("bc", 2, pid: 2, inode: 2), .event(.exited)], ["1 abandoned 1,2"]),
    Case(
      "what may be a copy is taken up on its own socket",
      [.sends("abcd", 2), .sends("abcd", 4, inode: 2), .sends("cd", 2)], ["1 resumed 2,3 by 3"]),
    Case(
      "what fails there is not sent, and is counted once",
      [.sends("ab", 1), .failsOn(2, "b"), .event(.exited)], ["1 abandoned 1"]),
    Case(
      "tried in vain on a new socket, and another, before one takes it",
      [
        .sends("abcd", 1), .failsOn(2, "bcd"), .failsOn(3, "bcd"), .sends("bcd", 3, inode: 4),
      ], ["1 resumed 1,2,3 by 4"]),
    Case(
      "tried there beside others: all of it is the later call's matter",
      [.sends("abcd", 2), .failsOn(2, "cdxy"), .event(.exited)],
      ["1 resumed 2,3 by 2", "2 abandoned 0,1,2,3"]),
    Case(
      "another process tries some of it beside others, and sends that in the end",
      [
        .event(.forked, pid: 2, parent: 1), .sends("abcd", 1),
        .sends("bcxy", 0, pid: 2, inode: 2), .sends("bcxy", 4, pid: 2, inode: 2),
        .event(.exited, pid: 2), .event(.exited),
      ], ["2 resumed 0,1,2,3 by 3", "1 abandoned 3", "1 unknown 1,2"]),
    Case(
      "a copy of all that fails is no second try",
      [.sends("abcd", 2), .failsOn(2, "abcd"), .event(.exited)],
      ["1 abandoned 2,3", "2 abandoned 0,1,2,3"]),
    Case(
      "nothing was sent on either: what is tried again counts once",
      [.failsOn(1, "abc"), .failsOn(2, "abc"), .failsOn(3, "abc"), .event(.exited)],
      ["1 abandoned 0,1,2"]),
    Case(
      "it goes out on the third: that may be a copy",
      [.failsOn(1, "abc"), .failsOn(2, "abc"), .sends("abc", 3, inode: 3), .event(.exited)],
      ["1 unknown 0,1,2"]),
    Case(
      "less of it, or behind other data, is no second try, and what is left twice counts once",
      [
        .failsOn(1, "abc"), .failsOn(2, "bc"), .sends("x", 1), .failsOn(3, "abc"), .event(.exited),
      ], ["1 unknown 0,1,2", "2 unknown 0,1", "4 abandoned 0,1,2"]),
    Case(
      "two that failed with the same: either may be meant by what is sent then",
      [
        .failsOn(1, "abc"), .sends("x", 1), .failsOn(2, "abc"), .sends("abc", 3, inode: 3),
        .event(.exited),
      ], ["1 unknown 0,1,2", "3 unknown 0,1,2"]),
  ]

  @Test(arguments: cases) func followsUp(_ example: FollowUpTests.Case) {
    var scenario = Scenario()
    #expect(scenario.play(example.steps) == example.found)
  }

  @Test func theSocketIsNamed() {
    var scenario = Scenario()
    let found = scenario.step(.sends("abc", 1)) + scenario.step(.sends("bc", 2, inode: 2))
    #expect(found.map(\.why) == ["call 2 on another socket (fd 3) begins at message 1"])
  }

  /// Once the socket is gone, the same again is what was left.
  @Test func aSocketThatIsClosed() {
    var settings = FollowUpTracker.Settings()
    settings.isOpen = { inode, _ in inode != 1 }
    var scenario = Scenario(settings)
    let found = scenario.play([.fails("abcd"), .sends("abcd", 4, inode: 2)])
    #expect(found == ["1 resumed 0,1,2,3 by 2"])
    // By another descriptor it may have been closed since.
    scenario = Scenario(settings)
    var later = scenario.play([.fails("abcd")])
    scenario.fd = 4
    later += scenario.play([.sends("abcd", 4, inode: 2), .event(.exited)])
    #expect(later == ["1 unknown 0,1,2,3"])
  }

  /// The rest of a call comes behind much else on other sockets.
  @Test(arguments: [0, 40, 900, 1100]) func behindOthersThere(_ others: Int) {
    var scenario = Scenario()
    scenario.readsContents = true
    func text(_ number: Int) -> Scenario.Sketch {
      Scenario.Sketch(String(repeating: "-", count: 40) + "\(1000 + number)")
    }
    var found = scenario.step(.offers((0..<6).map(text), 2))
    scenario.tid = 2
    for number in 0..<others { found += scenario.step(.offers([text(100 + number)], 1, inode: 2)) }
    scenario.tid = nil
    found += scenario.step(.offers((2..<6).map(text), 4, inode: 3))
    found += scenario.step(.event(.exited))
    #expect(found.allSatisfy { !$0.isLoss || !$0.isFinal }, "\(found)")
    #expect(found.map(\.how) == [others > 1024 ? .abandoned : .resumed], "\(found)")
  }

  /// Whether it is closed was asked when the send was made: the process may be gone since.
  @Test func aSocketThatWasClosedBeforeTheProcessEnded() {
    var settings = FollowUpTracker.Settings()
    settings.isOpen = { _, _ in nil }
    for closed in [UInt64?.none, 1, 3] {
      var scenario = Scenario(settings)
      scenario.closedSocket = closed
      let found = scenario.play([.fails("abcd"), .sends("abcd", 4, inode: 2), .event(.exited)])
      #expect(found == [closed == 1 ? "1 resumed 0,1,2,3 by 2" : "1 unknown 0,1,2,3"])
    }
  }

  @Test func whatCannotBeReadThereIsNoLastWord() {
    var scenario = Scenario()
    var found = scenario.step(.sends("abc", 1)) + scenario.step(.sends("?", 1, inode: 2))
    found += scenario.step(.event(.exited))
    #expect(found.map(\.how) == [.abandoned] && found.first?.isFinal == false)
    #expect(
      found.first?.why.hasSuffix("call 2 on another socket (fd 3) could not be compared") == true)
    let losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.total.dropped == 2 && losses.total.droppedSoFar == 2)
    #expect(
      losses.sentences.first?.hasPrefix(
        "app had not sent 2 datagrams by sendmmsg as far as was seen") == true)
  }

  /// Of what is tried on one new connection after the other each message counts once.
  @Test func triesThereAreNoLossesOfTheirOwn() {
    var settings = FollowUpTracker.Settings()
    settings.isOpen = { inode, _ in inode == 9 }
    let retries: [Scenario.Step] = [.failsOn(2, "abcd"), .failsOn(3, "abcd")]
    var scenario = Scenario(settings)
    var found = scenario.play([.fails("abcd")] + retries + [.event(.exited)])
    #expect(found == ["1 abandoned 0,1,2,3"])
    var losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.total.dropped == 4 && losses.total.unknown == 0)
    #expect(losses.sentences.first?.contains("it tried again 2 times, in vain") == true)
    scenario = Scenario(settings)
    found = scenario.play([.sends("abcd", 1)] + retries + [.sends("abcd", 4, inode: 9)])
    #expect(found == ["1 resent_all 0 by 4", "1 resumed 1,2,3 by 4"])
    losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.total.dropped == 0 && losses.total.resumed == 3 && losses.total.unknown == 0)
  }

  /// Once it was seen that a socket is closed, it need not be asked again.
  @Test func aSocketThatWasSeenToBeClosed() {
    var settings = FollowUpTracker.Settings()
    settings.isOpen = { _, _ in nil }
    var scenario = Scenario(settings)
    scenario.closedSocket = 1
    #expect(scenario.play([.fails("abcd"), .failsOn(2, "abcd")]) == [])
    scenario.closedSocket = 2
    #expect(scenario.play([.sends("abcd", 4, inode: 3)]) == ["1 resumed 0,1,2,3 by 3"])
  }

  /// What is told of one tail of a socket lets nothing be forgotten of the others there.
  @Test func othersOfTheSocketCameAndWent() {
    var scenario = Scenario()
    var found = scenario.play([.sends("abcd", 2)])
    for _ in 0..<20 { found += scenario.play([.sends("xyz", 1), .sends("yz", 2)]) }
    #expect(found == (1...20).map { "\(2 * $0) resumed 1,2 by \(2 * $0 + 1)" })
    #expect(scenario.play([.sends("cd", 2, inode: 2)]) == ["1 resumed 2,3 by 42"])
  }

  /// A program that was started may have been given the socket and the messages.
  @Test func anotherProgramLivesOn() {
    let steps: [Scenario.Step] = [
      .sends("ab", 1), .event(.forked, pid: 2, parent: 1), .event(.exec, pid: 2),
    ]
    for isGone in [false, true] {
      var scenario = Scenario()
      #expect(scenario.play(steps) == [])
      if isGone { #expect(scenario.play([.event(.exited, pid: 2)]) == []) }
      let found = scenario.step(.event(.exited))
      #expect(found.map(\.how) == [.abandoned] && found.first?.isFinal == isGone)
    }
  }
}
