import Records
import Testing

@testable import Analysis

/// What was left, in datagrams that are joined or cut otherwise.
@Suite struct OtherCutsTests {
  private typealias Sketch = Scenario.Sketch
  private static let texts = (0..<4).map { "the contents of message \($0)" }

  /// What follows a call that left messages 1 to 3 of four; the trace keeps eight bytes of each.
  private static func found(
    _ sends: [[String]], sent: Int? = nil, to port: UInt16 = 1000,
    of texts: [String] = texts
  ) -> [String] {
    Scenario.fates(of: texts, behind: sends, sent: sent, to: port)
  }

  private static let all = texts[1...].joined()

  @Test func joined() {
    #expect(Self.found([[Self.all]]) == ["1 unknown 1,2,3"])
    // In any order, and behind other bytes.
    #expect(
      Self.found([["a header " + Self.texts[3]], [Self.texts[2] + "-" + Self.texts[1]]])
        == ["1 unknown 1,2,3"])
    #expect(Self.found([[Self.texts[2] + Self.texts[3]]]) == ["1 abandoned 1", "1 unknown 2,3"])
  }

  @Test func cut() {
    let halves = Self.texts[1...].flatMap { [String($0.prefix(12)), String($0.dropFirst(12))] }
    #expect(Self.found([halves]) == ["1 unknown 1,2,3"])
    #expect(Self.found(halves.map { [$0] }) == ["1 unknown 1,2,3"])
    #expect(Self.found([Array(halves.dropLast())]).contains { $0.hasPrefix("1 abandoned 3") })
  }

  /// As a sender does whose kernel refuses to cut what it has joined (UDP_SEGMENT).
  @Test func theLongestIsCut() {
    let long = (0..<65_500).map { String($0 % 10) }.joined()
    let pieces = stride(from: 0, to: long.utf8.count, by: 1200).map {
      String(long.dropFirst($0).prefix(1200))
    }
    for sends in [[pieces], pieces.map { [$0] }] {
      #expect(Self.found(sends, of: Self.texts[..<1] + [long]) == ["1 unknown 1"])
    }
  }

  /// Other data is other data, also where it begins alike.
  @Test func notAllOfIt() {
    for other in [[String(Self.all.dropFirst())], [Self.texts[1] + "?", "the contents of"]] {
      let found = Self.found([other])
      #expect(found.contains { $0.hasPrefix("1 abandoned") }, "\(found)")
    }
    let part = Self.texts.map { String($0.dropLast()) }.joined()
    #expect(Self.found([[part]]) == ["1 abandoned 1,2,3 by 2"])
    // Nor what went elsewhere, or nowhere.
    #expect(Self.found([[Self.all]], to: 2000) == ["1 abandoned 1,2,3 by 2"])
    #expect(Self.found([[Self.all]], sent: 0).contains("1 abandoned 1,2,3"))
  }

  /// What send(2) and write(2) give has no header, and goes to the peer, however that is spelled.
  @Test func withoutAHeader() {
    let peer = Sketch.inet(0x7f00_0001, port: 1000)
    let socket = SocketDescription(
      family: .inet, type: .datagram, protocolNumber: 17, inode: 1, nonblocking: false, local: nil,
      peer: peer)
    let message = Message(
      index: 0, header: nil, bytes: 4, sentLength: nil, name: nil, iovecs: nil,
      payload: Payload(data: [1, 2, 3, 4][...], truncated: false, fault: nil), control: [],
      segmentation: nil, fault: nil, truncated: false)
    let bytes = OfferedBytes([message], [], on: socket, ContentHash())
    #expect(bytes.destination(of: 0) == bytes.spelled(peer))
    #expect(bytes.destination(of: 0) == bytes.spelled(Sketch.inet(0, port: 1000)))
    #expect(bytes.destination(of: 0) != bytes.spelled(Sketch.inet(0x7f00_0001, port: 1001)))
  }

  /// So much else came before it that nothing is looked for any more.
  @Test func notForEver() {
    let other = String(repeating: "other data ", count: 500)
    #expect(
      Self.found([[other], [other], [other], [other], [Self.all]]) == ["1 abandoned 1,2,3 by 2"])
  }

  /// A program cannot make it look through the same bytes over and over.
  @Test func theBudgetIsKept() {
    let same = [UInt8](repeating: 7, count: 4000)
    let heads = Self.heads([same])
    var (budget, calls) = (10_000, 0)
    heads.search([UInt8](repeating: 7, count: 60_000)[...], &budget) { _ in
      calls += 1
      return false
    }
    #expect(budget <= 0 && calls == 3)
  }

  private static func heads(_ messages: [[UInt8]]) -> MessageHeads {
    let printer = MessagePrinter(payloadLimit: 32)
    let all = messages.enumerated().map { index, bytes in
      Message(
        index: index, header: nil, bytes: UInt64(bytes.count), sentLength: nil, name: nil,
        iovecs: nil, payload: Payload(data: bytes[...], truncated: false, fault: nil), control: [],
        segmentation: nil, fault: nil, truncated: false)
    }
    let prints = printer.prints(of: all, [], on: nil) { _ in true }
    return MessageHeads(
      messages.indices,
      CallPrints(prints, of: all, count: all.count, unsent: 0, on: nil, isStream: false))
  }
}
