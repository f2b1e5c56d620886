import Records
import Testing

@testable import Analysis

/// What begins like a message that was left unsent, and comes when no more than that is read.
@Suite struct LookalikeTests {
  private typealias Sketch = Scenario.Sketch

  private static func offers(_ texts: [String], _ sent: Int) -> Scenario.Step {
    .offers(texts.map { Sketch($0) }, sent)
  }

  /// A call that leaves three messages unsent, and `count` sends that begin like them, the first
  /// one longer, and are read as a whole. Four bytes of each message are kept.
  private static func begun(_ count: Int) -> Scenario {
    var settings = FollowUpTracker.Settings()
    settings.payloadLimit = 4
    var scenario = Scenario(settings)
    scenario.readsContents = true
    _ = scenario.play([offers(["head-0", "head-1", "head-2", "head-3"], 1)])
    for number in 0..<count {
      _ = scenario.play([offers([number == 0 ? "head-longer" : "head-x"], 1)])
    }
    return scenario
  }

  private static let next = offers(["head-7", "head-8", "head-9"], 3)
  private static let rest = offers(["head-1", "head-2", "head-3"], 3)

  @Test func itTakesNothingBack() {
    var scenario = Self.begun(64)
    #expect(scenario.play([.waits(2_000_000_000)]) == ["1 abandoned 1,2,3 by 2"])
    scenario.readsContents = false
    #expect(scenario.play([Self.next, .event(.exited)]).isEmpty)
    let losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.total.dropped == 3 && losses.total.droppedSoFar == 3)
  }

  @Test func whatIsTheSameDoes() {
    var scenario = Self.begun(64)
    _ = scenario.play([.waits(2_000_000_000)])
    #expect(scenario.play([Self.next, Self.rest]) == ["1 resumed 1,2,3 by 67"])
  }

  @Test func itEndsTheWaiting() {
    var scenario = Self.begun(70)
    scenario.readsContents = false
    let found = scenario.step(Self.next)
    #expect(found.map(\.how) == [.abandoned] && found.map(\.isFinal) == [false])
    #expect(
      found.first?.why
        == "not by sendmmsg: 70 sends, from call 2 on, had other data; later sends begin alike,"
        + " and were not read as a whole; call 72 was not searched for bytes of them: not all of it"
        + " was read")
    #expect(scenario.play([Self.next, .event(.exited)]).isEmpty)
    #expect(scenario.tracker.losses(scenario.totals).total.dropped == 3)
  }

  /// Nothing was compared as a whole before.
  @Test func itIsNotKnown() {
    var scenario = Self.begun(0)
    scenario.readsContents = false
    #expect(scenario.play([Self.next]) == ["1 unknown 1,2,3"])
  }

  /// Nor is it another try of what was left: what it loses is its own.
  @Test func itIsNoFurtherTry() {
    var scenario = Self.begun(70)
    scenario.readsContents = false
    #expect(
      scenario.play([
        .offers(["head-7", "head-8"].map { Sketch($0) }, 1), .event(.exited),
      ]) == ["1 abandoned 1,2,3 by 2", "72 abandoned 1"])
  }

  @Test func elsewhereItCouldNotBeCompared() {
    var scenario = Self.begun(1)
    scenario.readsContents = false
    let next = Scenario.Step.offers(
      ["head-1", "head-2", "head-3"].map { Sketch($0) }, 3, inode: 2)
    let found = scenario.step(next) + scenario.step(.event(.exited))
    #expect(found.map(\.how) == [.abandoned] && found.map(\.isFinal) == [false])
  }

  /// Calls of one message, some of which the queue had no room for, sent as they were in order
  /// behind others.
  private static func single(
    _ contents: String, before: [Scenario.Step] = [], wait: UInt64 = 0
  ) -> [String] {
    var scenario = Scenario()
    scenario.readsContents = true
    _ = scenario.play(before)
    let found = scenario.play([
      offers([contents], 0), offers(["event 8: disk"], 0), .waits(wait),
      offers(["something new"], 1), offers([contents], 1), offers(["event 8: disk"], 1),
    ])
    return found.filter { $0.hasPrefix("\(before.count + 1) ") }
  }

  @Test func theOnlyOneOfItsKind() {
    #expect(Self.single("event 7: full") == ["1 resumed 0 by 4"])
    // It may be the next of the like: what was sent before, what is too little to tell, and what
    // comes late.
    let before = [Self.offers(["event 7: full"], 1)]
    #expect(Self.single("event 7: full", before: before) == ["2 unknown 0"])
    #expect(Self.single("ping") == ["1 unknown 0"])
    #expect(Self.single("event 7: full", wait: 300_000_000) == ["1 unknown 0"])
    // Of which only the first bytes were read.
    let long = String(repeating: "event 7: full ", count: 4)
    #expect(Self.single(long) == ["1 resumed 0 by 4"])
    #expect(Self.single(long, before: [Self.offers([long], 1)]) == ["2 unknown 0"])
  }
}
