import Records
import Testing

@testable import Analysis

/// What follows right behind a call, where much happens at once.
@Suite struct RightBehindTests {
  /// Two that fail one after the other, each left out: what stands behind them follows.
  @Test func behindSeveralThatFailed() {
    var scenario = Scenario()
    #expect(
      scenario.play([.sends("abcd", 1), .fails("bcd"), .fails("cd"), .sends("d", 1)]).isEmpty)
    #expect(scenario.play([.event(.exited)]) == ["1 resumed 3 by 4", "1 skipped 1,2 by 4"])
  }

  /// Where they did not fail, it may be new data that is the same.
  @Test func behindSomeThatWereNotTried() {
    var scenario = Scenario()
    _ = scenario.play([.sends("abcd", 1), .sends("d", 1), .event(.exited)])
    #expect(scenario.tracker.losses(scenario.totals).total.resumed == 0)
  }

  /// What other threads send meanwhile stands between for these alone.
  @Test func whatOtherThreadsSend() {
    var scenario = Scenario()
    let theirs = Scenario.Step.sends("xyz", 3, pid: 2)
    #expect(scenario.play([.sends("ab", 1), theirs, .sends("b", 1)]) == ["1 resumed 1 by 3"])
    #expect(
      scenario.play([.sends("cd", 1), .sends("w", 1), .sends("d", 1)]) == ["4 unknown 1"])
  }
}
