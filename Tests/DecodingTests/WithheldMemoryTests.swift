import Decoding
import Records
import TestSupport
import Testing

/// Parts of a message in memory that the kernel may read and a tracer did not: they are missing,
/// and no fault of the program's.
@Suite struct WithheldMemoryTests {
  private static let page: UInt64 = 0x40_0000

  /// A call of two messages, the second with `change` made to its entry.
  private func decoded(
    _ change: (inout FakeCall, _ entry: UInt64) -> Void
  ) -> (call: SendCall, second: Message?) {
    var call = FakeCall([
      FakeMessage("one"), FakeMessage(name: [2, 0, 0, 9], iovecs: [Array("two".utf8)]),
    ])
    call.memory.withhold(Self.page)
    change(&call, FakeCall.vector + 64)
    let decoded = call.decoded()
    return (decoded, decoded.messages.count > 1 ? decoded.messages[1] : nil)
  }

  private func expectNote(_ call: SendCall, _ part: MessagePart, at address: UInt64) {
    #expect(call.notes.map(\.code) == [.withheldMemory])
    #expect(call.notes.first?.message == 1)
    let words = "not read: its \(part.rawValue), at 0x\(String(address, radix: 16)), "
    #expect(call.notes.first?.text.hasPrefix(words) == true, "\(call.notes)")
  }

  @Test(
    arguments: [
      (.name, 0, []), (.iov, 16, []), (.control, 32, [(40, 24)]),
    ] as [(MessagePart, UInt64, [(UInt64, UInt64)])])
  func parts(_ part: MessagePart, _ field: UInt64, _ others: [(offset: UInt64, value: UInt64)]) {
    let (call, message) = decoded { call, entry in
      call.memory.write(littleEndian(Self.page, 8), at: entry + field)
      for (offset, value) in others {
        call.memory.write(littleEndian(value, 8), at: entry + offset)
      }
    }
    expectNote(call, part, at: Self.page)
    #expect(message?.fault == nil && message?.unreadable == [] && message?.truncated == true)
    #expect((message?.bytes == nil) == (part == .iov))
    #expect((message?.name == nil) == (part == .name))
  }

  @Test func payloads() {
    let (call, message) = decoded { call, _ in
      call.memory.write(
        littleEndian(Self.page + 5, 8) + littleEndian(9, 8), at: call.places[1].iovecs)
    }
    expectNote(call, .payload, at: Self.page + 5)
    #expect(message?.fault == nil && message?.truncated == false && message?.bytes == 9)
    #expect(message?.payload.fault == nil && message?.payload.truncated == true)
  }

  @Test func headers() {
    // The second entry begins with a page.
    let start = Self.page - 64
    var snapshot = FakeCall([FakeMessage("one"), FakeMessage("two")]).snapshot()
    let first = Array(snapshot.vector.bytes.prefix(64))
    snapshot.arguments?.vector = RemoteAddress(start)
    snapshot.vector = MemoryImage()
    snapshot.vector.append(first, from: start)
    snapshot.vector.noteWithheld(at: Self.page)
    var decoder = Decoder()
    let decoded = decoder.decode(snapshot)
    expectNote(decoded, .header, at: Self.page)
    #expect(decoded.messages.count == 2 && decoded.messages[1].header == nil)
    #expect(decoded.messages[1].fault == nil && decoded.messages[1].truncated)
  }
}
