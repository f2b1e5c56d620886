import Records
import Testing

@testable import Analysis

/// What was left, changed, among other data or in pieces: known by what only it has.
@Suite struct RareWordsTests {
  private typealias Sketch = Scenario.Sketch

  /// A body that no other number has.
  static func body(_ number: Int, _ count: Int = 60) -> String {
    var state = UInt64(number + 1) &* 0x9e37_79b9_7f4a_7c15
    return String(
      (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Character(UnicodeScalar(UInt8(97 + state >> 60)))
      })
  }

  /// What all messages have in common.
  private static let template = "an answer that is the same in all of these but for its number: "

  static let texts = (0..<4).map { "PN00000\($0)" + body($0) }

  /// What follows a call that left messages 1 to 3 of four.
  private static func found(
    of texts: [String] = texts, _ sends: [[String]], to port: UInt16 = 1000
  ) -> [String] {
    Scenario.fates(of: texts, behind: sends, to: port)
  }

  @Test func anotherHeader() {
    let again = (1..<4).map { "PN00001\($0) " + Self.body($0) }
    #expect(Self.found([again]) == ["1 unknown 1,2,3"])
    #expect(Self.found(again.map { [$0] }) == ["1 unknown 1,2,3"])
    #expect(Self.found([[again[1]]]) == ["1 abandoned 1,3 by 2", "1 unknown 2"])
    // Whatever stands between, and wherever it goes.
    #expect(
      Self.found([["other data"], [again[2], Self.body(9)], Array(again.prefix(2))], to: 2000)
        == ["1 unknown 1,2,3"])
  }

  @Test func oneByteOfIt() {
    let texts = (0..<4).map { Self.body($0, 8) + "!" + Self.body($0 + 20) }
    #expect(
      Self.found(
        of: texts, [texts[1...].map { $0.replacing("!", with: "?") }]) == ["1 unknown 1,2,3"])
  }

  @Test func piecesWithHeaders() {
    let pieces = (1..<4).flatMap { message in
      stride(from: 0, to: 60, by: 20).map {
        "piece \($0):" + Self.body(message).dropFirst($0).prefix(20)
      }
    }
    #expect(Self.found([pieces]) == ["1 unknown 1,2,3"])
    let joined = Self.texts[1...].map { "\($0.count):" + $0 }.joined()
    #expect(Self.found([[joined]], to: 2000) == ["1 unknown 1,2,3"])
  }

  /// One alone may go out in many pieces, of which each has little of its own.
  @Test func manyPieces() {
    let pieces = (0..<24).map { "no. \($0)" + Self.body($0, 8) + Self.template }
    let again = pieces.enumerated().map { "piece \($0):" + $1 }
    #expect(
      Self.found(of: [Self.template + "0", pieces.joined()], again.map { [$0] })
        == ["1 unknown 1"])
  }

  /// What all of them are made from says nothing, however much of a message that is.
  @Test func theSameTemplate() {
    let texts = (0..<8).map { Self.template + "00\($0)" }
    #expect(
      Self.found(of: Array(texts[..<4]), [Array(texts[4...])]) == ["1 abandoned 1,2,3 by 2"])
    let single = texts.map { [$0 + "."] }
    #expect(
      Self.found(of: [texts[0], Self.template + "one"], single.dropFirst().map { $0 })
        == ["1 abandoned 1 by 2"])
  }

  /// What several later messages have is no sign.
  @Test func manyWithTheSame() {
    let later = (0..<3).map { ["another header \($0)" + Self.body(1)] }
    #expect(Self.found(Array(later[..<2])) == ["1 abandoned 2,3 by 2", "1 unknown 1"])
    #expect(Self.found(later) == ["1 abandoned 1,2,3 by 2"])
    // One that is sent over and over is one.
    #expect(
      Self.found([later[0], later[0], later[0], later[0]])
        == ["1 abandoned 2,3 by 2", "1 unknown 1"])
  }

  /// One body for many, with a header of its own for each, and then with another one.
  @Test func oneBodyForMany() {
    func found(_ sends: [[(String, UInt16)]]) -> [String] {
      var scenario = Scenario()
      scenario.readsContents = true
      let calls = sends.map { send in
        send.map { Sketch($0, to: Sketch.inet(0x7f00_0001, port: $1)) }
      }
      return scenario.play(
        calls.enumerated().map { .offers($1, $0 == 0 ? 1 : $1.count) } + [.event(.exited)])
    }
    let body = Self.body(1)
    let first = (0..<4).map { ("no. 000\($0)" + body, UInt16(1000 + $0)) }
    let again = (1..<4).map { ("again, for no. \($0 * $0)" + body, UInt16(1000 + $0)) }
    #expect(found([first, again]) == ["1 unknown 1,2,3"])
    #expect(found([first] + again.map { [$0] }) == ["1 unknown 1,2,3"])
    #expect(found([first, [again[1]]]) == ["1 abandoned 1,3 by 2", "1 unknown 2"])
    // For others it says nothing, nor does what comes for them.
    let others = again.map { ($0.0, $0.1 + 100) }
    #expect(found([first, others]) == ["1 abandoned 1,2,3 by 2"])
    // Two for one.
    let twice = first.map { ($0.0, UInt16(1000)) }
    #expect(found([twice, again.map { ($0.0, 1000) }]) == ["1 abandoned 1,2,3 by 2"])
  }

  /// Threads of one program may send for each other, whatever the socket.
  @Test func anotherThreadElsewhere() {
    let again = (1..<4).map { "PN00001\($0) " + Self.body($0) }
    var scenario = Scenario()
    scenario.readsContents = true
    var found = scenario.play([.offers(Self.texts.map { Sketch($0) }, 1)])
    scenario.tid = 2
    found += scenario.play(again.map { .offers([Sketch($0)], 1, inode: 2) } + [.event(.exited)])
    #expect(found == ["1 unknown 1,2,3"])
  }

  /// However much stands between.
  @Test func behindMuchElse() {
    let others = (0..<100).map { [Self.body($0 + 10, 3000)] }
    let again = (1..<4).map { "PN00001\($0) " + Self.body($0) }
    #expect(Self.found(others + [again]) == ["1 unknown 1,2,3"])
    #expect(Self.found(others) == ["1 abandoned 1,2,3 by 2"])
  }

  /// It was said that they had not been sent so far.
  @Test func late() {
    var scenario = Scenario()
    scenario.readsContents = true
    let found = scenario.play(
      [.offers(Self.texts.map { Sketch($0) }, 1), .offers([Sketch("other")], 1)]
        + [.waits(11_000_000_000), .offers([Sketch("others")], 1)]
        + [.offers([Sketch("J" + Self.texts[1...].joined(separator: "J"))], 1), .event(.exited)])
    #expect(found == ["1 abandoned 1,2,3 by 2", "1 unknown 1,2,3"])
  }

  /// The sentence says which send it is.
  @Test func whichSend() {
    var scenario = Scenario()
    scenario.readsContents = true
    var found: [FollowUp] = []
    for step: Scenario.Step in [
      .offers(Self.texts.map { Sketch($0) }, 3), .offers([Sketch("other data")], 1),
      .offers([Sketch("another" + Self.body(3))], 1), .event(.exited),
    ] { found += scenario.step(step) }
    #expect(found.map(\.how) == [.unknown])
    #expect(
      found.first?.why.hasPrefix("call 3 has bytes that only these messages of the call have")
        == true)
  }

  /// However much is left, what is remembered and looked through is bounded.
  @Test func bounds() {
    func words(_ count: Int, _ length: Int) -> RareWords {
      let printer = MessagePrinter(payloadLimit: 32)
      let messages = (0..<count).map { index in
        let bytes = Array(Self.body(index, length).utf8)
        return Message(
          index: index, header: nil, bytes: UInt64(bytes.count), sentLength: nil, name: nil,
          iovecs: nil, payload: Payload(data: bytes[...], truncated: false, fault: nil),
          control: [], segmentation: nil, fault: nil, truncated: false)
      }
      return RareWords(
        of: Array(0..<count), among: count, printer.bytes(of: messages, [], on: nil))
    }
    #expect(words(1024, 100).byteCount < 200_000)
    #expect(words(1024, 10).byteCount < 200_000)
    #expect(words(4, 70_000).isEmpty && words(0, 10).isEmpty && !words(2, 7).isEmpty)
    #expect(words(1024, 100).unknown == Array(RareWords.mostMessages..<1024))
  }
}
