import Records
import Testing

@testable import Analysis

/// What was left, among the bytes that other sockets of the program are given.
@Suite struct OtherRunsTests {
  private static let texts = (0..<4).map { "the contents of message \($0)" }

  /// What follows a call that left messages 1 to 3 of four; the trace keeps eight bytes of each.
  private static func found(_ sends: [[String]], to port: UInt16 = 1000) -> [String] {
    Scenario.fates(of: texts, behind: sends, to: port, on: 2)
  }

  @Test func joinedOrInPieces() {
    let all = Self.texts[1...].joined()
    let halves = Self.texts[1...].flatMap { [String($0.prefix(12)), String($0.dropFirst(12))] }
    for port: UInt16 in [1000, 2000] {
      #expect(Self.found([[all]], to: port) == ["1 unknown 1,2,3"])
      #expect(Self.found([halves], to: port) == ["1 unknown 1,2,3"])
      #expect(Self.found(halves.map { [$0] }, to: port) == ["1 unknown 1,2,3"])
      let framed = Self.texts[1...].map { ["2 bytes" + $0] }
      #expect(Self.found(framed, to: port) == ["1 unknown 1,2,3"])
      #expect(Self.found([["x" + Self.texts[2] + "x"]], to: port).contains("1 unknown 2"))
    }
  }

  @Test func otherBytes() {
    let part = Self.texts.map { String($0.dropLast()) }
    #expect(Self.found([part]) == ["1 abandoned 1,2,3"])
    #expect(Self.found(part.map { [$0] }) == ["1 abandoned 1,2,3"])
  }

  /// What had been sent is in it as well: to another receiver that is a copy.
  @Test func copies() {
    #expect(Self.found([["log: " + Self.texts.joined()]], to: 2000) == ["1 abandoned 1,2,3"])
    #expect(Self.found([["log: " + Self.texts.joined()]]) == ["1 unknown 1,2,3"])
  }

  /// A message may go on in the next send, and its beginning stand there twice.
  @Test func runs() {
    let heads = [UInt8]("abcdefghij".utf8)
    let printer = MessagePrinter(payloadLimit: 32)
    let message = Message(
      index: 0, header: nil, bytes: 10, sentLength: nil, name: nil, iovecs: nil,
      payload: Payload(data: heads[...], truncated: false, fault: nil), control: [],
      segmentation: nil, fault: nil, truncated: false)
    let prints = printer.prints(of: [message], [], on: nil) { _ in true }
    let known = MessageHeads(
      0..<1, CallPrints(prints, of: [message], count: 1, unsent: 0, on: nil, isStream: false))
    for (text, passed, count) in [
      ("abcdefghij", 10, 1), ("xxabcdefghijxx", 12, 1), ("xxabcdefghi", 2, 0),
      ("abcdefghabcdefgh", 8, 0), ("abcdefg", 0, 0),
    ] {
      var (budget, found) = (1000, 0)
      let bytes = [UInt8](text.utf8)
      let behind = known.scan(bytes[...], &budget) { bytes in
        found += bytes.elementsEqual(heads) ? 1 : 0
        return bytes.elementsEqual(heads)
      }
      #expect((behind, found) == (passed, count), "\(text)")
    }
  }
}
