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

  /// The one at which the call stopped may be left out.
  @Test func oneOfThemStandsBeforeTheNextButOne() {
    func found(_ next: String) -> [String] {
      var scenario = Scenario()
      return scenario.play([.sends("habcd", 3), .sends(next, next.count), .event(.exited)])
    }
    #expect(found("bdx").contains("1 resent_all 2 by 2"))
    #expect(!found("adx").contains { $0.contains("resent_all") })
  }

  /// A keep-alive that the program is known to send over and over is put before the rest.
  @Test func aKeepAliveStandsBesideTheRest() {
    func found(_ steps: [Scenario.Step]) -> [String] {
      var scenario = Scenario()
      return scenario.play(steps)
    }
    let short: [Scenario.Step] = [.sends("abkcd", 3)]
    let next: [Scenario.Step] = [.sends("kcdx", 4)]
    #expect(found([.sends("kx", 2)] + short + next) == ["2 resumed 3,4 by 3"])
    // Behind others that are sent again it is one of them.
    #expect(
      found([.sends("kx", 2)] + short + [.sends("bkcd", 4)])
        == ["2 resent_all 1,2 by 3", "2 resumed 3,4 by 3"])
    #expect(found(short + next) == ["1 resent_all 2 by 2", "1 resumed 3,4 by 2"])
  }

  /// All is made again when the rest has gone out, and gets less far: nobody can say that what was
  /// left then is lost, unless it is a batch of its own.
  @Test func allIsMadeAgainBehindTheRest() {
    func found(_ steps: [Scenario.Step], readsContents: Bool = true) -> [String] {
      var scenario = Scenario()
      scenario.readsContents = readsContents
      return scenario.play(steps + [.event(.exited)]).filter { $0.hasPrefix("3") }
    }
    let rest: [Scenario.Step] = [.sends("abcd", 2), .sends("cd", 2)]
    #expect(found(rest + [.sends("abcd", 1)]) == ["3 unknown 1,2,3"])
    #expect(found(rest + [.sends("abcd", 1), .sends("bcd", 3)]) == ["3 resumed 1,2,3 by 4"])
    // New messages stand behind.
    #expect(found(rest + [.sends("abef", 1)]) == ["3 abandoned 2,3", "3 unknown 1"])
    #expect(found(rest + [.sends("aefg", 1)]) == ["3 abandoned 1,2,3"])
    for (wait, how) in [(9, "unknown"), (11, "abandoned")] as [(UInt64, String)] {
      let later = rest + [.waits(wait * 1_000_000_000), .sends("abcd", 1)]
      #expect(found(later) == ["3 \(how) 1,2,3"])
    }
    // It goes out whole now and then.
    var scenario = Scenario()
    let gauges = [.sends("abcd", 4)] + rest + [.sends("abcd", 1), .event(.exited)]
    #expect(scenario.play(gauges).last == "4 abandoned 1,2,3")
    // What the rest left is told of once.
    let part: [Scenario.Step] = [.sends("abcd", 2), .sends("cd", 1), .sends("abcd", 1)]
    #expect(found(part) == ["3 abandoned 3", "3 unknown 1"])
  }
}
