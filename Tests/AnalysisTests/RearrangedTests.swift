import Records
import Testing

@testable import Analysis

/// What was left, sent in another order: all of it, each message once.
@Suite struct RearrangedTests {
  private typealias Sketch = Scenario.Sketch

  private static func offers(_ numbers: [Int], sent: Int? = nil, _ text: String = "message ")
    -> Scenario.Step
  {
    .offers(numbers.map { Sketch("\(text)\($0)") }, sent ?? numbers.count)
  }

  /// What follows a call that left messages 2 to 5 of six, one send for each of these.
  private static func found(_ sends: [[Int]], _ text: String = "message ") -> [String] {
    var scenario = Scenario()
    return scenario.play(
      [offers(Array(0..<6), sent: 2, text)] + sends.map { offers($0, text) } + [.event(.exited)])
  }

  @Test func allOfItOnceIsTheRest() {
    #expect(Self.found([[5], [4], [3], [2]]) == ["1 resumed 2,3,4,5 by 2"])
    #expect(Self.found([[5, 4], [3, 2]]) == ["1 resumed 2,3,4,5 by 2"])
    #expect(Self.found([[4], [2, 5], [3]]) == ["1 resumed 2,3,4,5 by 2"])
    // But for the one that failed by itself.
    #expect(Self.found([[5], [4], [3]]) == ["1 resumed 3,4,5 by 2", "1 skipped 2 by 2"])
  }

  @Test func theReasonSaysSo() {
    var scenario = Scenario()
    let found = [Self.offers(Array(0..<6), sent: 2), Self.offers([5]), Self.offers([4, 3, 2])]
      .flatMap { scenario.step($0) }
    #expect(
      found.map(\.why) == [
        "by 2 sends, the first call 2, the last call 3; in another order, each once"
      ])
  }

  @Test func lessMayBeNewData() {
    #expect(
      Self.found([[5], [4]]) == ["1 abandoned 2,3", "1 unknown 4,5"])
  }

  /// Programs that send the same over and over.
  @Test func whatComesRoundMayBeNewData() {
    #expect(Self.found([[5], [4], [5], [3], [2]]).contains { $0.hasPrefix("1 unknown") })
    #expect(Self.found([[5], [5, 4], [3], [2]]).contains { $0.hasPrefix("1 unknown") })
    #expect(Self.found([[5, 5], [4], [3], [2]]).contains { $0.hasPrefix("1 unknown") })
    // The call had sent that.
    #expect(Self.found([[5], [0], [4], [3], [2]]).contains { $0.hasPrefix("1 unknown") })
  }

  /// Too few bytes to tell it from others.
  @Test func soMayShortOnes() {
    #expect(Self.found([[5], [4], [3], [2]], "m").contains { $0.hasPrefix("1 unknown") })
  }

  /// What that send did not send is its own matter.
  @Test func whatFallsShortInTurn() {
    var scenario = Scenario()
    #expect(
      scenario.play([
        Self.offers(Array(0..<6), sent: 2), Self.offers([5]), Self.offers([4, 3], sent: 1),
        Self.offers([3]), Self.offers([2]), .event(.exited),
      ]) == ["3 resumed 1 by 4", "1 resumed 2,3,4,5 by 2"])
    let counts = scenario.tracker.losses(scenario.totals).total
    #expect((counts.resumed, counts.dropped, counts.unknown) == (4, 0, 0))
  }
}
