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

  /// Nobody is left to send what had not been sent so far.
  @Test func theEndIsFinal() {
    var scenario = Scenario()
    _ = scenario.play([.sends("abc", 1), .sends("x", 1), .waits(11_000_000_000)])
    #expect(scenario.tracker.losses(scenario.totals).total.droppedSoFar == 2)
    _ = scenario.play([.event(.exited)])
    let losses = scenario.tracker.losses(scenario.totals)
    #expect((losses.total.dropped, losses.total.droppedSoFar) == (2, 0))
    #expect(losses.rows.map(\.counts.droppedSoFar) == [0])
    #expect(losses.sentences.first?.hasPrefix("app did not send 2 datagrams by sendmmsg: ") == true)
  }

  /// Another program may have the socket from it, and so may its children.
  @Test func soIsTheEndOfTheLastHeir() {
    var scenario = Scenario()
    _ = scenario.play([
      .event(.started, comm: "app"), .event(.forked, pid: 2, parent: 1), .sends("abc", 1),
      .event(.exec, pid: 2, comm: "heir"), .event(.forked, pid: 3, parent: 2), .event(.exited),
    ])
    func soFar() -> UInt64 { scenario.tracker.losses(scenario.totals).total.droppedSoFar }
    #expect(soFar() == 2)
    _ = scenario.play([.event(.killed, pid: 2)])
    #expect(soFar() == 2)
    _ = scenario.play([.event(.exited, pid: 3)])
    #expect(soFar() == 0)
    #expect(
      scenario.tracker.losses(scenario.totals).sentences.first?.hasPrefix(
        "app did not send 2 datagrams by sendmmsg: it ended with the rest of 1 call not sent")
        == true
    )
  }

  /// Of a message that UDP cuts some datagrams are sent after it was told of as lost so far.
  @Test func lateDatagramsAreNotLost() {
    typealias Sketch = Scenario.Sketch
    let texts = "ABCDEFGHIJ".map { String(repeating: $0, count: 8) }
    var scenario = Scenario()
    scenario.readsContents = true
    _ = scenario.play([
      .offers([Sketch("firstfirst"), Sketch(texts.joined(), segment: 8)], 1), .sends("x", 1),
      .waits(11_000_000_000),
    ])
    #expect(scenario.tracker.losses(scenario.totals).total.droppedBytes == 80)
    _ = scenario.play([.offers(texts.prefix(3).map { Sketch($0) }, 3), .event(.exited)])
    let losses = scenario.tracker.losses(scenario.totals)
    #expect((losses.total.dropped, losses.total.droppedBytes) == (1, 56))
    #expect(losses.rows.map(\.counts.droppedBytes) == [56])
    #expect(
      losses.sentences.first?.hasPrefix(
        "app did not send 7 datagrams of 1 message by sendmmsg: ") == true)
  }

  /// More messages than are followed: those behind are in no number, which is said.
  @Test func whatIsNotFollowedIsSaid() {
    var scenario = Scenario()
    _ = scenario.play([.capped(rest: "ab", vlen: 20000), .event(.exited)])
    let losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.total.dropped == 15360)
    #expect(
      losses.sentences.first?.contains("; messages from 16384 on of 1 call are in no number")
        == true)
    scenario = Scenario()
    _ = scenario.play([.capped(rest: "ab", vlen: 16384), .event(.exited)])
    #expect(
      scenario.tracker.losses(scenario.totals).sentences.first?.contains("in no number") == false)
  }

  @Test func overTheCap() {
    var scenario = Scenario()
    for vlen in [UInt32(4000), 2976, 1952] { _ = scenario.play([.capped(rest: "", vlen: vlen)]) }
    _ = scenario.play([.event(.exited)])
    let counts = scenario.tracker.losses(scenario.totals).total
    #expect((counts.unknown, counts.dropped, counts.resumed) == (2048, 928, 0))
  }
}
