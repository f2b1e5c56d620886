import Decoding
import Records
import TestSupport
import Testing

@Suite struct PayloadTests {
  @Test(
    arguments: [
      (0, nil, true, "none kept"),
      (3, "one", true, "the first iovec"),
      (4, "onet", true, "into the second"),
      (5, "onetw", true, "one byte short"),
      (6, "onetwo", false, "all"),
      (UInt64.max, "onetwo", false, "no limit"),
    ] as [(UInt64, String?, Bool, Comment)])
  func limits(limit: UInt64, text: String?, truncated: Bool, reason: Comment) {
    var call = FakeCall([
      FakeMessage(iovecs: [Array("one".utf8), [], Array("two".utf8)]), FakeMessage(iovecs: []),
    ])
    call.payloadLimit = limit
    let messages = call.decoded().messages
    #expect(messages.first?.payload.data.map { Array($0) } == text.map { Array($0.utf8) }, reason)
    #expect(messages.first?.payload.truncated == truncated, reason)
    #expect(messages.last?.payload.data.map { $0.count } == (limit == 0 ? nil : 0), reason)
    #expect(messages.last?.payload.truncated == false, "nothing to keep")
  }

  @Test func aBadIovecEndsThePayload() {
    var call = FakeCall([FakeMessage(iovecs: [[1, 2], [3, 4], [5, 6]])])
    // The second iovec reaches from a good page into a bad one.
    call.memory.write([7, 8, 9], at: 0x5000_1000 - 3)
    call.memory.write(
      littleEndian(0x5000_1000 - 3, 8) + littleEndian(5, 8), at: call.places[0].iovecs + 16)
    let message = call.decoded().messages.first
    #expect(message?.payload.data.map { Array($0) } == [1, 2, 7, 8, 9])
    #expect(message?.payload.fault == RemoteAddress(0x5000_1000))
    #expect(message?.payload.truncated == true)
    #expect(message?.bytes == 9)
    #expect(message?.fault == nil, "the kernel looks at data last, and so it is told apart")
  }

  @Test func neighboursAreNotCopied() {
    var call = FakeCall([FakeMessage(iovecs: [[1, 2], [3, 4]])])
    call.memory.write([1, 2, 3, 4], at: 0x5000_0000)
    call.memory.write(
      [0x5000_0000, 2, 0x5000_0002, 2].flatMap { littleEndian($0, 8) },
      at: call.places[0].iovecs)
    #expect(call.decoded().messages.first?.payload.data.map { Array($0) } == [1, 2, 3, 4])
  }

  @Test func piecesMayOverlapAndGoBackwards() {
    var call = FakeCall([FakeMessage(iovecs: [[0], [0], [0]]), FakeMessage("next")])
    call.memory.write([1, 2, 3, 4], at: 0x5000_0000)
    call.memory.write(
      [0x5000_0002, 2, 0x5000_0000, 3, 0x5000_0001, 1].flatMap { littleEndian($0, 8) },
      at: call.places[0].iovecs)
    let messages = call.decoded().messages
    #expect(messages[0].payload.data.map { Array($0) } == [3, 4, 1, 2, 3, 2])
    #expect(messages[1].payload.data.map { Array($0) } == Array("next".utf8))
  }

  @Test func whatABudgetLeftOutIsTruncated() {
    let call = FakeCall([FakeMessage("message"), FakeMessage("message")])
    var snapshot = call.snapshot()
    snapshot.payload.reset()
    var decoder = Decoder()
    let decoded = decoder.decode(snapshot)
    #expect(decoded.messages.map { $0.payload.data?.count } == [0, 0])
    #expect(decoded.messages.map(\.payload.truncated) == [true, true])
    #expect(decoded.messages.map(\.truncated) == [false, false])
    #expect(decoded.notes.map(\.code) == [.captureBudget])
    #expect(decoded.notes.first?.text.contains("1 more message") == true)
  }

  @Test func oneBufferForAllMessagesIsBounded() {
    let big = [UInt8](repeating: 1, count: 1 << 17)
    var call = FakeCall((0..<1024).map { FakeMessage(iovecs: $0 == 0 ? [big] : [[0]]) })
    call.payloadLimit = UInt64.max
    let iovec = littleEndian(call.places[0].data[0], 8) + littleEndian(UInt64(big.count), 8)
    for place in call.places { call.memory.write(iovec, at: place.iovecs) }
    let decoded = call.decoded()
    let kept = decoded.messages.reduce(0) { $0 + ($1.payload.data?.count ?? 0) }
    #expect(kept == 64 << 20)
    #expect(decoded.messages.last?.payload.truncated == true)
    #expect(decoded.notes.map(\.code) == [.captureBudget])
  }
}
