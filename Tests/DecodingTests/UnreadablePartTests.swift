import Decoding
import Records
import TestSupport
import Testing

/// Parts of a message that end in memory which cannot be read (kernel.md §2.1 rows 1, 5, 8, 13).
@Suite struct UnreadablePartTests {
  /// The last four bytes of a page, with nothing behind it.
  private static let edge: UInt64 = 0x30_0ffc
  private static let fault = RemoteAddress(0x30_1000)

  /// A message of which the field at `offset` of the header points at the edge.
  private func parts(
    _ fields: [(offset: UInt64, value: UInt64)], abi: ABI = .x86_64, edge bytes: [UInt8]
  ) -> [UnreadablePart] {
    var call = FakeCall([FakeMessage("x")], abi: abi)
    call.memory.write(bytes, at: Self.edge + 4 - UInt64(bytes.count))
    for (offset, value) in fields {
      call.memory.write(call.word(value), at: FakeCall.vector + offset)
    }
    return call.decoded().messages[0].unreadable
  }

  private func part(
    _ part: MessagePart, _ bytes: [UInt8], of wanted: Int, _ effect: String
  ) -> UnreadablePart {
    UnreadablePart(
      part: part, address: Self.fault, bytes: bytes, available: bytes.count, wanted: wanted,
      effect: effect)
  }

  @Test func nothingIsSaidOfWhatIsThere() {
    #expect(FakeCall([FakeMessage("x")]).decoded().messages[0].unreadable == [])
  }

  @Test func names() {
    #expect(
      parts([(0, Self.edge), (8, 16)], edge: [2, 0, 0, 9]) == [
        part(.name, [2, 0, 0, 9], of: 16, "EFAULT: the address is copied whole")
      ])
    #expect(parts([(0, Self.edge), (8, 4)], edge: [2, 0, 0, 9]) == [], "it ends in time")
  }

  @Test func iovecs() {
    let one = littleEndian(0x1000, 8) + littleEndian(5, 8)
    #expect(
      parts([(16, Self.edge + 4 - 16), (24, 2)], edge: one) == [
        part(.iov, one, of: 32, "EFAULT: the array is read whole before the payload")
      ])
    let negative = littleEndian(0x1000, 8) + littleEndian(1 << 63, 8)
    #expect(
      parts([(16, Self.edge + 4 - 16), (24, 2)], edge: negative).map(\.effect) == [
        "EINVAL: the length of iovec 0 is negative, and is looked at first; "
          + "EFAULT from older kernels, which copy the array whole"
      ])
  }

  @Test func controlBlocks() {
    #expect(
      parts([(32, Self.edge), (40, 24)], edge: [18, 0, 0, 0]) == [
        part(.control, [18, 0, 0, 0], of: 24, "EFAULT: the block is copied whole")
      ])
    #expect(
      parts([(32, Self.edge), (40, 200_000)], edge: [18, 0, 0, 0]).map(\.effect) == [
        "EFAULT: the block is copied whole, if it is not over net.core.optmem_max: ENOBUFS"
      ])
    #expect(
      parts([(16, Self.edge), (20, 24)], abi: .i386, edge: [18, 0, 0, 0]).map(\.effect) == [
        "EFAULT: what can be read of it is sound"
      ])
    #expect(
      parts([(16, Self.edge), (20, 24)], abi: .i386, edge: [3, 0, 0, 0]) == [],
      "refused before the fault, which is nobody's")
  }

  @Test func theFirstOneDecides() {
    let found = parts(
      [(0, Self.edge), (8, 16), (16, Self.edge), (24, 1), (32, Self.edge), (40, 24)],
      edge: [2, 0, 0, 9])
    #expect(found.map(\.part) == [.name, .iov, .control])
    #expect(
      found.map(\.effect) == [
        "EFAULT: the address is copied whole", "not looked at: the name cannot be read",
        "not looked at: the name cannot be read",
      ])
    let refused = parts([(24, 1025), (32, Self.edge), (40, 24)], edge: [18, 0, 0, 0])
    #expect(refused.map(\.effect) == ["not looked at: there are too many iovecs"])
  }

  @Test func headers() {
    var call = FakeCall([FakeMessage("x")])
    call.arguments.vector = RemoteAddress(Self.edge)
    call.memory.write([1, 2, 3, 4], at: Self.edge)
    #expect(
      call.decoded().messages[0].unreadable == [
        part(.header, [1, 2, 3, 4], of: 56, "EFAULT: a header is copied whole")
      ])
  }

  @Test func whatIsKeptIsBounded() {
    var call = FakeCall([FakeMessage("x")])
    let start = Self.edge + 4 - 2048
    call.memory.write([UInt8](repeating: 7, count: 2048), at: start)
    call.memory.write(
      call.word(start) + call.word(4096), at: FakeCall.vector + 32)
    let found = call.decoded().messages[0].unreadable.first
    #expect(found?.bytes.count == 512)
    #expect(found?.available == 2048)
  }
}
