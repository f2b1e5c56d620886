import Records
import Testing

@testable import Analysis

/// What is said of messages that were compared by their beginnings only, and of calls that were
/// under way at the same time.
@Suite struct BeliefTests {
  private typealias Sketch = Scenario.Sketch

  /// Four bytes of a message are compared.
  private static func play(_ steps: [[String]], sent: [Int]) -> [String] {
    var settings = FollowUpTracker.Settings()
    settings.payloadLimit = 4
    var scenario = Scenario(settings)
    let steps = zip(steps, sent).map { Scenario.Step.offers($0.map { Sketch($0) }, $1) }
    return scenario.play(steps + [.event(.exited)])
  }

  @Test func oneThatBeginsAlikeMayBeAnother() {
    #expect(
      Self.play([["first", "headOld"], ["other", "headNew"]], sent: [1, 2]) == ["1 unknown 1"])
  }

  /// The last of several is no more than the others were.
  @Test func oneAfterAnother() {
    let found = Self.play(
      [["head0", "head1", "head2", "head3"], ["head4"], ["head5"], ["head6"]], sent: [1, 1, 1, 1])
    #expect(found == ["1 unknown 1,2,3"])
  }

  @Test func allInTheirOrder() {
    let found = Self.play([["a0000", "b0001", "c0002"], ["b0001", "c0002"]], sent: [1, 2])
    #expect(found == ["1 resumed 1,2 by 2"])
  }

  /// A batch of which only the beginnings were compared may be the next of its kind.
  @Test func theNextBatchIsNoSecondTry() {
    let found = Self.play(
      [["aaaa0", "bbbb0", "cccc0"], ["aaaa1", "bbbb1", "cccc1"]], sent: [1, 3])
    #expect(found == ["1 unknown 1,2"])
  }

  static let underWay: [FollowUpTests.Case] = [
    FollowUpTests.Case(
      "two threads try the same, and one goes on with it",
      [.fails("cd"), .underWay("abcd", 2), .sends("cd", 2)],
      ["1 unknown 0,1", "2 resumed 2,3 by 3"]),
    FollowUpTests.Case(
      "the call under way sends what another one could not",
      [.fails("cd"), .underWay("abcd", 4)], ["1 unknown 0,1"]),
    FollowUpTests.Case(
      "one that ends while another one is under way sends the rest of that",
      [.sends("cd", 2), .underWay("abcd", 2)], ["2 unknown 2,3"]),
    FollowUpTests.Case(
      "another system call does", [.other("d"), .underWay("bd", 1)], ["1 unknown 1"]),
    FollowUpTests.Case(
      "it sends a part of the rest",
      [.sends("cx", 2), .underWay("abcd", 2), .sends("d", 1)],
      ["2 resumed 3 by 3", "2 unknown 2"]),
    FollowUpTests.Case(
      "what it did not send itself is its own",
      [.sends("cd", 1), .underWay("abd", 2), .sends("d", 1)],
      ["1 unknown 1", "2 resumed 2 by 3"]),
    FollowUpTests.Case(
      "one that ends on another socket while another one is under way sends the rest of that",
      [.sends("cd", 2, inode: 2), .underWay("abcd", 2), .event(.exited)], ["2 unknown 2,3"]),
    FollowUpTests.Case(
      "one under way on another socket does",
      [.sends("abcd", 2), .underWay("cd", 2, inode: 2), .event(.exited)], ["1 unknown 2,3"]),
    FollowUpTests.Case(
      "one that goes somewhere else does not",
      [.sends("CD", 2, inode: 2), .underWay("abcd", 2), .event(.exited)], ["2 abandoned 2,3"]),
    FollowUpTests.Case(
      "more than are remembered, the first of which does",
      [.sends("d", 1)] + (0..<EndedOffers.most).map { _ in .sends("x", 1) }
        + [.underWay("abcd", 2, since: 1_000_000_000)],
      ["\(EndedOffers.most + 2) unknown 2,3"]),
    FollowUpTests.Case(
      "more than are remembered, on another socket",
      (0..<EndedOffers.most + 2).map { _ in .sends("x", 1, inode: 2) }
        + [.underWay("abcd", 2, since: 1_000_000_000), .event(.exited)],
      ["\(EndedOffers.most + 3) abandoned 2,3"]),
    FollowUpTests.Case(
      "one that ended before it began is none of it",
      [.sends("cd", 2), .sends("x", 1), .sends("abcd", 2), .event(.exited)],
      ["3 abandoned 2,3"]),
    FollowUpTests.Case(
      "it has other data", [.fails("cd"), .underWay("ab", 2), .event(.exited)],
      ["1 abandoned 0,1"]),
  ]

  /// The one that may have sent them is named, whatever sent others later.
  @Test func theOneThatWasUnderWayIsNamed() {
    var scenario = Scenario()
    let steps: [Scenario.Step] = [.sends("abcde", 2), .underWay("de", 2), .sends("c", 1)]
    let found = steps.flatMap { scenario.step($0) }
    #expect(found.map(\.how) == [.resumed, .unknown])
    #expect(found.last?.why == "call 2 was under way at the same time, and has the same")
  }

  @Test(arguments: underWay) func atTheSameTime(_ example: FollowUpTests.Case) {
    var scenario = Scenario()
    #expect(scenario.play(example.steps) == example.found)
  }
}
