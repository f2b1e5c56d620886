import Decoding
import Records
import TestSupport
import Testing

@Suite struct IOVectorTests {
  private static let data: UInt64 = 0x5000_0000

  struct Row: CustomTestStringConvertible {
    var reason: String
    var abi = ABI.x86_64
    /// Base and length of each.
    var iovecs: [(UInt64, UInt64)]
    var bytes: UInt64?
    var refusal: IOVectorRefusal?
    var testDescription: String { reason }
  }

  private static let rows: [Row] = [
    Row(reason: "none", iovecs: [], bytes: 0),
    Row(reason: "an empty one at NULL", iovecs: [(0, 0)], bytes: 0),
    Row(reason: "a sum", iovecs: [(data, 3), (data, 4)], bytes: 7),
    Row(reason: "the largest total", iovecs: [(data, 0x7fff_f000)], bytes: 0x7fff_f000),
    Row(
      reason: "one byte over it is cut", iovecs: [(data, 0x7fff_f000), (data, 1)],
      bytes: 0x7fff_f000),
    Row(
      reason: "a sum over 2^64 is cut", iovecs: Array(repeating: (data, 1 << 62), count: 9),
      bytes: 0x7fff_f000),
    Row(
      reason: "the last length that is not negative", abi: .i386, iovecs: [(data, 0x7fff_ffff)],
      bytes: 0x7fff_f000),
    Row(
      reason: "the first that is", abi: .i386, iovecs: [(data, 1), (data, 0x8000_0000)],
      refusal: .negativeLength(index: 1, length: 0x8000_0000)),
    Row(
      reason: "the same in 64 bits is none", iovecs: [(data, 0x8000_0000)], bytes: 0x7fff_f000),
    Row(
      reason: "negative in 64 bits", iovecs: [(data, 1 << 63)],
      refusal: .negativeLength(index: 0, length: 1 << 63)),
    Row(
      reason: "lengths are looked at before addresses",
      iovecs: [(1 << 63, 1), (data, UInt64.max)],
      refusal: .negativeLength(index: 1, length: UInt64.max)),
    Row(
      reason: "the kernel's half", iovecs: [(data, 1), (1 << 63, 0)],
      refusal: .outsideAddressSpace(index: 1, base: RemoteAddress(1 << 63))),
    Row(
      reason: "an end in the kernel's half", iovecs: [(data, 1), (data, 1 << 63 - 1)],
      refusal: .outsideAddressSpace(index: 1, base: RemoteAddress(data))),
    Row(
      reason: "a single one may be cut before its end is looked at",
      iovecs: [(data, 1 << 63 - 1)], bytes: 0x7fff_f000),
    Row(
      reason: "not canonical, but some kernels find that out only when they read",
      iovecs: [(1 << 50, 1)], bytes: 1),
    Row(
      reason: "a tagged pointer", abi: .aarch64, iovecs: [(0xff00_0000_5000_0000, 1)], bytes: 1),
    Row(
      reason: "bit 55 is the kernel's half", abi: .aarch64, iovecs: [(1 << 55, 1)],
      refusal: .outsideAddressSpace(index: 0, base: RemoteAddress(1 << 55))),
    Row(
      reason: "a 64-bit kernel takes any 32-bit address", abi: .i386, iovecs: [(0xffff_ffff, 8)],
      bytes: 8),
  ]

  @Test(arguments: rows)
  func sums(_ row: Row) {
    let message = decode(row.abi, row.iovecs, count: UInt64(row.iovecs.count))
    #expect(message?.bytes == row.bytes)
    #expect(message?.iovecRefusal == row.refusal)
    #expect(message?.iovecs?.count == (row.refusal == nil ? row.iovecs.count : nil))
    #expect(message?.fault == nil)
    if row.refusal != nil { #expect(message?.payload.data == nil) }
  }

  @Test(
    arguments: [(1024, nil), (1025, .tooMany), (1 << 32 | 1, .tooMany)]
      as [(UInt64, IOVectorRefusal?)])
  func counts(count: UInt64, refusal: IOVectorRefusal?) {
    let message = decode(.x86_64, Array(repeating: (Self.data, 1), count: 1024), count: count)
    #expect(message?.iovecRefusal == refusal)
    #expect(message?.iovecs?.count == (refusal == nil ? 1024 : nil))
  }

  @Test func anArrayThatFaultsInTheMiddle() {
    var call = FakeCall([FakeMessage("x")])
    let array: UInt64 = 0x6000_1000 - 16
    call.memory.write(littleEndian(0, 16), at: array)
    call.memory.write(littleEndian(array, 8) + littleEndian(2, 8), at: FakeCall.vector + 16)
    let message = call.decoded().messages.first
    #expect(message?.iovecs == nil && message?.bytes == nil && message?.iovecRefusal == nil)
    #expect(message?.fault == RemoteAddress(0x6000_1000))
  }

  private func decode(_ abi: ABI, _ iovecs: [(UInt64, UInt64)], count: UInt64) -> Message? {
    var call = FakeCall([FakeMessage("x")], abi: abi)
    let array: UInt64 = 0x6000_0000
    call.memory.write(iovecs.flatMap { call.word($0.0) + call.word($0.1) }, at: array)
    let fields = call.word(array) + call.word(count)
    call.memory.write(fields, at: FakeCall.vector + (abi == .i386 ? 8 : 16))
    return call.decoded().messages.first
  }
}
