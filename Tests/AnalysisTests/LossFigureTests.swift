import Records
import Testing

@testable import Analysis

/// Each message counts once in each figure, however often it is left unsent.
@Suite struct LossFigureTests {
  private static func losses(_ steps: [Scenario.Step]) -> Losses.Counts {
    var scenario = Scenario()
    _ = scenario.play(steps + [.event(.exited)])
    return scenario.tracker.losses(scenario.totals).total
  }

  @Test func takenUpInManySteps() {
    let counts = Self.losses(
      [.sends("abcdefgh", 2), .sends("cdefgh", 1), .sends("defgh", 0), .sends("defgh", 2)]
        + [.sends("fghij", 2), .sends("hij", 1)])
    #expect((counts.resumed, counts.dropped, counts.unknown) == (6, 2, 0))
  }

  @Test func takenUpAndLostInTheEnd() {
    let counts = Self.losses([.sends("abcdef", 2), .sends("cdef", 1), .sends("def", 1)])
    #expect((counts.resumed, counts.dropped) == (2, 2))
  }

  @Test func sentAgainTwice() {
    let counts = Self.losses([.sends("abcdef", 2), .sends("abcdef", 3), .sends("abcdef", 6)])
    #expect((counts.resent, counts.resumed, counts.dropped) == (3, 4, 0))
  }

  /// It had been left unsent by the call, and taken up by another one.
  @Test func sentAgainAfterItWasTakenUp() {
    var scenario = Scenario()
    let found = scenario.play([.sends("abcd", 1), .sends("bc", 2), .sends("cd", 2)])
    #expect(found == ["1 resent_all 2 by 3", "1 resumed 1,2,3 by 2"])
    let counts = scenario.tracker.losses(scenario.totals).total
    #expect((counts.resent, counts.resumed) == (1, 3))
  }

  /// What may as well be new is not said to be the same.
  @Test func ofUnknownFate() {
    let counts = Self.losses((0..<10).map { _ in .sends("tttttttt", 1) })
    #expect((counts.unknown, counts.dropped, counts.resumed) == (63, 7, 0))
  }

  /// What could not be read is likely the same.
  @Test func ofUnreadOnes() {
    let counts = Self.losses([.sends("abcdefgh", 2), .sends("????", 1), .event(.exited)])
    #expect((counts.unknown, counts.dropped, counts.resumed) == (3, 3, 0))
  }

  @Test func overTheCap() {
    var scenario = Scenario()
    for vlen in [UInt32(4000), 2976, 1952] { _ = scenario.play([.capped(rest: "", vlen: vlen)]) }
    _ = scenario.play([.event(.exited)])
    let counts = scenario.tracker.losses(scenario.totals).total
    #expect((counts.unknown, counts.dropped, counts.resumed) == (2048, 928, 0))
  }
}
