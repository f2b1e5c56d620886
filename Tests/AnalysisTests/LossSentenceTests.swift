import Records
import Testing

@testable import Analysis

/// What is said of a program in the end, to be put into a bug report.
@Suite struct LossSentenceTests {
  private typealias Sketch = Scenario.Sketch
  private static let looked =
    " (sendfile, splice, pwritev2 and io_uring were not looked at)"
  private static let lookedAtOne = " (sends by other calls than sendmmsg were not looked at)"

  private static func sentences(
    _ steps: [Scenario.Step], readsContents: Bool = false, seesOtherSends: Bool = true
  ) -> [String] {
    var settings = FollowUpTracker.Settings()
    settings.seesOtherSends = seesOtherSends
    var scenario = Scenario(settings)
    scenario.readsContents = readsContents
    _ = scenario.play(steps)
    return scenario.tracker.losses(scenario.totals).sentences
  }

  private static func cut(_ count: Int) -> Sketch {
    Sketch(String((0..<count * 8).map { Character(UnicodeScalar(UInt8(65 + $0 / 8))) }), segment: 8)
  }

  private static func piece(_ index: Int) -> Sketch {
    Sketch(String(repeating: Character(UnicodeScalar(UInt8(65 + index))), count: 8))
  }

  /// A message that UDP cuts is as many datagrams.
  @Test func datagramsAreCounted() {
    let first = Sketch("firstfirst")
    #expect(
      Self.sentences([.offers([first, Self.cut(20), Self.cut(5)], 1), .event(.exited)])
        == [
          "app dropped 25 datagrams of 2 messages: it ended with the rest of 1 call unsent"
            + Self.looked
        ])
  }

  @Test func whatWentOutOfAMessageIsNotLost() {
    let first = Sketch("firstfirst")
    let sent = (0..<6).map(Self.piece)
    #expect(
      Self.sentences(
        [.offers([first, Self.cut(20)], 1), .offers(sent, 6), .event(.exited)], readsContents: true
      )
      .first?.hasPrefix("app dropped 14 datagrams of 1 message: ") == true)
  }

  /// Its datagrams are now those of the call that offered them.
  @Test func whatWasOfferedOnlyWasNotSent() {
    let steps: [Scenario.Step] = [
      .offers([Sketch("firstfirst"), Self.cut(20)], 1),
      .offers([Sketch("other-other")] + (0..<6).map(Self.piece), 0), .event(.exited),
    ]
    var scenario = Scenario()
    scenario.readsContents = true
    let found = steps.flatMap { scenario.step($0) }
    #expect(
      found.first?.why.contains(
        "; of the 20 datagrams of message 1 only 6 were offered again, and none was sent") == true)
    #expect(
      scenario.tracker.losses(scenario.totals).sentences.first?.hasPrefix(
        "app did not send 21 datagrams of 8 messages by sendmmsg: ") == true)
  }

  @Test(
    arguments: [
      .ignored, .tried, .triedInPart, .triedInPartAndLeft, .leftOut, .refused, .capped, .killed,
      .unknown,
    ] as [Example])
  private func theReasonIsSaid(_ example: Example) {
    #expect(Self.sentences(example.steps) == ["app " + example.said + Self.looked])
    // Other calls may have sent all of it: nothing is said to be dropped, nor a count ignored.
    #expect(
      Self.sentences(example.steps, seesOtherSends: false)
        == ["app " + example.seen + Self.lookedAtOne])
  }

  struct Example: Sendable, CustomTestStringConvertible {
    var steps: [Scenario.Step]
    var said: String
    /// Where other system calls were not looked at.
    var seen: String
    var testDescription: String { said }

    private static let unsent = "did not send 2 datagrams by sendmmsg: "

    static let ignored = Self(
      steps: [.sends("abc", 1), .sends("xyz", 3), .event(.exited)],
      said: "dropped 2 datagrams: it ignored the count of 1 partial call",
      seen: unsent + "no sendmmsg went on from the count of 1 partial call")
    static let tried = Self(
      steps: [.sends("abc", 1), .fails("bc"), .fails("bc"), .fails("bc"), .event(.exited)],
      said: "dropped 2 datagrams: it tried again 3 times, in vain, what 1 call had left unsent",
      seen: unsent + "it tried again 3 times, in vain, what 1 call had left unsent")
    static let triedInPart = Self(
      steps: [.sends("abc", 1), .fails("b"), .event(.exited)],
      said: "dropped 2 datagrams: it ended with the rest of 1 call unsent",
      seen: unsent + "it ended with the rest of 1 call not sent by sendmmsg")
    static let triedInPartAndLeft = Self(
      steps: [.sends("abc", 1), .fails("b"), .sends("xyz", 3), .event(.exited)],
      said: "dropped 2 datagrams: it went on behind what 1 call could not send",
      seen: unsent + "it went on behind what 1 call could not send")
    static let leftOut = Self(
      steps: [.sends("abc", 1), .fails("bc"), .fails("bc"), .sends("c", 1), .event(.exited)],
      said: "dropped 1 datagram: it left out 1 that had failed again",
      seen: "did not send 1 datagram by sendmmsg: it went on behind 1 that had failed again")
    static let refused = Self(
      steps: [.refused("ab"), .refused("ab"), .event(.exited)],
      said: "dropped 2 messages: it tried again once, in vain, what 1 call had left unsent",
      seen: "did not send 2 messages by sendmmsg:"
        + " it tried again once, in vain, what 1 call had left unsent")
    static let capped = Self(
      steps: [.capped(rest: "qrstuvwxyz", vlen: 1034), .sends("vwxyz", 5), .event(.exited)],
      said: "dropped 5 datagrams:"
        + " it offered a part only of what 1 call had over the 1024 that one takes",
      seen: "did not send 5 datagrams by sendmmsg:"
        + " no sendmmsg offered more than a part of what 1 call had over the 1024 that one takes")
    static let killed = Self(
      steps: [.sends("abc", 1), .event(.killed)],
      said: "dropped 2 datagrams: it was killed with the rest of 1 call unsent",
      seen: unsent + "it was killed with the rest of 1 call not sent by sendmmsg")
    static let unknown = Self(
      steps: [.sends("ttttt", 3), .sends("ttttt", 3), .event(.exited)],
      said: "dropped 2 datagrams: it ended with the rest of 1 call unsent;"
        + " what became of 2 more is not known",
      seen: unsent + "it ended with the rest of 1 call not sent by sendmmsg;"
        + " what became of 2 more is not known")
  }

  /// Those that lost most come first.
  @Test func theWorstComesFirst() {
    var scenario = Scenario()
    _ = scenario.play([.sends("Ab", 0), .sends("cd", 0), .sends("e", 1), .event(.exited)])
    let losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.rows.map(\.counts.dropped) == [3, 1])
  }

  /// Protocols that number or encrypt what they send make other bytes of the same.
  @Test func whatFollowedMayBeTheSameRebuilt() {
    let said = "app dropped 2 datagrams: it ignored the count of 1 partial call"
    #expect(Self.sentences([.sends("abc", 1), .sends("de", 2), .event(.exited)]).isEmpty)
    // As many are these; more, or fewer, or of other lengths, are other data.
    for other in [["def"], ["d"], ["xy"]] {
      #expect(
        Self.sentences([.sends("abc", 1)] + other.map { .sends($0, $0.count) } + [.event(.exited)])
          == [said + Self.looked])
    }
    let long = [Sketch("long-long"), Sketch("longer-longer")]
    #expect(
      Self.sentences([.sends("abc", 1), .offers(long, 2), .event(.exited)]) == [said + Self.looked])
    // Not at once.
    #expect(
      Self.sentences([.sends("abc", 1), .sends("def", 3), .sends("de", 2), .event(.exited)])
        == [said + Self.looked])
  }

  @Test func whatIsTakenBackIsNoMoreSaid() {
    #expect(
      Self.sentences([
        .sends("abc", 1), .sends("xy", 2), .waits(11_000_000_000), .sends("bc", 2), .event(.exited),
      ]).isEmpty)
  }
}
