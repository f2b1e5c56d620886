import Decoding
import Records
import TestSupport
import Testing

/// Byte images written by hand from kernel.md §2.2, so that a mistake in the layout tables cannot
/// hide in a writer that shares them.
@Suite struct LayoutTests {
  private static let wide: [UInt8] = [
    0x10, 0x32, 0x54, 0x76, 0x98, 0x7f, 0x00, 0x00,  // msg_name
    0xfe, 0xff, 0xff, 0xff, 0xaa, 0xaa, 0xaa, 0xaa,  // msg_namelen −2, padding
    0x00, 0x10, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00,  // msg_iov
    0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,  // msg_iovlen
    0x00, 0x20, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00,  // msg_control
    0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,  // msg_controllen 2^32 + 1
    0x80, 0x00, 0x00, 0xc0, 0xbb, 0xbb, 0xbb, 0xbb,  // msg_flags, padding
    0x2a, 0x00, 0x00, 0x00, 0xcc, 0xcc, 0xcc, 0xcc,  // msg_len, padding
  ]
  private static let wideIOVectors: [UInt8] = [
    0x00, 0x30, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x10, 0x30, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
  ]
  private static let narrow: [UInt8] = [
    0x10, 0x32, 0x54, 0xf6,  // msg_name, over 2 GB
    0xfe, 0xff, 0xff, 0xff,  // msg_namelen −2
    0x00, 0x10, 0x40, 0x00,  // msg_iov
    0x02, 0x00, 0x00, 0x00,  // msg_iovlen
    0x00, 0x20, 0x40, 0x00,  // msg_control
    0x01, 0x00, 0x00, 0x80,  // msg_controllen 2^31 + 1
    0x80, 0x00, 0x00, 0xc0,  // msg_flags
    0x2a, 0x00, 0x00, 0x00,  // msg_len
  ]
  private static let narrowIOVectors: [UInt8] = [
    0x00, 0x30, 0x40, 0x00, 0x03, 0x00, 0x00, 0x00, 0x10, 0x30, 0x40, 0x00, 0xff, 0xff, 0xff, 0x7f,
  ]

  @Test(arguments: [ABI.x86_64, .aarch64])
  func wideLayouts(_ abi: ABI) {
    let message = decode(abi, Self.wide, Self.wideIOVectors)
    #expect(
      message?.header
        == MessageHeader(
          name: RemoteAddress(0x7f98_7654_3210), nameLength: -2, iovecs: RemoteAddress(0x40_1000),
          iovecCount: 2, control: RemoteAddress(0x40_2000), controlLength: 0x1_0000_0001,
          flags: SendFlags(rawValue: 0xc000_0080)))
    #expect(
      message?.iovecs.map { Array($0) } == [
        IOVector(base: RemoteAddress(0x40_3000), length: 3),
        IOVector(base: RemoteAddress(0x40_3010), length: 0x1_0000_0000),
      ])
    #expect(message?.bytes == 0x7fff_f000, "cut at MAX_RW_COUNT")
    #expect(message?.sentLength == 42)
    #expect(message?.name == nil, "a negative length is refused, not read")
    #expect(message?.control == nil)
    #expect(message?.controlRefusal == .tooLong)
  }

  @Test(arguments: [ABI.i386, .x32, .arm])
  func narrowLayouts(_ abi: ABI) {
    let message = decode(abi, Self.narrow, Self.narrowIOVectors)
    #expect(
      message?.header
        == MessageHeader(
          name: RemoteAddress(0xf654_3210), nameLength: -2, iovecs: RemoteAddress(0x40_1000),
          iovecCount: 2, control: RemoteAddress(0x40_2000), controlLength: 0x8000_0001,
          flags: SendFlags(rawValue: 0xc000_0080)))
    #expect(
      message?.iovecs.map { Array($0) } == [
        IOVector(base: RemoteAddress(0x40_3000), length: 3),
        IOVector(base: RemoteAddress(0x40_3010), length: 0x7fff_ffff),
      ])
    #expect(message?.bytes == 0x7fff_f000)
    #expect(message?.sentLength == 42)
    #expect(message?.controlRefusal == .tooLong)
  }

  @Test(arguments: ABI.allCases)
  func theSecondEntryFollowsTheFirst(_ abi: ABI) {
    let call = FakeCall([FakeMessage("first"), FakeMessage("second")], abi: abi)
    let messages = call.decoded(returning: 2, sentLengths: [5, 6]).messages
    #expect(messages.map(\.sentLength) == [5, 6])
    #expect(messages.first?.payload.data.map { Array($0) } == Array("first".utf8))
    #expect(messages.last?.payload.data.map { Array($0) } == Array("second".utf8))
  }

  private func decode(_ abi: ABI, _ entry: [UInt8], _ iovecs: [UInt8]) -> Message? {
    var memory = FakeMemory()
    memory.write(entry, at: 0x40_0000)
    memory.write(iovecs, at: 0x40_1000)
    let arguments = SendArguments(
      fd: 3, vector: RemoteAddress(0x40_0000), vectorLength: 1, flags: [])
    var snapshot = memory.snapshot(abi, arguments)
    snapshot.noteSentLengths(1, in: snapshot.vector)
    snapshot.exit = CallSnapshot.Exit(monotonic: 0, returnValue: 1)
    var decoder = Decoder()
    return decoder.decode(snapshot).messages.first
  }
}
