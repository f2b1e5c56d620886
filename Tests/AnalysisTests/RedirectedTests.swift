import Records
import Testing

@testable import Analysis

/// What was left unsent, and goes to another destination: capitals are the same for another.
@Suite struct RedirectedTests {
  private typealias Case = FollowUpTests.Case

  static let cases: [FollowUpTests.Case] = [
    Case(
      "to another receiver, on the same socket",
      [.sends("abcd", 2), .sends("CD", 2), .event(.exited)], ["1 unknown 2,3"]),
    Case(
      "some of it", [.sends("abcd", 1), .sends("Cx", 2), .event(.exited)],
      ["1 abandoned 1,3 by 2", "1 unknown 2"]),
    Case(
      "all of it", [.sends("abcd", 2), .sends("ABCD", 4), .event(.exited)], ["1 unknown 2,3"]),
    Case(
      "all of it one by one",
      [.sends("abc", 2), .sends("A", 1), .sends("C", 1), .event(.exited)], ["1 unknown 2"]),
    Case(
      "all of it to two more",
      [.sends("abcd", 2), .sends("ABCD", 4), .sends("ABCD", 4)]
        + [.event(.exited)], ["1 unknown 2,3"]),
    Case(
      "copies, of a program that sends such",
      [.sends("efgh", 4), .sends("EFGH", 4), .sends("abcd", 2), .sends("ABCD", 4)]
        + [.event(.exited)], ["3 abandoned 2,3 by 4"]),
    Case(
      "what was sent to both long before",
      [.sends("efgh", 4), .waits(200_000_000), .sends("EFGH", 4), .sends("abcd", 2)]
        + [.sends("ABCD", 4), .event(.exited)], ["3 unknown 2,3"]),
    Case(
      "another socket for all",
      [.sends("abcd", 2), .sends("ABCD", 4, inode: 2), .event(.exited)], ["1 unknown 2,3"]),
    Case(
      "others of the call are the same", [.sends("abb", 1), .sends("B", 1), .event(.exited)],
      ["1 abandoned 1,2 by 2"]),
    Case(
      "the call has it for both", [.sends("abB", 1), .sends("B", 1), .event(.exited)],
      ["1 resumed 2 by 2", "1 skipped 1 by 2"]),
    Case(
      "then to the receiver itself", [.sends("abcd", 2), .sends("CD", 2), .sends("cd", 2)],
      ["1 resumed 2,3 by 3"]),
    Case(
      "it fails there", [.sends("abcd", 2), .fails("CD"), .sends("x", 1), .event(.exited)],
      ["1 abandoned 2,3 by 3", "2 abandoned 0,1 by 3"]),
  ]

  @Test(arguments: cases) func followsUp(_ example: FollowUpTests.Case) {
    var scenario = Scenario()
    #expect(scenario.play(example.steps) == example.found)
  }

  /// A program that sends copies may turn to another socket once it has closed the first.
  @Test func aMirrorThatClosedItsSocket() {
    for (isOpen, found) in [(true, "3 abandoned 2,3"), (false, "3 unknown 2,3")] {
      var settings = FollowUpTracker.Settings()
      settings.isOpen = { _, _ in isOpen }
      var scenario = Scenario(settings)
      #expect(
        scenario.play(
          [.sends("efgh", 4), .sends("EFGH", 4), .sends("abcd", 2)]
            + [.sends("ABCD", 4, inode: 2), .event(.exited)]) == [found])
    }
  }

  @Test func theSendIsNamed() {
    var scenario = Scenario()
    var found = scenario.step(.sends("abc", 1)) + scenario.step(.sends("BC", 2))
    found += scenario.step(.event(.exited))
    #expect(found.map(\.why) == ["call 2 has the same for another destination"])
  }

  /// Messages that begin alike are told apart by all of their bytes, and one at a time as well.
  @Test(arguments: [[5, 1], [6], [1, 1, 1, 1, 1, 1]]) func messagesThatBeginAlike(_ parts: [Int]) {
    let there = Scenario.Sketch.inet(0x7f00_0001, port: 2000)
    func text(_ number: Int) -> String { String(repeating: "-", count: 40) + "\(number)" }
    for readsContents in [true, false] {
      var scenario = Scenario()
      scenario.readsContents = true
      var found = scenario.step(.offers((0..<8).map { Scenario.Sketch(text($0)) }, 2))
      // Later sends are not read as a whole for ever.
      scenario.readsContents = readsContents
      var next = 2
      for count in parts {
        let part = (next..<next + count).map { Scenario.Sketch(text($0), to: there) }
        found += scenario.step(.offers(part, count))
        next += count
      }
      found += scenario.step(.event(.exited))
      #expect(found.map(\.messages) == [Array(2..<8)])
      #expect(found.map(\.how) == [.unknown])
    }
  }

  /// A message that UDP would cut goes there as the datagrams that it would have become.
  @Test func datagramsOfOne() {
    let there = Scenario.Sketch.inet(0x7f00_0001, port: 2000)
    let cut = Scenario.Sketch("eight by|and more|end", segment: 9)
    let all = ["eight by|", "and more|", "end"].map { Scenario.Sketch($0, to: there) }
    func found(_ steps: [Scenario.Step], of left: [Scenario.Sketch] = [cut]) -> [String] {
      var settings = FollowUpTracker.Settings()
      settings.payloadLimit = 4
      var scenario = Scenario(settings)
      scenario.readsContents = true
      return scenario.play([.offers([Scenario.Sketch("first")] + left, 1)] + steps)
    }
    let end = Scenario.Step.event(.exited)
    let behind = ["behind it", "and behind that"].map { Scenario.Sketch($0) }
    #expect(found([.offers(all, 3), end]) == ["1 unknown 1"])
    #expect(found([.offers([all[1]], 1), .offers([all[0]], 1), end]) == ["1 unknown 1"])
    #expect(
      found([.offers(all + behind, 5), end], of: [cut] + behind)
        == ["1 resumed 2,3 by 2", "1 unknown 1"])
    // Few bytes are like others by chance.
    #expect(found([.offers([all[2]], 1), end]) == ["1 abandoned 1 by 2"])
    let other = Scenario.Sketch("eight by+", to: there)
    #expect(found([.offers([other], 1), end]) == ["1 abandoned 1 by 2"])
    // In vain.
    #expect(found([.offers(all, 0), end]).contains("1 abandoned 1"))
    // And joined.
    let left = ["eight by|", "and more|"].map { Scenario.Sketch($0) }
    let joined = Scenario.Sketch("eight by|and more|", to: there, segment: 9)
    #expect(found([.offers([joined], 1), end], of: left) == ["1 unknown 1,2"])
  }

  /// Short messages are like others by chance, so that copies of them say nothing of the others.
  @Test func shortMessages() {
    let there = Scenario.Sketch.inet(0x7f00_0001, port: 2000)
    for (text, isCopied, how) in [
      ("seven b", false, FollowUp.How.unknown), ("seven b", true, .unknown),
      ("eight by", false, .unknown), ("eight by", true, .unknown),
    ] {
      var scenario = Scenario()
      var found = scenario.step(.offers([Scenario.Sketch("first"), Scenario.Sketch(text)], 1))
      if isCopied { found += scenario.step(.offers([Scenario.Sketch("first", to: there)], 1)) }
      found += scenario.step(.offers([Scenario.Sketch(text, to: there)], 1))
      found += scenario.step(.event(.exited))
      #expect(found.map(\.how) == [how])
    }
  }
}
