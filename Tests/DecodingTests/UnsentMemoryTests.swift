import Decoding
import Records
import TestSupport
import Testing

/// What a call left unsent, read when it had ended.
@Suite struct UnsentMemoryTests {
  private static let layout = MessageLayout.of(.x86_64)

  private static func arguments(_ count: UInt32) -> SendArguments {
    SendArguments(fd: 3, vector: RemoteAddress(0x1000), vectorLength: count, flags: [])
  }

  @Test func partsOfTheRest() {
    #expect(Self.arguments(1024).part(0, Self.layout) == nil)
    let one = Self.arguments(1025).part(0, Self.layout)
    #expect(one?.vectorLength == 1 && one?.vector == RemoteAddress(0x1000 + 1024 * 64))
    let second = Self.arguments(3000).part(1, Self.layout)
    #expect(second?.vectorLength == 952 && second?.vector == RemoteAddress(0x1000 + 2048 * 64))
    #expect(Self.arguments(3000).part(2, Self.layout) == nil)
    // However many it says there are.
    #expect(Self.arguments(.max).part(14, Self.layout)?.vectorLength == 1024)
    #expect(Self.arguments(.max).part(15, Self.layout) == nil)
    #expect(Self.arguments(.max).part(.max, Self.layout) == nil)
    var high = Self.arguments(.max)
    high.vector = RemoteAddress(.max - 7)
    #expect(high.part(0, Self.layout) == nil)
  }

  @Test func messagesOfTheRest() {
    let rest = FakeCall([FakeMessage("one"), FakeMessage("two")])
    let image = rest.memory.snapshot(rest.abi, rest.arguments, payloadLimit: 32)
    var memory = UnsentMemory()
    memory.payloadLimit = 32
    var images = MessageImages()
    (images.vector, images.headers, images.payload) = (image.vector, image.headers, image.payload)
    let part = UnsentMemory.Part(rest.arguments, images)
    memory.parts = [part, part]
    var snapshot = CallSnapshot()
    snapshot.leftover = memory
    var decoder = Decoder()
    let leftover = decoder.leftover(of: snapshot)
    let texts = leftover.messages.map { String(decoding: $0.payload.data ?? [], as: UTF8.self) }
    #expect(texts == ["one", "two", "one", "two"])
    #expect(snapshot.byteCount == memory.byteCount && memory.byteCount > 0)
    #expect(decoder.leftover(of: CallSnapshot()).messages.isEmpty)
  }

  /// Where the bytes lie that a stream did not take.
  @Test func theCut() {
    let call = FakeCall([
      FakeMessage("sent"), FakeMessage(iovecs: [Array("one".utf8), [], Array("two".utf8)]),
    ])
    func cut(taken: UInt32, of type: SocketType = .stream, counted: Int64 = 2) -> RemoteRange? {
      var snapshot = call.snapshot(returning: counted, sentLengths: [4, taken])
      snapshot.socket = socketSnapshot(family: 1, type: type.rawValue)
      return snapshot.cut
    }
    let data = call.places[1].data
    #expect(cut(taken: 1) == RemoteRange(start: RemoteAddress(data[0] + 1), count: 2))
    #expect(cut(taken: 3) == RemoteRange(start: RemoteAddress(data[2]), count: 3))
    #expect(cut(taken: 5) == RemoteRange(start: RemoteAddress(data[2] + 2), count: 1))
    #expect(cut(taken: 6) == nil)
    #expect(cut(taken: .max) == nil)
    #expect(cut(taken: 1, of: .datagram) == nil)
    #expect(cut(taken: 1, counted: -11) == nil)
  }
}
