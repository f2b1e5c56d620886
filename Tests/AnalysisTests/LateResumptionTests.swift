import Records
import Testing

@testable import Analysis

/// What is taken up after it was said that it had not been sent so far, and what is said of losses
/// where not all can be said.
@Suite struct LateResumptionTests {
  private static let second: UInt64 = 1_000_000_000

  /// A call that leaves `cde` unsent, and then other data until that is said.
  private static func told(_ scenario: inout Scenario, by bound: Int = 64) -> [FollowUp] {
    var found = scenario.step(.sends("abcde", 2))
    for _ in 0..<bound { found += scenario.step(.sends("x", 1)) }
    return found + scenario.step(.waits(bound < 64 ? 11 * second : 2 * second))
  }

  private static let wholeBound = "waited for through 64 sends and 1 s"

  @Test(arguments: [(64, wholeBound), (1, "waited for 10 s")])
  func theBoundIsSaid(_ sends: Int, _ bound: String) {
    var scenario = Scenario()
    let found = Self.told(&scenario, by: sends)
    #expect(found.map(\.how) == [.abandoned])
    #expect(found.first?.why.hasSuffix("; \(bound)") == true)
    #expect(found.first?.isFinal == false)
  }

  @Test func ofWhatWasSkippedToo() {
    var scenario = Scenario()
    _ = scenario.step(.sends("abcde", 2))
    _ = scenario.step(.sends("de", 2))
    let found = scenario.step(.waits(11 * Self.second))
    #expect(found.map(\.how) == [.resumed, .skipped])
    #expect(found.last?.why.hasSuffix("; waited for 10 s") == true)
  }

  @Test func whatComesLateIsTakenBack() {
    var scenario = Scenario()
    _ = Self.told(&scenario)
    var losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.total.dropped == 3 && losses.total.droppedSoFar == 3)
    #expect(losses.total.droppedBytes == 24 && losses.sentences.count == 1)
    let found = scenario.step(.sends("cde", 3))
    #expect(found.map(\.how) == [.resumed] && found.map(\.revises) == [.abandoned])
    #expect(found.first?.messages == [2, 3, 4] && found.first?.by == 66)
    #expect(
      found.first?.why
        == "call 66 begins at message 2; other data stood before: it may be new data that is"
        + " the same; before, it was said that they were not sent so far")
    losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.total.dropped == 0 && losses.total.droppedSoFar == 0)
    #expect(losses.total.droppedBytes == 0 && losses.total.resumed == 3)
    #expect(losses.rows.map(\.counts) == [losses.total] && losses.sentences.isEmpty)
    #expect(scenario.play([.event(.exited)]).isEmpty && !scenario.tracker.isWaiting)
  }

  /// What did not come stays lost.
  @Test func aPartComesLate() {
    var scenario = Scenario()
    _ = Self.told(&scenario)
    #expect(scenario.play([.sends("cd", 2)]).isEmpty)
    #expect(scenario.play([.event(.exited)]) == ["1 resumed 2,3 by 66", "1 abandoned 4 by 2"])
    let losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.total.dropped == 1 && losses.total.droppedSoFar == 0)
    #expect(losses.total.resumed == 2 && losses.total.droppedBytes == 8)
    #expect(
      losses.sentences.first?.hasPrefix(
        "app did not send 1 datagram by sendmmsg: no sendmmsg went on from the count of 1")
        == true)
  }

  /// The whole batch again: so late the program may ask again for want of an answer.
  @Test func allComesAgainLate() {
    var scenario = Scenario()
    _ = Self.told(&scenario)
    let found = scenario.step(.sends("abcde", 5))
    #expect(found.map(\.how) == [.resumed] && found.map(\.messages) == [[2, 3, 4]])
    #expect(found.first?.why.contains("with 2 that had been sent, which it may have sent") == true)
    let losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.total.dropped == 0 && losses.total.resent == 0)
  }

  /// It may be what was left: then it is not known to be lost any more.
  @Test func itCannotBeToldWhetherItCame() {
    var scenario = Scenario()
    _ = Self.told(&scenario)
    let found = scenario.step(.sends("?", 1))
    #expect(found.map(\.how) == [.unknown] && found.map(\.revises) == [.abandoned])
    let losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.total.dropped == 0 && losses.total.unknown == 3)
  }

  /// One alone that is the same may be a new one.
  @Test func aPartComesAndOfTheRestItCannotBeTold() {
    var scenario = Scenario()
    _ = Self.told(&scenario)
    #expect(
      scenario.play([.sends("c", 1), .sends("?", 1)])
        == ["1 unknown 2,3,4"])
    _ = scenario.play([.sends("pqr", 1), .sends("x", 1), .event(.exited)])
    let sentences = scenario.tracker.losses(scenario.totals).sentences
    #expect(
      sentences.first?.hasPrefix(
        "app did not send 2 datagrams by sendmmsg: no sendmmsg went on from the count of 1 partial"
          + " call;") == true)
  }

  /// A program that came out of it has its socket, and sends what was left.
  @Test func anHeirSendsIt() {
    var scenario = Scenario()
    let ends: [Scenario.Step] = [
      .sends("abcde", 2), .event(.forked, pid: 2, parent: 1), .event(.exec, pid: 2),
      .event(.exited),
    ]
    #expect(scenario.play(ends) == ["1 abandoned 2,3,4"])
    let found = scenario.step(.sends("cde", 3, pid: 2))
    #expect(found.map(\.how) == [.resumed] && found.map(\.revises) == [.abandoned])
    #expect(scenario.tracker.losses(scenario.totals).total.dropped == 0)
  }

  /// Nor does the end of the process end what was told before.
  @Test func anHeirSendsItThatWasTold() {
    var scenario = Scenario()
    _ = scenario.play([.event(.forked, pid: 2, parent: 1), .sends("x", 1)])
    _ = Self.told(&scenario)
    _ = scenario.play([
      .event(.forked, pid: 3, parent: 1), .event(.exec, pid: 3), .event(.exited, pid: 2),
      .event(.exited),
    ])
    #expect(scenario.play([.sends("cde", 3, pid: 3)]) == ["2 resumed 2,3,4 by 67"])
  }

  /// A late try that falls short is no second loss, and its success none at all.
  @Test func aLateTryThatFails() {
    var scenario = Scenario()
    _ = Self.told(&scenario)
    #expect(scenario.play([.fails("cde"), .fails("cde")]).isEmpty)
    #expect(scenario.play([.sends("cde", 2)]) == ["1 resumed 2,3,4 by 68"])
    #expect(scenario.play([.sends("e", 1)]) == ["68 resumed 2 by 69"])
    #expect(scenario.tracker.losses(scenario.totals).total.dropped == 0)
  }

  /// After a minute it is not looked for any more: what was said holds.
  @Test func notForEver() {
    var scenario = Scenario()
    _ = Self.told(&scenario)
    #expect(scenario.tracker.isWaiting)
    let found = scenario.step(.waits(60 * Self.second))
    #expect(found.map(\.how) == [.abandoned] && found.first?.revises == .abandoned)
    #expect(found.first?.isFinal == true && !scenario.tracker.isWaiting)
    #expect(scenario.play([.sends("cde", 3)]).isEmpty)
    let total = scenario.tracker.losses(scenario.totals).total
    #expect((total.dropped, total.droppedSoFar) == (3, 0))
  }

  /// What all has been said of makes room for others.
  @Test func whatWasToldGivesWay() {
    var scenario = Scenario()
    let most = 256
    scenario.tracker.tails.most = most
    _ = Self.told(&scenario)
    var found: [String] = []
    for socket in 2...most {
      found += scenario.play([.sends("ab", 1, inode: UInt64(socket))])
    }
    #expect(found.isEmpty)
    #expect(scenario.play([.sends("ab", 1, inode: 9999)]).isEmpty)
    #expect(scenario.play([.sends("cde", 3)]).isEmpty)
  }

  /// So does what its socket has no room for, and it is compared on.
  @Test func whatWasGivenUpIsTakenBack() {
    var scenario = Scenario()
    let letters = (UInt8(ascii: "!")..<UInt8(ascii: "~")).map { Character(UnicodeScalar($0)) }
    let all = letters.filter { !$0.isUppercase && $0 != "?" }.prefix(66)
    for letter in all { _ = scenario.play([.sends("~\(letter)", 1)]) }
    let found = scenario.step(.sends("!", 1)) + scenario.step(.event(.exited))
    let first = found.filter { $0.of == 1 }
    #expect(first.count == 1 && first.allSatisfy { $0.revises == .abandoned && !$0.isLoss })
    // What the last call left may be that one as well, rebuilt.
    #expect(scenario.tracker.losses(scenario.totals).total.dropped == all.count - 2)
  }

  @Test func aDifferenceOfRunsCountsWhatWasTakenBack() {
    func shape(_ followUps: [FollowUp]) -> TraceShape {
      var shape = TraceShape()
      for followUp in followUps { shape.add(.followUp(followUp)) }
      return shape
    }
    var late = FollowUp(of: 1, by: 3, how: .resumed, messages: [1, 2], why: "")
    late.revises = .abandoned
    let told = FollowUp(of: 1, by: 2, how: .abandoned, messages: [1, 2], why: "", isFinal: false)
    let soon = FollowUp(of: 1, by: 3, how: .resumed, messages: [1, 2], why: "")
    let none = ChosenPorts()
    #expect(shape([told, late]).counts(without: none) == shape([soon]).counts(without: none))
  }

  /// A program that leaves more unsent than is remembered.
  @Test func whatWasForgottenHasItsNumber() {
    var scenario = Scenario()
    scenario.tracker.tails.most = 256
    for process in Int32(1)...1000 {
      _ = scenario.step(.sends("abc", 1, pid: process, inode: UInt64(process)))
    }
    let looked = " (sends by other calls than sendmmsg were not looked at)"
    var losses = scenario.tracker.losses(scenario.totals)
    #expect(
      losses.sentences == [
        "app left 1488 datagrams unsent, and it is not known what became of them: 1488 were too many"
          + " to be followed" + looked
      ])
    for process in Int32(1)...1000 { _ = scenario.step(.event(.exited, pid: process)) }
    losses = scenario.tracker.losses(scenario.totals)
    #expect(
      losses.sentences == [
        "app did not send 512 datagrams by sendmmsg: it ended with the rest of 256 calls not sent by"
          + " sendmmsg; what became of 1488 more is not known, as 1488 were too many to be followed"
          + looked
      ])
  }

  /// More programs than have a sentence.
  @Test func otherProgramsHaveOneSentence() {
    var scenario = Scenario()
    for process in Int32(1)...40 {
      scenario.comm = "app-\(process)"
      _ = scenario.play([
        .sends("abc", 1, pid: process, inode: UInt64(process)), .event(.exited, pid: process),
      ])
    }
    let sentences = scenario.tracker.losses(scenario.totals).sentences
    #expect(sentences.count == LossSummary.maximumPrograms + 1)
    #expect(
      sentences.last
        == "24 other programs did not send 48 datagrams by sendmmsg: they ended with the rest of 24"
        + " calls not sent by sendmmsg (sends by other calls than sendmmsg were not looked at)")
  }

  /// Once the process is gone, nobody is left who could send it.
  @Test func itIsFinalWhenTheProcessIsGone() {
    var scenario = Scenario()
    _ = Self.told(&scenario)
    #expect(scenario.tracker.losses(scenario.totals).total.droppedSoFar == 3)
    let found = scenario.step(.event(.exited))
    #expect(found.map(\.how) == [.abandoned] && found.map(\.revises) == [.abandoned])
    #expect(found.first?.messages == [2, 3, 4] && found.first?.isFinal == true)
    #expect(
      found.first?.why
        == "not by sendmmsg: the process exited with 0; before, it was said that they were not sent so"
        + " far")
    let losses = scenario.tracker.losses(scenario.totals)
    #expect((losses.total.dropped, losses.total.droppedSoFar) == (3, 0))
    #expect(losses.sentences.first?.contains("as far as was seen") == false)
    #expect(losses.rows.allSatisfy { $0.counts.droppedSoFar == 0 })
  }

  /// A server whose way stalls: each of its sockets is followed.
  @Test func manySocketsStallTogether() {
    var scenario = Scenario()
    var found: [String] = []
    for round in 0..<2 {
      for inode in UInt64(1)...600 {
        let all = (0..<3).map { Scenario.Sketch("message \(inode * 3 + UInt64($0))") }
        found += scenario.play([.offers(Array(all.dropFirst(round)), 1, inode: inode)])
      }
    }
    #expect(found.count == 600 && found.allSatisfy { $0.contains(" resumed 1,2 by ") })
    #expect(scenario.tracker.losses(scenario.totals).total.unknown == 0)
  }

  /// What is put back is known again, though others were forgotten while it was out.
  @Test func whatIsPutBackIsStillLookedFor() {
    func rest(_ inode: UInt64) -> [Scenario.Sketch] {
      (1..<3).map { Scenario.Sketch("socket \(inode), message \($0)") }
    }
    var scenario = Scenario()
    for inode in UInt64(1)...40 {
      _ = scenario.play([.offers([Scenario.Sketch("head")] + rest(inode), 1, inode: inode)])
    }
    let all = scenario.tracker.tails.take { _, _ in true }
    for (_, tail, _) in all.prefix(35) { scenario.tracker.tails.forget(tail) }
    for (key, tail, _) in all.suffix(5) { scenario.tracker.tails.putBack(tail, key) }
    #expect(scenario.play([.offers(rest(40), 2, inode: 40)]) == ["40 resumed 1,2 by 41"])
  }
}
