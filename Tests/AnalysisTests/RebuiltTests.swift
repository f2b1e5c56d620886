import Records
import Testing

@testable import Analysis

/// Protocols that number or encrypt what they send make other bytes of what they send again.
/// Letters up to `v` are as long as each other.
@Suite struct RebuiltTests {
  private typealias Case = FollowUpTests.Case

  static let cases: [FollowUpTests.Case] = [
    Case(
      "all that was left", [.sends("abcd", 2), .sends("ef", 2), .event(.exited)], ["1 unknown 2,3"]),
    Case(
      "one by one, and more behind",
      [.sends("abcd", 2), .sends("e", 1), .sends("f", 1), .sends("x", 1), .event(.exited)],
      ["1 unknown 2,3"]),
    Case(
      "to another server", [.sends("abcd", 2), .sends("EF", 2), .event(.exited)],
      ["1 unknown 2,3"]),
    Case(
      "all but what failed", [.sends("abcd", 1), .sends("ef", 2), .sends("x", 1), .event(.exited)],
      ["1 abandoned 1 by 2", "1 unknown 2,3"]),
    Case(
      "one alone, as long as others", [.sends("abc", 2), .sends("e", 1), .event(.exited)],
      ["1 unknown 2"]),
    Case(
      "one for another", [.sends("abc", 2), .sends("E", 1), .event(.exited)],
      ["1 abandoned 2 by 2"]),
    Case(
      "one beside another", [.sends("abc", 2), .sends("ex", 2), .event(.exited)],
      ["1 abandoned 2 by 2"]),
    Case(
      "one behind another", [.sends("abc", 2), .sends("x", 1), .sends("e", 1), .event(.exited)],
      ["1 abandoned 2 by 2"]),
    Case(
      "one that failed alone", [.fails("a"), .sends("e", 1), .event(.exited)],
      ["1 abandoned 0 by 2"]),
    Case(
      "as long as no other of its call", [.sends("abx", 2), .sends("y", 1), .event(.exited)],
      ["1 unknown 2"]),
    Case(
      "the only other one is shorter", [.sends("ax", 1), .sends("y", 1), .event(.exited)],
      ["1 unknown 1"]),
    Case(
      "one that was tried in between",
      [.sends("abc", 2), .fails("e"), .fails("f"), .sends("g", 1), .event(.exited)],
      ["1 unknown 2", "2 unknown 0", "3 unknown 0"]),
    Case(
      "by another process",
      [
        .event(.forked, pid: 2, parent: 1), .sends("abcd", 2), .sends("ef", 2, pid: 2),
        .event(.exited), .event(.exited, pid: 2),
      ], ["1 abandoned 2,3 by 2"]),
    Case(
      "while another process sends as well",
      [
        .event(.forked, pid: 2, parent: 1), .sends("abcd", 2), .sends("x", 1, pid: 2),
        .sends("ef", 2), .event(.exited), .event(.exited, pid: 2),
      ], ["1 unknown 2,3"]),
    Case(
      "more of them", [.sends("abcd", 2), .sends("efg", 3), .event(.exited)],
      ["1 abandoned 2,3 by 2"]),
    Case(
      "behind others", [.sends("abcd", 2), .sends("x", 1), .sends("ef", 2), .event(.exited)],
      ["1 abandoned 2,3 by 2"]),
    Case(
      "on another socket", [.sends("abcd", 2), .sends("ef", 2, inode: 2), .event(.exited)],
      ["1 unknown 2,3"]),
    Case(
      "on another socket, one by one beside others",
      [
        .sends("abcd", 2), .sends("xx", 2, inode: 3), .sends("e", 1, inode: 2),
        .sends("x", 1, inode: 3), .sends("f", 1, inode: 2), .event(.exited),
      ], ["1 unknown 2,3"]),
    Case(
      "not the first on that socket",
      [
        .sends("abcd", 2), .sends("e", 1, inode: 2), .sends("xx", 2, inode: 2),
        .event(.exited),
      ], ["1 abandoned 2,3"]),
    Case(
      "what is sent again is known", [.sends("abcd", 2), .sends("ab", 2), .event(.exited)],
      ["1 abandoned 2,3 by 2"]),
  ]

  @Test(arguments: cases) func followsUp(_ example: FollowUpTests.Case) {
    var scenario = Scenario()
    #expect(scenario.play(example.steps) == example.found)
  }

  /// Where UDP_SEGMENT is refused the program cuts it itself.
  @Test func datagramsOfOne() {
    func found(_ next: [Scenario.Sketch]) -> [String] {
      var scenario = Scenario()
      let left = Scenario.Sketch("aaaabbbbcc", segment: 4)
      return scenario.play([
        .offers([Scenario.Sketch("first"), left], 1), .offers(next, next.count), .event(.exited),
      ])
    }
    let pieces = ["dddd", "eeee", "ff"].map { Scenario.Sketch($0) }
    #expect(found(pieces) == ["1 unknown 1"])
    #expect(found(Array(pieces.dropLast())) == ["1 abandoned 1 by 2"])
    #expect(found([Scenario.Sketch("ddddeeeeff", segment: 4)]) == ["1 unknown 1"])
    #expect(found([Scenario.Sketch("ddddeeeeff", segment: 3)]) == ["1 abandoned 1 by 2"])
  }

  /// Lengths that are unlike each other, in their order among others.
  @Test func newOnesAmongThem() {
    func found(_ lengths: [Int], inode: UInt64 = 1) -> [String] {
      var scenario = Scenario()
      func texts(_ lengths: [Int], _ letter: Character) -> [Scenario.Sketch] {
        lengths.map { Scenario.Sketch(String(repeating: letter, count: $0)) }
      }
      return scenario.play([
        .offers(texts([20, 20, 30, 40], "a"), 2),
        .offers(texts(lengths, "b"), lengths.count, inode: inode), .event(.exited),
      ])
    }
    for inode: UInt64 in [1, 2] {
      #expect(found([50, 30, 20, 40], inode: inode) == ["1 unknown 2,3"])
    }
    #expect(found([50, 40, 20, 30]) == ["1 abandoned 2,3 by 2"])
    #expect(found([50, 30, 20, 50]) == ["1 abandoned 2,3 by 2"])
  }

  @Test func anotherThreadSendsItsOwn() {
    var scenario = Scenario()
    var found = scenario.play([.sends("abcd", 2)])
    scenario.tid = 2
    found += scenario.play([.sends("ef", 2, inode: 2), .event(.exited)])
    #expect(found == ["1 abandoned 2,3"])
  }

  @Test func theSendsAreNamed() {
    var scenario = Scenario()
    var found = scenario.step(.sends("abcd", 2)) + scenario.step(.sends("e", 1))
    found += scenario.step(.sends("f", 1)) + scenario.step(.event(.exited))
    #expect(
      found.map(\.why) == [
        "call 2 and those right behind it have as many of the same lengths, which may be these,"
          + " rebuilt"
      ])
    let losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.total.dropped == 0 && losses.total.unknown == 2 && losses.sentences.isEmpty)
  }

  /// It is waited on: they may come as they were.
  @Test func theyComeAsTheyWere() {
    var scenario = Scenario()
    var found = scenario.play([.sends("abcd", 2)])
    for _ in 0..<70 { found += scenario.play([.sends("e", 1)]) }
    found += scenario.play([.waits(2_000_000_000), .sends("f", 1), .sends("cd", 2)])
    #expect(found == ["1 resumed 2,3 by 73"])
  }
}
