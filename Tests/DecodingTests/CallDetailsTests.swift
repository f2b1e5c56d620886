import Decoding
import Records
import TestSupport
import Testing

/// What has to be asked besides a call's bytes, and what becomes of the answers.
@Suite struct CallDetailsTests {
  private static let udp = socketSnapshot(family: 2, type: 2, protocolNumber: 17)
  private static let udp6 = socketSnapshot(family: 10, type: 2, protocolNumber: 17)

  private static func scoped(_ scope: UInt64) -> [UInt8] {
    [10, 0, 0, 9, 0, 0, 0, 0, 0xfe, 0x80] + [UInt8](repeating: 0, count: 13) + [1]
      + littleEndian(scope, 4)
  }

  private func questions(
    _ messages: [FakeMessage], _ socket: SocketSnapshot?, abi: ABI = .x86_64
  ) -> CallQuestions {
    var snapshot = FakeCall(messages, abi: abi).snapshot()
    snapshot.hasControl = messages.contains { !$0.control.isEmpty }
    return CallQuestions(snapshot, socket)
  }

  // MARK: Questions

  @Test func nothingToAskOfTheUsual() {
    let asked = questions(
      [FakeMessage("x", name: inetAddress(127, 0, 0, 1, port: 9)), FakeMessage("y")], Self.udp)
    #expect(asked.interfaces.isEmpty && asked.descriptors.isEmpty)
    #expect(!asked.speakOfTime && !asked.speakOfUsers)
  }

  @Test func interfacesOfNames() {
    let scoped = [7, 0, 7, 9].map { FakeMessage("x", name: Self.scoped($0)) }
    #expect(questions(scoped, Self.udp6).interfaces == [7, 9], "each once, and not 0")
    let short = FakeMessage("x", name: Array(Self.scoped(7).prefix(24)))
    #expect(questions([short], Self.udp6).interfaces.isEmpty, "no scope")
    let link = FakeMessage("x", name: [17, 0, 8, 0] + littleEndian(5, 4) + [0, 0])
    #expect(questions([link], socketSnapshot(family: 17, type: 3)).interfaces == [5])
    let inet = FakeMessage("x", name: inetAddress(1, 2, 3, 4, port: 5) + scoped[0].name)
    #expect(questions([inet], Self.udp6).interfaces.isEmpty, "an IPv4 address has no scope")
    let local = socketSnapshot(
      family: 10, type: 2, local: Self.scoped(3), peer: Self.scoped(4))
    #expect(questions([FakeMessage("x")], local).interfaces == [3, 4], "the socket's own")
    let many = (1...100).map { FakeMessage("x", name: Self.scoped($0)) }
    #expect(questions(many, Self.udp6).interfaces.count == 16, "bounded")
  }

  @Test(arguments: [ABI.x86_64, .i386])
  func controlMessages(abi: ABI) {
    func pad(_ block: [UInt8]) -> [UInt8] {
      let unit = abi == .x86_64 ? 8 : 4
      return block + [UInt8](repeating: 0, count: (unit - block.count % unit) % unit)
    }
    let block =
      pad(controlMessage(abi, level: 0, type: 8, data: littleEndian(3, 4) + littleEndian(0, 8)))
      + pad(
        controlMessage(
          abi, level: 1, type: 1, data: littleEndian(4, 4) + littleEndian(0xffff_ffff, 4) + [1]))
      + pad(controlMessage(abi, level: 1, type: 2, data: littleEndian(0, 12)))
      + pad(controlMessage(abi, level: 1, type: 61, data: littleEndian(0, 8)))
      + pad(
        controlMessage(
          abi, level: 41, type: 50, data: [UInt8](repeating: 0, count: 16) + littleEndian(6, 4)))
    let asked = questions([FakeMessage(control: block)], Self.udp, abi: abi)
    #expect(asked.interfaces == [3, 6])
    #expect(asked.descriptors == [4], "-1 is none")
    #expect(asked.speakOfTime && asked.speakOfUsers)
    // Cut anywhere, or with a length that is not sound, it ends there.
    for count in 0..<block.count {
      _ = questions([FakeMessage(control: Array(block.prefix(count)))], Self.udp, abi: abi)
    }
    let unsound = controlMessage(abi, level: 1, type: 61, data: [], length: 1 << 30)
    #expect(!questions([FakeMessage(control: unsound)], Self.udp, abi: abi).speakOfTime)
  }

  @Test func descriptorsAreBounded() {
    let data = (0..<1000).flatMap { littleEndian(UInt64($0), 4) }
    let message = FakeMessage(control: controlMessage(level: 1, type: 1, data: data))
    #expect(questions([message, message], nil).descriptors.count == 506)
  }

  // MARK: Answers

  private func decode(
    _ message: FakeMessage, _ socket: SocketSnapshot, flags: UInt32 = 0,
    counted: Int64 = 1, _ change: (inout CallDetails) -> Void
  ) -> SendCall {
    var call = FakeCall([message], flags: flags)
    call.socket = socket
    var snapshot = call.snapshot(returning: counted, sentLengths: [1])
    change(&snapshot.details)
    var decoder = Decoder {
      UserNames(passwd: "root:x:0:0:::\ntoor:x:0:0:::\nbroken\n", group: "adm:x:4:a,b\n")
    }
    return decoder.decode(snapshot)
  }

  @Test func scopes() {
    let message = FakeMessage("x", name: Self.scoped(7))
    let named = decode(message, Self.udp6) { $0.interfaces.add(7, Array("eth0".utf8)) }
    #expect(named.messages[0].name?.scopeName == Array("eth0".utf8))
    let other = decode(message, Self.udp6) { $0.interfaces.add(8, Array("eth0".utf8)) }
    #expect(other.messages[0].name?.scopeName == nil)
  }

  @Test func credentials() {
    let data = littleEndian(1, 4) + littleEndian(0, 4) + littleEndian(4, 4)
    let message = FakeMessage(control: controlMessage(level: 1, type: 2, data: data))
    let unix = socketSnapshot(family: 1, type: 2)
    let known = decode(message, unix) { $0.sharesUsers = true }
    #expect(
      known.messages[0].control?[0].value?.suffix(2) == [
        Field("user", .text(Array("root".utf8))), Field("group", .text(Array("adm".utf8))),
      ], "the first of two names")
    let foreign = decode(message, unix) { _ in }
    #expect(
      foreign.messages[0].control?[0].value?.suffix(2).map(\.value) == [.null, .null],
      "in another user namespace they are others")
  }

  @Test func files() {
    let data = littleEndian(3, 4) + littleEndian(4, 4)
    let message = FakeMessage(control: controlMessage(level: 1, type: 1, data: data))
    let call = decode(message, socketSnapshot(family: 1, type: 2)) {
      $0.files.add(4, Array("socket:[17]".utf8))
    }
    #expect(
      call.messages[0].control?[0].value?.last
        == Field("files", .list([.null, .text(Array("socket:[17]".utf8))])))
  }

  @Test(
    arguments: [
      (1, 1000, 1500, "CLOCK_MONOTONIC", 500, "in the future"),
      (11, 1000, 400, "CLOCK_TAI", -600, "over"), (99, 0, 0, "99", 0, "no such clock"),
      (0, 0, UInt64.max, "CLOCK_REALTIME", -1, "the largest"),
    ] as [(Int32, UInt64, UInt64, String, Int64, Comment)])
  func clocks(
    clock: Int32, now: UInt64, time: UInt64, name: String, relative: Int64, reason: Comment
  ) {
    let block = controlMessage(level: 1, type: 61, data: littleEndian(time, 8))
    let call = decode(FakeMessage(control: block), Self.udp) {
      $0.transmitClock = TransmitClock(number: clock, now: now)
    }
    #expect(
      call.messages[0].control?[0].value == [
        Field("txtime_ns", .unsigned(time)), Field("clock", .name(name)),
        Field("relative_ns", .number(relative)),
      ], reason)
  }

  // MARK: Segmentation

  private func segmentation(
    _ control: [UInt8] = [], _ socket: SocketSnapshot = udp, option: UInt16? = 1000,
    flags: UInt32 = 0, isCorked: Bool = false
  ) -> Segmentation? {
    let message = FakeMessage(iovecs: [[UInt8](repeating: 1, count: 2500)], control: control)
    let call = decode(message, socket, flags: flags) {
      $0.segmentSize = option
      $0.isCorked = isCorked
    }
    return call.messages[0].segmentation
  }

  private func segment(_ size: UInt64) -> [UInt8] {
    controlMessage(level: 17, type: 103, data: littleEndian(size, 2))
      + [UInt8](repeating: 0, count: 6)
  }

  @Test func segmentsOfTheSocket() {
    let pieces = Segmentation.Pieces(count: 3, last: 500)
    let cut = Segmentation(source: .socket, size: 1000, pieces: pieces)
    #expect(segmentation() == cut)
    #expect(segmentation([], Self.udp6) == cut)
    #expect(segmentation(option: 0) == nil)
    #expect(segmentation(option: nil) == nil)
    #expect(segmentation([], socketSnapshot(family: 2, type: 1, protocolNumber: 6)) == nil)
    let held = Segmentation(source: .socket, size: 1000, pieces: nil)
    #expect(segmentation(isCorked: true) == held)
    #expect(segmentation(flags: 0x8000) == held)
  }

  @Test func segmentsOfTheMessage() {
    let pieces = Segmentation.Pieces(count: 5, last: 500)
    #expect(segmentation(segment(500)) == Segmentation(source: .message, size: 500, pieces: pieces))
    #expect(segmentation(segment(0)) == nil, "0 turns the socket's option off")
    #expect(
      segmentation(segment(700) + segment(500))
        == Segmentation(source: .message, size: 500, pieces: pieces), "the last one counts")
    let bad = controlMessage(level: 0, type: 4, data: [0])
    #expect(segmentation(segment(500) + bad) == nil, "the message is refused")
    #expect(segmentation(controlMessage(level: 17, type: 103, data: [1, 0, 0])) == nil)
  }

  @Test func corkedSockets() {
    let notes = decode(FakeMessage("x"), Self.udp) { $0.isCorked = true }.notes
    #expect(
      notes == [
        Note(
          code: .corkedNotYetSent, message: 0,
          text: "UDP_CORK: it is counted, but held back until the socket is uncorked")
      ])
    #expect(decode(FakeMessage("x"), Self.udp, counted: -22) { $0.isCorked = true }.notes == [])
  }
}
