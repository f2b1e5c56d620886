import Records
import Testing

@testable import Analysis

/// Messages that had been sent, and stand beside what was left when that is sent.
@Suite struct SentAgainTests {
  /// Later a program may ask again for want of an answer.
  @Test(arguments: [(0, true), (100_000_000, true), (300_000_000, false), (5_000_000_000, false)])
  func aSecondTryComesAtOnce(_ example: (wait: UInt64, isSecondTry: Bool)) {
    var scenario = Scenario()
    let found =
      scenario.step(.sends("abcdef", 3)) + scenario.step(.waits(example.wait))
      + scenario.step(.sends("bcdef", 5))
    #expect(found.map(\.how) == (example.isSecondTry ? [.resentAll, .resumed] : [.resumed]))
    #expect(found.last?.messages == [3, 4, 5])
    let losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.total.resent == (example.isSecondTry ? 2 : 0) && losses.total.resumed == 3)
    #expect(
      found.last?.why.contains(
        "; with 2 that had been sent, which it may have sent again for reasons of its own")
        == !example.isSecondTry)
  }

  /// What got less far in turn, and comes at once behind that.
  @Test func aThirdTry() {
    var scenario = Scenario()
    let found = scenario.play([
      .sends("abcdef", 3), .sends("abcdef", 4), .waits(150_000_000), .sends("abcdef", 6),
    ])
    #expect(found.filter { $0.contains("resent_all") }.count == 2, "\(found)")
  }

  /// What stands before each batch is new each time; the one before the rest is sent twice.
  @Test func oneOfThemStandsBesideTheRest() {
    func found(_ next: String) -> [String] {
      var scenario = Scenario()
      return scenario.play([.sends("habcd", 3), .sends(next, next.count)])
    }
    #expect(found("hcdx") == ["1 resumed 3,4 by 2"])
    #expect(found("bcdx") == ["1 resent_all 2 by 2", "1 resumed 3,4 by 2"])
    #expect(found("habcd") == ["1 resent_all 0,1,2 by 2", "1 resumed 3,4 by 2"])
  }
}
