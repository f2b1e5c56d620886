import Records
import Testing

@testable import Analysis

/// Programs and threads that send what they, or others, have sent before.
@Suite struct RepeatedContentsTests {
  private static func found(_ steps: [(tid: Int32, step: Scenario.Step)]) -> [String] {
    var scenario = Scenario()
    return steps.flatMap { tid, step in
      scenario.tid = tid
      return scenario.play([step])
    }
  }

  /// Two threads send the same, and each goes on with its own.
  @Test func whatAnotherCallMayHaveLeftIsNotLost() {
    let found = Self.found([
      (1, .sends("aaaa", 2)), (2, .sends("aaaa", 1)), (1, .sends("aa", 2)), (2, .sends("aaa", 3)),
      (1, .event(.exited)),
    ])
    #expect(!found.contains { $0.contains("abandoned") || $0.contains("skipped") }, "\(found)")
    #expect(found.contains { $0.contains("unknown") }, "\(found)")
  }

  @Test func whatIsSharedIsSaid() {
    var scenario = Scenario()
    _ = scenario.play([.sends("abcd", 1), .sends("zzzz", 4), .fails("bcdxyz")])
    _ = scenario.play([.sends("bcdxyz", 6)])
    let found = scenario.step(.event(.exited))
    #expect(!found.contains { $0.isLoss }, "\(found)")
  }

  /// No more than went out of the same is in doubt.
  @Test func whatIsMoreThanWentOutIsLost() {
    let found = Self.found([
      (1, .sends("aaaaaaaa", 1)), (2, .sends("aaaa", 3)), (2, .sends("a", 1)), (1, .event(.exited)),
    ])
    #expect(found.contains { $0.contains("abandoned") }, "\(found)")
  }

  /// A thread that goes round a list, with batches that begin elsewhere each time.
  @Test func aRoundIsNoSecondTry() {
    let found = Self.found([
      (1, .sends("abcdefgh", 8)), (1, .sends("ijklmnop", 3)), (1, .sends("qrstabcd", 8)),
      (1, .sends("efghijkl", 8)), (1, .sends("mnopqrst", 8)), (1, .event(.exited)),
    ])
    #expect(found == ["2 unknown 3,4,5,6,7"], "\(found)")
  }

  /// Several threads whose batches are the same.
  @Test func theSameBatchOfAnotherThreadIsNoSecondTry() {
    let found = Self.found([
      (1, .sends("abcdefgh", 8)), (2, .sends("abcdefgh", 3)), (1, .sends("abcdefgh", 8)),
      (2, .event(.exited)), (1, .event(.exited)),
    ])
    #expect(found == ["2 unknown 3,4,5,6,7"], "\(found)")
  }

  /// What the call had left, and nothing else, at once.
  @Test(arguments: [["defgh"], ["d", "e", "fgh"], ["de", "fgh"]])
  func theRestAtOnceIsASecondTry(_ rest: [String]) {
    let steps: [Scenario.Step] =
      [.sends("abcdefgh", 8), .sends("abcdefgh", 3)] + rest.map { .sends($0, $0.count) }
    let found = Self.found(steps.map { (1, $0) })
    #expect(found == ["2 resumed 3,4,5,6,7 by 3"], "\(found)")
  }

  /// A heartbeat that comes again says nothing of new messages beside it.
  @Test func oneThatComesAgainIsNoRound() {
    let found = Self.found([
      (1, .sends("t", 1)), (1, .sends("abct", 4)), (1, .sends("t", 1)), (1, .sends("defg", 2)),
      (1, .sends("t", 1)), (1, .sends("defg", 4)),
    ])
    #expect(found == ["4 resent_all 0,1 by 6", "4 resumed 2,3 by 6"], "\(found)")
  }
}
