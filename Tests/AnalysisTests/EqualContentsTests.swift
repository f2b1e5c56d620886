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
    found = scenario.step(.sends("abc", 1)) + scenario.step(.sends("xyz", 3))
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
