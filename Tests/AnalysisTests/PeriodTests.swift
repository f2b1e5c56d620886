import Records
import Testing

@testable import Analysis

/// Programs that send the same batch again and again: the next one is no second try of the last.
@Suite struct PeriodTests {
  /// Gauges of one period; the last ones may have changed.
  private static func gauges(_ sent: Int, changed: Int = 0) -> Scenario.Step {
    let all = (0..<8).map { Scenario.Sketch("gauge.\($0):\($0 >= 6 ? changed : 0)|g") }
    return .offers(all, sent)
  }

  private static let pause = Scenario.Step.waits(20_000_000)

  private static func begun(_ periods: Int = 3) -> Scenario {
    var scenario = Scenario()
    for period in 0..<periods { _ = scenario.play([gauges(8, changed: period), pause]) }
    return scenario
  }

  @Test(arguments: [0, 1, 5]) func theNextOneIsNoSecondTry(_ sent: Int) {
    var scenario = Self.begun()
    let found = scenario.play([
      Self.gauges(sent, changed: 3), Self.pause, Self.gauges(8, changed: 4), .event(.exited),
    ])
    let losses = scenario.tracker.losses(scenario.totals)
    #expect((losses.total.resumed, losses.total.resent) == (0, 0), "\(found)")
    #expect(losses.total.unknown > 0)
  }

  /// Each of several periods that fail has lost its own.
  @Test func whatFailsEachTimeIsLostEachTime() {
    var scenario = Self.begun()
    _ = scenario.play([
      Self.gauges(0), Self.pause, Self.gauges(0), Self.pause, Self.gauges(0), .event(.exited),
    ])
    #expect(scenario.tracker.losses(scenario.totals).total.dropped == 24)
  }

  /// Much sooner than the next one, and right behind: the same again is a second try.
  @Test func atOnceItIsASecondTry() {
    var scenario = Self.begun()
    let found = scenario.play([Self.gauges(0), Self.gauges(8)])
    #expect(found == ["4 resumed 0,1,2,3,4,5,6,7 by 5"])
  }

  /// Nothing but a second try begins where the count says.
  @Test func fromTheCountItIsASecondTry() {
    var scenario = Self.begun()
    let rest = (5..<8).map { Scenario.Sketch("gauge.\($0):0|g") }
    let found = scenario.play([Self.gauges(5), Self.pause, .offers(rest, 3)])
    #expect(found == ["4 resumed 5,6,7 by 5"])
  }

  /// Where each falls short, the pace of those before tells that the next one is no second try.
  @Test func eachOneFallsShort() {
    var scenario = Scenario()
    var found: [String] = []
    for period in 0..<5 { found += scenario.play([Self.gauges(3, changed: period), Self.pause]) }
    found += scenario.play([.event(.exited)])
    // Of the first one nothing is known that it repeats.
    #expect(!found.contains { $0.contains("res") && !$0.hasPrefix("1 ") }, "\(found)")
    #expect(scenario.tracker.losses(scenario.totals).total.unknown > 0)
  }

  /// What comes as slowly as a clock ticks, each message in its place, may be the first of its kind.
  @Test func thePaceBegins() {
    func found(_ sent: [Int], pause: Bool = true, changed: Int = 0) -> [String] {
      var scenario = Scenario()
      return sent.enumerated().flatMap { index, sent in
        scenario.play([Self.gauges(sent, changed: index * changed)] + (pause ? [Self.pause] : []))
      } + scenario.play([.event(.exited)])
    }
    let again = ["1 resent_all 0,1,2,3,4 by 2", "1 resumed 5,6,7 by 2"]
    #expect(found([5, 8], pause: false) == again)
    #expect(found([5, 8]) == ["1 unknown 5,6,7"])
    #expect(found([5, 8], changed: 1) == ["1 abandoned 6,7 by 2", "1 unknown 5"])
    // What it gets less far with was sent before, if it was a second try.
    #expect(found([5, 3]) == ["1 unknown 5,6,7", "2 abandoned 5,6,7", "2 unknown 3,4"])
    // Its program is known to try again.
    #expect(found([0, 5]) == ["1 resumed 0,1,2,3,4,5,6,7 by 2", "2 abandoned 5,6,7"])
    var scenario = Scenario()
    let third = scenario.play([Self.gauges(3), Self.gauges(5), Self.pause, Self.gauges(8)])
    #expect(third.contains("2 resent_all 0,1,2,3,4 by 3"), "\(third)")
    // Nor is what is in other places, or more or fewer.
    let rest = (4..<8).map { Scenario.Sketch("gauge.\($0):0|g") }
    scenario = Scenario()
    #expect(
      scenario.play([Self.gauges(5), Self.pause, .offers(rest, 4)])
        == ["1 resent_all 4 by 2", "1 resumed 5,6,7 by 2"])
  }

  /// Without a pause each is another try.
  @Test func oneThatIsTriedUntilItIsOut() {
    var scenario = Scenario()
    let found = scenario.play([
      Self.gauges(3), Self.gauges(4), Self.gauges(6), Self.gauges(8), .event(.exited),
    ])
    #expect(!found.contains { $0.contains("unknown") || $0.contains("abandoned") }, "\(found)")
  }

  /// What stands behind the message that is refused each time has been sent: the same from its
  /// start is the next period, however soon it comes.
  @Test(arguments: [0, 20_000_000, 300_000_000] as [UInt64]) func behindTheRest(_ wait: UInt64) {
    for failed in [0, 3] {
      var scenario = Scenario()
      let all = "abcdefgh"
      let rest = String(all.dropFirst(failed + 1))
      var found: [String] = []
      for _ in 0..<5 {
        let first: Scenario.Step = failed == 0 ? .fails(all, 22) : .sends(all, failed)
        found += scenario.play([first, .sends(rest, rest.count), .waits(wait)])
      }
      found += scenario.play([.event(.exited)])
      #expect(!found.contains { $0.contains("resent_all") }, "\(found)")
      let losses = scenario.tracker.losses(scenario.totals)
      #expect(losses.total.dropped == 5, "\(found)")
      // Without a pause what is behind may be new data that is the same.
      if wait > 0 { #expect(losses.total.unknown == 0, "\(found)") }
      #expect(losses.sentences.first?.contains("ignored the count") == false, "\(losses)")
    }
  }

  /// A batch that never went out before is nobody's next one.
  @Test func theFirstOfItsKind() {
    var scenario = Scenario()
    let found = scenario.play([Self.gauges(0), Self.pause, Self.gauges(8)])
    #expect(found == ["1 resumed 0,1,2,3,4,5,6,7 by 2"])
  }

  /// What may be in the next one, cut, joined or not to be told, is of unknown fate as well.
  @Test func allThatTheNextOneMayHaveIsTaken() {
    var match = UnsentTail.Match(used: [false, false, false])
    match.pending = match.pair([5], [2], isSure: true)
    match.pieces = [(DatagramPosition(message: 6, datagram: 1), 1)]
    match.possible = [7]
    let taken = match.takeAll(sent: 2)
    #expect(taken.map(\.message) == [6, 7] && match.unsent.isEmpty)
  }
}
