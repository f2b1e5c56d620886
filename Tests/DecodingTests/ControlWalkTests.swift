import Decoding
import Records
import TestSupport
import Testing

/// How a block is split up: kernel.md §2.1 and §2.3.
@Suite struct ControlWalkTests {
  struct Row: CustomTestStringConvertible {
    var reason: String
    var bytes: [UInt8]
    /// The `cmsg_len` of each message.
    var lengths: [UInt64]
    var data: [[UInt8]]
    var refusal: ControlRefusal?
    /// Of the messages on a UDP socket.
    var statuses: [ControlMessage.Status]
    var testDescription: String { reason }
  }

  private static func segment(_ abi: ABI, length: UInt64? = nil) -> [UInt8] {
    controlMessage(abi, level: 17, type: 103, data: [1, 2], length: length)
  }
  private static func mark(_ abi: ABI) -> [UInt8] {
    controlMessage(abi, level: 1, type: 36, data: [9, 0, 0, 0])
  }
  private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

  private static let nativeRows: [Row] = [
    Row(
      reason: "one message, unpadded", bytes: segment(.x86_64), lengths: [18], data: [[1, 2]],
      statuses: [.used]),
    Row(
      reason: "one message, padded to CMSG_SPACE", bytes: segment(.x86_64) + zeros(6),
      lengths: [18], data: [[1, 2]], statuses: [.used]),
    Row(
      reason: "the second begins at a multiple of 8",
      bytes: segment(.x86_64) + zeros(6) + mark(.x86_64), lengths: [18, 20],
      data: [[1, 2], [9, 0, 0, 0]], statuses: [.used, .used]),
    Row(
      reason: "less than a header: ignored", bytes: zeros(15), lengths: [], data: [],
      statuses: []),
    Row(
      reason: "15 trailing bytes: ignored", bytes: segment(.x86_64) + zeros(6 + 15),
      lengths: [18], data: [[1, 2]], statuses: [.used]),
    Row(
      reason: "16 trailing bytes are a header, whose length of 0 is refused",
      bytes: segment(.x86_64) + zeros(6 + 16), lengths: [18, 0], data: [[1, 2], []],
      statuses: [.used, .rejected]),
    Row(
      reason: "cmsg_len is the header alone", bytes: segment(.x86_64, length: 16),
      lengths: [16], data: [[]], statuses: [.rejected]),
    Row(
      reason: "cmsg_len is one less than a header", bytes: segment(.x86_64, length: 15),
      lengths: [15], data: [[]], statuses: [.rejected]),
    Row(
      reason: "cmsg_len is one more than is left", bytes: segment(.x86_64, length: 19),
      lengths: [19], data: [[1, 2]], statuses: [.rejected]),
    Row(
      reason: "cmsg_len cannot be rounded up", bytes: segment(.x86_64, length: UInt64.max),
      lengths: [UInt64.max], data: [[1, 2]], statuses: [.rejected]),
    Row(
      reason: "UDP finds the bad length before it looks at the other levels",
      bytes: mark(.x86_64) + zeros(4) + segment(.x86_64, length: 3), lengths: [20, 3],
      data: [[9, 0, 0, 0], []], statuses: [.ignored, .rejected]),
  ]

  private static let compatRows: [Row] = [
    Row(
      reason: "one message, unpadded", bytes: segment(.i386), lengths: [14], data: [[1, 2]],
      statuses: [.used]),
    Row(
      reason: "padded to a multiple of 4", bytes: segment(.i386) + zeros(2), lengths: [14],
      data: [[1, 2]], statuses: [.used]),
    Row(
      reason: "the second begins at a multiple of 4",
      bytes: segment(.i386) + zeros(2) + mark(.i386), lengths: [14, 16],
      data: [[1, 2], [9, 0, 0, 0]], statuses: [.used, .used]),
    Row(
      reason: "less than a header: refused", bytes: zeros(11), lengths: [], data: [],
      refusal: .noHeader, statuses: []),
    Row(
      reason: "a trailing byte is a header: refused", bytes: segment(.i386) + zeros(2 + 1),
      lengths: [14], data: [[1, 2]], refusal: .trailingBytes(1), statuses: [.ignored]),
    Row(
      reason: "11 trailing bytes are refused too", bytes: segment(.i386) + zeros(2 + 11),
      lengths: [14], data: [[1, 2]], refusal: .trailingBytes(11), statuses: [.ignored]),
    Row(
      reason: "padding that is not whole is no header", bytes: segment(.i386) + zeros(1),
      lengths: [14], data: [[1, 2]], statuses: [.used]),
    Row(
      reason: "12 trailing bytes are a header of length 0",
      bytes: segment(.i386) + zeros(2 + 12), lengths: [14, 0], data: [[1, 2], []],
      refusal: .malformed(16), statuses: [.ignored, .rejected]),
    Row(
      reason: "cmsg_len is less than a header", bytes: segment(.i386, length: 11),
      lengths: [11], data: [[]], refusal: .malformed(0), statuses: [.rejected]),
    Row(
      reason: "cmsg_len is more than is left", bytes: segment(.i386, length: 15),
      lengths: [15], data: [[1, 2]], refusal: .malformed(0), statuses: [.rejected]),
    Row(
      reason: "cmsg_len is the largest", bytes: segment(.i386, length: 0xffff_ffff),
      lengths: [0xffff_ffff], data: [[1, 2]], refusal: .malformed(0), statuses: [.rejected]),
  ]

  @Test(arguments: nativeRows, [ABI.x86_64, .aarch64])
  func native(_ row: Row, abi: ABI) { check(row, abi) }

  @Test(arguments: compatRows, [ABI.i386, .x32, .arm])
  func compat(_ row: Row, abi: ABI) { check(row, abi) }

  private func check(_ row: Row, _ abi: ABI) {
    var call = FakeCall([FakeMessage(iovecs: [[1]], control: row.bytes)], abi: abi)
    call.socket = socketSnapshot(family: 2, type: 2, protocolNumber: 17)
    let message = call.decoded().messages.first
    #expect(message?.control?.map(\.length) == row.lengths)
    #expect(message?.control?.map(\.data) == row.data)
    #expect(message?.control?.map(\.status) == row.statuses)
    #expect(message?.controlRefusal == row.refusal)
    #expect(message?.truncated == false)
  }

  @Test(arguments: [ABI.x86_64, .i386])
  func aNullBlock(_ abi: ABI) {
    var call = FakeCall([FakeMessage(iovecs: [[1]], control: Self.segment(abi))], abi: abi)
    call.memory.write(call.word(0), at: FakeCall.vector + (abi == .i386 ? 16 : 32))
    let message = call.decoded().messages.first
    if abi == .i386 {
      #expect(message?.controlRefusal == .noHeader)
      #expect(message?.fault == nil, "the conversion refuses NULL without reading it")
    } else {
      #expect(message?.controlRefusal == nil)
      #expect(message?.fault == RemoteAddress(0))
      #expect(message?.control == nil)
    }
  }

  @Test(
    arguments: [
      // How much of the block lies before the bad page, cmsg_len, what comes of it.
      (.x86_64, 20, 3, nil, true, "a native block is copied whole first"),
      (.i386, 12, 3, .malformed(0), false, "a bad length is seen before the data is copied"),
      (.i386, 4, 3, .malformed(0), false, "the length is read before the rest of its header"),
      (.i386, 3, 3, nil, true, "the length itself cannot be read"),
      (.i386, 12, 20, nil, true, "the length is good, the data cannot be copied"),
    ] as [(ABI, Int, UInt64, ControlRefusal?, Bool, Comment)])
  func blocksThatFault(
    abi: ABI, readable: Int, length: UInt64, refusal: ControlRefusal?, faults: Bool,
    reason: Comment
  ) {
    var call = FakeCall([FakeMessage(iovecs: [[1]], control: Self.zeros(40))], abi: abi)
    let start = 0x5000_1000 - UInt64(readable)
    let block = controlMessage(abi, level: 17, type: 103, data: [1, 2], length: length)
    call.memory.write(block.prefix(readable), at: start)
    call.memory.write(call.word(start), at: FakeCall.vector + (abi == .i386 ? 16 : 32))
    let message = call.decoded().messages.first
    #expect(message?.controlRefusal == refusal, reason)
    #expect(message?.fault == (faults ? RemoteAddress(0x5000_1000) : nil), reason)
    #expect((message?.control == nil) == faults, reason)
  }

  @Test func aBudgetKeepsWhatWasCaptured() {
    let block = Self.mark(.x86_64) + Self.zeros(4) + Self.mark(.x86_64)
    let call = FakeCall([FakeMessage(iovecs: [[1]], control: block)])
    var snapshot = call.snapshot()
    var cut = MemoryImage()
    let last = call.places[0].control + 30
    for span in snapshot.headers.spans where span.start < last {
      let count = min(span.count, Int(last - span.start))
      cut.append(snapshot.headers.bytes[span.offset..<span.offset + count], from: span.start)
    }
    snapshot.headers = cut
    var decoder = Decoder()
    let decoded = decoder.decode(snapshot)
    #expect(decoded.messages[0].control?.map(\.length) == [20])
    #expect(decoded.messages[0].truncated)
    #expect(decoded.messages[0].fault == nil)
    #expect(decoded.notes.map(\.code) == [.captureBudget])
  }

  @Test func oneBlockForAllMessagesIsBounded() {
    // 1,024 messages share a block of 64 KB: 64 MB of control messages out of one capture.
    let block = (0..<2048).flatMap { _ in
      controlMessage(level: 99, type: 1, data: Self.zeros(16))
    }
    var call = FakeCall(
      (0..<1024).map { FakeMessage(iovecs: [[1]], control: $0 == 0 ? block : []) })
    let fields = littleEndian(call.places[0].control, 8) + littleEndian(UInt64(block.count), 8)
    for place in call.places { call.memory.write(fields, at: place.entry + 32) }
    let decoded = call.decoded()
    let count = decoded.messages.reduce(0) { $0 + ($1.control?.count ?? 0) }
    #expect(count == 16 << 10, "each has its sure share")
    #expect(decoded.messages.last?.truncated == true)
    #expect(decoded.notes.map(\.code) == [.captureBudget])
  }

  /// A block of 32 MiB holds two million of them.
  @Test func emptyMessagesAreNotKeptWithoutEnd() {
    let empty = controlMessage(level: 1, type: 2, data: [])
    let many = (0..<20_000).flatMap { _ in empty }
    let few = (0..<16).flatMap { _ in empty }
    let messages = FakeCall([
      FakeMessage(iovecs: [[1]], control: many), FakeMessage(iovecs: [[1]], control: few),
    ]).decoded(returning: 2).messages
    #expect(messages[0].control?.count == 16 * 1024 - 16)
    #expect(messages[0].truncated)
    #expect(messages[1].control?.count == 16)
    #expect(!messages[1].truncated)
  }
}
