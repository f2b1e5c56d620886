import Records
import Testing

@testable import Analysis

/// Programs send the same over and over: a message that is the same as one that was left unsent may
/// be a new one.
@Suite struct EqualContentsTests {
  static let cases: [FollowUpTests.Case] = [
    FollowUpTests.Case(
      "the same trailer behind new data", [.sends("abct", 1), .sends("xyzt", 4), .event(.exited)],
      ["1 abandoned 1,2 by 2", "1 unknown 3"]),
    FollowUpTests.Case(
      "the last of several, alone", [.sends("abct", 1), .sends("t", 1), .event(.exited)],
      ["1 abandoned 1,2", "1 unknown 3"]),
    FollowUpTests.Case(
      "fewer of the same than were left, which was sent as well",
      [.sends("ttttt", 2), .sends("t", 1), .event(.exited)],
      ["1 abandoned 3,4", "1 unknown 2"]),
    FollowUpTests.Case(
      "one behind other sends", [.sends("ab", 1), .sends("xyz", 3), .sends("b", 1)],
      ["1 unknown 1"]),
    FollowUpTests.Case(
      "two that differ, behind other sends", [.sends("abc", 1), .sends("xyz", 3), .sends("bc", 2)],
      ["1 resumed 1,2 by 3"]),
    FollowUpTests.Case(
      "one by one, behind the one that failed",
      [.sends("abcde", 1), .sends("c", 1), .sends("d", 1), .sends("e", 1), .event(.exited)],
      ["1 resumed 2,3,4 by 2", "1 skipped 1 by 2"]),
    FollowUpTests.Case(
      "sent ones again, apart from what is taken up",
      [.sends("abcd", 2), .sends("cd", 1), .sends("daxb", 4)],
      ["1 resumed 2,3 by 2", "2 resumed 1 by 3"]),
    FollowUpTests.Case(
      "sent ones again, in a row with what is taken up",
      [.sends("abcd", 2), .sends("bcd", 3)], ["1 resent_all 1 by 2", "1 resumed 2,3 by 2"]),
  ]

  /// Test programs and keep-alives send few different messages, over and over.
  static let few: [FollowUpTests.Case] = [
    FollowUpTests.Case(
      "the rest, in its order and at once", [.sends("abab", 1), .sends("bab", 3)],
      ["1 resumed 1,2,3 by 2"]),
    FollowUpTests.Case(
      "the rest before new ones", [.sends("ababb", 2), .sends("abbbba", 6)],
      ["1 resumed 2,3,4 by 2"]),
    FollowUpTests.Case(
      "a part of it that has new ones between", [.sends("ababa", 1), .sends("baxaba", 6)],
      ["1 resumed 1,2 by 2", "1 unknown 3,4"]),
    FollowUpTests.Case(
      "the whole of the call: it may be time for the next",
      [.sends("abab", 1), .sends("abab", 4)], ["1 unknown 1,2,3"]),
    FollowUpTests.Case(
      "the next of another length", [.sends("abab", 3), .sends("aabbab", 6), .event(.exited)],
      ["1 unknown 3"]),
    FollowUpTests.Case(
      "the next of the kind, as if the one that failed were left out",
      [.sends("ababab", 3), .sends("abab", 4)], ["1 unknown 3,4,5"]),
    FollowUpTests.Case(
      "the one that failed left out", [.sends("aabcde", 2), .sends("cde", 3), .event(.exited)],
      ["1 resumed 3,4,5 by 2", "1 skipped 2 by 2"]),
    FollowUpTests.Case(
      "so many different ones that it is the call", [.sends("abcdea", 4), .sends("abcdea", 6)],
      ["1 resent_all 0,1,2,3 by 2", "1 resumed 4,5 by 2"]),
    FollowUpTests.Case(
      "a row of so many, behind others", [.sends("abcdea", 1), .sends("xbcdeay", 7)],
      ["1 resumed 1,2,3,4,5 by 2"]),
    FollowUpTests.Case(
      "sent ones by chance beside unsent ones",
      [.sends("abac", 2), .sends("xaba", 4), .event(.exited)],
      ["1 abandoned 3", "1 unknown 2"]),
    FollowUpTests.Case(
      "a later call shows that it repeats itself",
      [.sends("abc", 2), .sends("xxbc", 4), .event(.exited)], ["1 unknown 2"]),
    FollowUpTests.Case(
      "an earlier one did",
      [.sends("aab", 2), .sends("b", 1), .sends("abcd", 2), .sends("xcd", 3)],
      ["1 resumed 2 by 2", "3 unknown 2,3"]),
  ]

  @Test(arguments: few) func whereFewAreDifferent(_ example: FollowUpTests.Case) {
    var scenario = Scenario()
    #expect(scenario.play(example.steps) == example.found)
  }

  @Test(arguments: cases) func whatMayBeNew(_ example: FollowUpTests.Case) {
    var scenario = Scenario()
    #expect(scenario.play(example.steps) == example.found)
  }

  @Test func theReasonIsSaid() {
    var scenario = Scenario()
    var found = scenario.step(.sends("abct", 1)) + scenario.step(.sends("xyzt", 4))
    found += scenario.step(.event(.exited))
    #expect(
      found.first { $0.how == .unknown }?.why
        == "call 2 has the same, which may be it or new data like it")
    found = scenario.step(.sends("abc", 1)) + scenario.step(.sends("uvw", 3))
    found += scenario.step(.sends("bc", 2))
    #expect(
      found.first?.why == "call 5 begins at message 1; other data stood before: it may be new"
        + " data that is the same")
  }

  /// What was offered again and not sent either.
  @Test(
    arguments: [
      (0, "all of them"), (1, "1 of them"), (2, nil),
    ] as [(Int, String?)])
  func thatItFellShortInTurnIsSaid(_ sent: Int, _ which: String?) {
    var scenario = Scenario()
    let found = scenario.step(.sends("abc", 1)) + scenario.step(.sends("bcx", sent))
    #expect(found.first?.how == .resumed && found.first?.messages == [1, 2])
    #expect(
      found.first?.why
        == "call 2 begins at message 1" + (which.map { "; that fell short of \($0) in turn" } ?? "")
    )
  }
}
