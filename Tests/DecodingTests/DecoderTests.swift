import Decoding
import Records
import TestSupport
import Testing

@Suite struct DecoderTests {
  private let destination = inetAddress(127, 0, 0, 1, port: 9999)

  @Test func aCallEndToEnd() {
    let control = controlMessage(level: 17, type: 103, data: [0xb0, 0x04])
    var call = FakeCall(
      [
        FakeMessage(
          name: destination, iovecs: [Array("one".utf8), Array("two".utf8)], control: control),
        FakeMessage("three"),
      ], flags: 0x4000)
    call.socket = socketSnapshot(
      family: 2, type: 2, protocolNumber: 17, local: inetAddress(0, 0, 0, 0, port: 40000))
    var snapshot = call.snapshot(returning: 1, sentLengths: [6])
    snapshot.monotonic = 1000
    snapshot.exit?.monotonic = 1234
    snapshot.sequence = 7
    var decoder = Decoder()
    let decoded = decoder.decode(snapshot)

    #expect(decoded.sequence == 7)
    #expect(decoded.duration == 234)
    #expect(decoded.result == .returned(1))
    #expect(decoded.socket?.protocolName == "UDP")
    #expect(decoded.socket?.local?.form == .inet(address: 0, port: 40000))
    #expect(decoded.messages.count == 2)
    let first = decoded.messages[0]
    #expect(first.bytes == 6)
    #expect(first.sentLength == 6)
    #expect(first.name?.form == .inet(address: 0x7f00_0001, port: 9999))
    #expect(first.name?.raw == nil)
    #expect(first.iovecs.map { $0.map(\.length) } == [3, 3])
    #expect(first.payload.data.map { Array($0) } == Array("onetwo".utf8))
    #expect(first.payload.truncated == false)
    #expect(first.control?.map(\.status) == [.used])
    #expect(first.control?.first?.data == [0xb0, 0x04])
    #expect(first.fault == nil)
    let second = decoded.messages[1]
    #expect(second.sentLength == nil, "only counted entries have a msg_len that means something")
    #expect(second.name == nil)
    #expect(second.control?.isEmpty == true)
    #expect(decoded.notes.isEmpty)
  }

  @Test(
    arguments: [
      (nil, CallResult.unfinished, "no exit"),
      (0, .returned(0), "vlen 0"),
      (1024, .returned(1024), "a count"),
      (-11, .failed(Errno(rawValue: 11)), "EAGAIN"),
      (-524, .failed(Errno(rawValue: 524)), "ENOTSUPP does leak"),
      (-512, .unfinished, "ERESTARTSYS is no answer"),
      (-513, .unfinished, "nor is ERESTARTNOINTR"),
      (-514, .unfinished, "nor ERESTARTNOHAND"),
      (-516, .unfinished, "nor ERESTART_RESTARTBLOCK"),
      (-4095, .failed(Errno(rawValue: 4095)), "the last errno"),
      (-4096, .unfinished, "no errno"),
      (Int64.min, .unfinished, "cannot be negated"),
      (Int64.max, .returned(UInt32.max), "more than the kernel can count"),
    ] as [(Int64?, CallResult, Comment)])
  func results(value: Int64?, expected: CallResult, reason: Comment) {
    var snapshot = CallSnapshot()
    snapshot.exit = value.map { CallSnapshot.Exit(monotonic: 5, returnValue: $0) }
    var decoder = Decoder()
    let call = decoder.decode(snapshot)
    #expect(call.result == expected, reason)
    #expect((call.duration == nil) == (expected == .unfinished), reason)
  }

  @Test func entriesEndAtTheFirstUnreadableOne() {
    // 70 entries of 64 bytes: the 64th begins a page.
    var call = FakeCall((0..<70).map { FakeMessage("message \($0)") })
    call.memory.unmap(FakeCall.vector + 4096)
    let decoded = call.decoded(returning: 64)
    #expect(decoded.messages.count == 65)
    let last = decoded.messages[64]
    #expect(last.header == nil)
    #expect(last.fault == RemoteAddress(FakeCall.vector + 4096))
    #expect(last.bytes == nil && last.iovecs == nil && last.control == nil)
    #expect(decoded.messages[63].header != nil)
  }

  @Test func anEntryWithoutItsResultFieldIsReadable() {
    // The header ends with the page; msg_len would be in the next.
    var call = FakeCall([FakeMessage("x")])
    let start = FakeCall.vector + 4096 - 56
    call.memory = FakeMemory()
    call.memory.write(Array(repeating: 0, count: 56), at: start)
    call.arguments.vector = RemoteAddress(start)
    call.arguments.vectorLength = 2
    let decoded = call.decoded()
    #expect(decoded.messages.count == 2)
    #expect(decoded.messages[0].header != nil)
    #expect(decoded.messages[1].header == nil)
    #expect(decoded.messages[1].fault == RemoteAddress(start + 64))
  }

  @Test func noMoreThan1024Entries() {
    var call = FakeCall((0..<1024).map { _ in FakeMessage("x") })
    call.arguments.vectorLength = UInt32.max
    #expect(call.decoded(returning: 1024).messages.count == 1024)
  }

  @Test func noEntriesWithoutArguments() {
    var snapshot = FakeCall([FakeMessage("x")]).snapshot()
    snapshot.arguments = nil
    var decoder = Decoder()
    #expect(decoder.decode(snapshot).messages.isEmpty)
  }

  @Test func theFirstFaultInTheKernelsOrderIsTold() {
    let message = FakeMessage(name: destination, iovecs: [[1]], control: [1, 2, 3])
    // Each part on a page of its own, so that each can fault alone.
    func call(unmapping parts: [WritableKeyPath<Parts, Bool>]) -> Message? {
      var faults = Parts()
      for part in parts { faults[keyPath: part] = true }
      var call = FakeCall([message])
      let pages: [UInt64] = [0x5000_0000, 0x6000_0000, 0x7000_0000]
      let header: [UInt64] = [pages[0], 16, pages[1], 1, pages[2], 20]
      call.memory.write(header.flatMap { littleEndian($0, 8) }, at: FakeCall.vector)
      if !faults.name { call.memory.write(destination, at: pages[0]) }
      if !faults.iovecs { call.memory.write(littleEndian(0, 16), at: pages[1]) }
      if !faults.control {
        call.memory.write(controlMessage(level: 1, type: 36, data: [1, 0, 0, 0]), at: pages[2])
      }
      return call.decoded().messages.first
    }
    #expect(call(unmapping: [])?.fault == nil)
    #expect(
      call(unmapping: [\.control, \.iovecs, \.name])?.fault == RemoteAddress(0x5000_0000))
    let withoutTwo = call(unmapping: [\.control, \.iovecs])
    #expect(withoutTwo?.fault == RemoteAddress(0x6000_0000))
    #expect(withoutTwo?.name != nil && withoutTwo?.iovecs == nil && withoutTwo?.control == nil)
    let withoutControl = call(unmapping: [\.control])
    #expect(withoutControl?.fault == RemoteAddress(0x7000_0000))
    #expect(withoutControl?.bytes == 0)
    #expect(withoutControl?.control == nil)
    #expect(withoutControl?.truncated == false)
  }

  private struct Parts {
    var name = false
    var iovecs = false
    var control = false
  }

  @Test func notesComeFromTheSnapshot() {
    var snapshot = FakeCall([FakeMessage("x")]).snapshot()
    snapshot.restarts = 2
    snapshot.leftByJump = true
    snapshot.ownDescriptorTable = true
    snapshot.headers.reset()
    var decoder = Decoder()
    let call = decoder.decode(snapshot)
    #expect(
      call.notes.map(\.code) == [.ownDescriptorTable, .restarted, .leftByJump, .captureBudget])
    #expect(call.notes.map(\.message) == [nil, nil, nil, 0])
    #expect(call.notes[1].text.contains("2 times"))
    #expect(call.messages[0].truncated)
    #expect(call.messages[0].bytes == nil, "a sum that a budget cut is not known")
    #expect(call.messages[0].fault == nil)
  }
}
