import Records
import Testing

@testable import Analysis

/// What was left unsent, taken up in another shape, or only by what looks like it.
@Suite struct OtherShapesTests {
  private typealias Sketch = Scenario.Sketch

  private static let mapped = SocketAddress(
    family: .inet6,
    form: .inet6(
      address: IPv6Address(high: 0, low: 0xffff_7f00_0001), port: 1000, flowInfo: 7, scope: 0),
    raw: nil)
  private static func path(_ text: String, raw: [UInt8]? = nil) -> SocketAddress {
    SocketAddress(family: .unix, form: .unix(.path(Array(text.utf8))), raw: raw)
  }

  /// A call of which one message went out, and `left`; then `steps`.
  private static func play(
    _ left: [Sketch], _ steps: [Scenario.Step], readsContents: Bool = true, limit: UInt64 = 2
  ) -> [String] {
    var settings = FollowUpTracker.Settings()
    settings.payloadLimit = limit
    var scenario = Scenario(settings)
    scenario.readsContents = readsContents
    return scenario.play([.offers([Sketch("first")] + left, 1)] + steps + [.event(.exited)])
  }

  private static let cut = Sketch("abcdefgh", segment: 3)

  @Test func segmentsAsDatagrams() {
    let all = ["abc", "def", "gh"].map { Sketch($0) }
    #expect(Self.play([Self.cut], [.offers(all, 3)]) == ["1 resumed 1 by 2"])
    #expect(
      Self.play([Self.cut], all.map { .offers([$0], 1) }) == ["1 resumed 1 by 2"])
    // The first alone is not the message.
    #expect(Self.play([Self.cut], [.offers([all[0]], 1)]) == ["1 abandoned 1"])
    #expect(
      Self.play([Self.cut], [.offers(all, 2), .offers([all[2]], 1)])
        == ["1 resumed 1 by 2", "2 resumed 2 by 3"])
    // In another order, with other data between.
    #expect(
      Self.play([Self.cut], [.offers([all[2], Sketch("xyz"), all[0]], 3), .offers([all[1]], 1)])
        == ["1 resumed 1 by 2"])
    // Bytes behind the kept ones are others.
    #expect(
      Self.play([Self.cut], [.offers([Sketch("abx"), all[1], all[2]], 3)]) == ["1 abandoned 1"])
  }

  /// What went out of a message that is cut is not lost.
  @Test func bytesOfDatagramsThatWereNotSent() {
    for (sent, bytes) in [(["abc"], 5), (["gh"], 6), (["gh", "def"], 3)] as [([String], UInt64)] {
      var settings = FollowUpTracker.Settings()
      settings.payloadLimit = 2
      var scenario = Scenario(settings)
      scenario.readsContents = true
      _ = scenario.play(
        [.offers([Sketch("first"), Self.cut], 1)] + sent.map { .offers([Sketch($0)], 1) }
          + [.event(.exited)])
      let losses = scenario.tracker.losses(scenario.totals)
      #expect(losses.total.dropped == 1 && losses.total.droppedBytes == bytes)
    }
  }

  /// The call had sent a message that is the same as one of them.
  @Test func aSegmentThatWasSentAsAMessage() {
    let left = Sketch("first" + "other" + "third", segment: 5)
    let all = ["first", "other", "third"].map { Sketch($0) }
    #expect(Self.play([left], [.offers(all, 3)]) == ["1 resumed 1 by 2"])
    // It may be the message, where nothing else of the other is there.
    #expect(Self.play([left], [.offers([all[0]], 1)]) == ["1 abandoned 1 by 2"])
    #expect(
      Self.play([left], [.offers([Sketch("first"), left], 2)])
        == ["1 resent_all 0 by 2", "1 resumed 1 by 2"])
  }

  @Test func segmentsInOtherBuffers() {
    let halves = [Sketch("abcdef", segment: 3), Sketch("gh", segment: 3)]
    #expect(Self.play([Self.cut], [.offers(halves, 2)]) == ["1 resumed 1 by 2"])
    let other = [Sketch("abcd", segment: 2), Sketch("efxy", segment: 2)]
    #expect(Self.play([Self.cut], [.offers(other, 2)]) == ["1 abandoned 1 by 2"])
  }

  @Test func datagramsJoined() {
    let left = ["abc", "def", "gh"].map { Sketch($0) }
    #expect(Self.play(left, [.offers([Self.cut], 1)]) == ["1 resumed 1,2,3 by 2"])
    #expect(
      Self.play(left, [.offers([Sketch("defgh", segment: 3)], 1)])
        == ["1 resumed 2,3 by 2", "1 skipped 1 by 2"])
    // As one datagram it is another one, and may be these.
    #expect(Self.play(left, [.offers([Sketch("abcdefgh")], 1)]) == ["1 unknown 1,2,3"])
    #expect(
      Self.play(left, [.offers([Sketch("abzdegh")], 1)]) == ["1 abandoned 1,2 by 2", "1 unknown 3"])
  }

  /// Where only the first bytes are known, nothing is claimed of the others.
  @Test func withoutContentsOtherShapesAreUnknown() {
    let cut = Sketch("abcdefgh", segment: 3)
    let found = Self.play([cut], [.offers([Sketch("abc")], 1)], readsContents: false)
    #expect(found == ["1 unknown 1"])
    let left = ["abc", "def", "gh"].map { Sketch($0) }
    #expect(Self.play(left, [.offers([cut], 1)], readsContents: false) == ["1 unknown 1,2,3"])
  }

  /// Its first datagrams were compared, and are not all of it: what came later may be the others.
  @Test(arguments: [Sketch("def"), Sketch("defgh", segment: 3)])
  private func datagramsThatWereNotComparedMayBeTheRest(_ later: Sketch) {
    var settings = FollowUpTracker.Settings()
    settings.payloadLimit = 2
    var scenario = Scenario(settings)
    scenario.readsContents = true
    let next = Sketch("ijklmn", segment: 3)
    #expect(
      scenario.play([.offers([Sketch("first"), Self.cut, next], 1), .offers([Sketch("abc")], 1)])
        .isEmpty)
    scenario.readsContents = false
    // It begins like none of them, and is none.
    #expect(scenario.play([.offers([Sketch("zef")], 1), .offers([later], 1)]).isEmpty)
    #expect(
      scenario.play([.offers([Sketch("ijk")], 1), .event(.exited)]) == ["1 unknown 1,2"])
    let losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.total.unknown == 2 && losses.total.dropped == 0 && losses.sentences.isEmpty)
  }

  @Test func sameDestinations() {
    let left = [Sketch("abcd", to: Self.mapped)]
    #expect(Self.play(left, [.offers([Sketch("abcd")], 1)]) == ["1 resumed 1 by 2"])
    // No address is the own one.
    let any = [Sketch("abcd", to: Sketch.inet(0))]
    #expect(Self.play(any, [.offers([Sketch("abcd")], 1)]) == ["1 resumed 1 by 2"])
    let own = SocketAddress(
      family: .inet6,
      form: .inet6(
        address: IPv6Address(high: 0, low: 1), port: 1000,
        flowInfo: 0, scope: 0), raw: nil)
    let any6 = SocketAddress(
      family: .inet6,
      form: .inet6(
        address: IPv6Address(high: 0, low: 0), port: 1000,
        flowInfo: 0, scope: 0), raw: nil)
    #expect(
      Self.play([Sketch("abcd", to: any6)], [.offers([Sketch("abcd", to: own)], 1)])
        == ["1 resumed 1 by 2"])
    let raw = [Sketch("abcd", to: Self.path("/tmp/a/b", raw: [1, 0]))]
    for spelled in ["/tmp/a/b", "/tmp//a/./b"] {
      #expect(
        Self.play(raw, [.offers([Sketch("abcd", to: Self.path(spelled))], 1)])
          == ["1 resumed 1 by 2"])
    }
    for other in ["b", "../a/b", "/run/link"] {
      let there = Self.path(other)
      #expect(
        Self.play(raw, [.offers([Sketch("abcd", to: there)], 1)]) == ["1 unknown 1"])
      #expect(Self.play(raw, [.offers([Sketch("abce", to: there)], 1)]) == ["1 abandoned 1 by 2"])
    }
    let abstract = SocketAddress(
      family: .unix, form: .unix(.abstract(Array("/tmp/a/b".utf8))), raw: nil)
    let (long, there) = (Sketch("abcdefgh", to: Self.path("/tmp/a/b", raw: [1, 0])), abstract)
    #expect(
      Self.play([long], [.offers([Sketch("abcdefgi", to: there)], 1)]) == ["1 abandoned 1 by 2"])
    #expect(Self.play([long], [.offers([Sketch("abcdefgh", to: there)], 1)]) == ["1 unknown 1"])
  }

  /// Others begin alike and are as long: all bytes tell.
  @Test func whatOnlyBeginsAlike() {
    let left = ["ab1", "ab2", "ab3"].map { Sketch($0) }
    #expect(Self.play(left, [.offers([Sketch("ab4")], 1)]) == ["1 abandoned 1,2,3 by 2"])
    #expect(
      Self.play(left, [.offers([left[1]], 1)])
        == ["1 resumed 2 by 2", "1 skipped 1 by 2", "1 abandoned 3"])
    #expect(
      Self.play(left, [.offers([left[1]], 1)], readsContents: false)
        == ["1 unknown 1", "1 unknown 2,3"])
  }

  /// The last piece ends the datagram: what refuses that refuses all of it, unless it was refused
  /// before.
  @Test(
    arguments: [
      (90, "with message 0 of call 2, if nothing"), (105, "of call 2, if nothing"),
      (1, "if it was not refused before it came to them and if nothing"),
      (22, "if it was not refused before it came to them and if nothing"), (11, nil), (95, nil),
    ] as [(Int32, String?)])
  func heldBackToTheEnd(_ errno: Int32, _ condition: String?) {
    var scenario = Scenario()
    _ = scenario.step(.offers([Sketch("ab"), Sketch("cd")], 2, holdsBack: true))
    let found = scenario.step(.fails("e", errno))
    #expect(found.map(\.how) == (condition == nil ? [] : [.unknown]))
    #expect(found.first.map { $0.of == 1 && $0.messages == [0, 1] } != false)
    if let condition { #expect(found.first?.why.contains(condition) == true) }
  }

  /// What UDP holds back goes down with a piece that is too long for it, whatever was counted.
  @Test func heldBackPieces() {
    let piece = Sketch(String(repeating: "a", count: 30000))
    var scenario = Scenario()
    #expect(
      scenario.play([
        .offers([piece, piece, piece, piece], 2, holdsBack: true), .sends("x", 1), .event(.exited),
      ]) == ["1 abandoned 0,1,2,3 by 2"])
    let losses = scenario.tracker.losses(scenario.totals)
    #expect(losses.total.dropped == 4)
    #expect(
      losses.sentences.first?.contains(
        "lost 2 that were counted, held back by MSG_MORE or UDP_CORK") == true)
  }

  @Test(arguments: [Verdict.Certainty.possible, .certain])
  func heldBackPiecesOfEarlierCalls(_ certainty: Verdict.Certainty) {
    let key = UnsentTails.SocketKey.inode(1)
    let held = SendCall.sketch(
      vlen: 2, flags: .more, bytes: [20000, 20000], taken: [20000, 20000], .returned(2))
    let short = SendCall.sketch(
      vlen: 3, flags: .more, bytes: [20000, 20000, 20000], taken: [20000], .returned(1))
    let verdict = Verdict(
      outcome: .partial, cause: .error, at: 1, errno: .messageTooLong, certainty: certainty,
      source: .evidence, why: "", asked: 3, sent: 1)
    var pieces = HeldBackPieces()
    #expect(pieces.add(held, Verdict.of(held), of: "app", on: key).others.isEmpty)
    let dropped = pieces.add(short, verdict, of: "app", on: key)
    #expect(dropped.own == (certainty == .certain ? 0..<1 : 0..<0))
    // Where it is the sum that tells, the counted one of the call itself depends on it as well.
    let others = certainty == .certain ? [[0, 1]] : [[0, 1], [0]]
    #expect(dropped.others.map(\.followUp.messages) == others)
    #expect(dropped.others.allSatisfy { $0.followUp.how == .unknown })
    #expect(pieces.isEmpty)

    // What was sent without MSG_MORE let them go.
    let plain = SendCall.sketch(vlen: 1, bytes: [8], taken: [8], .returned(1))
    _ = pieces.add(held, Verdict.of(held), of: "app", on: key)
    _ = pieces.add(plain, Verdict.of(plain), of: "app", on: key)
    // Its own go down with it, if it failed with what it may have failed with.
    let own = pieces.add(short, verdict, of: "app", on: key).others
    #expect(own.map(\.followUp.messages) == (certainty == .certain ? [] : [[0]]))
  }
}
