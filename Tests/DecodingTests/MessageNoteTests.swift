import Decoding
import Records
import TestSupport
import Testing

/// What is noted of messages.
@Suite struct MessageNoteTests {
  private static let loopback = inetAddress(127, 0, 0, 1, port: 9)
  private static let udp = socketSnapshot(family: 2, type: 2, protocolNumber: 17)
  private static let tcp = socketSnapshot(family: 2, type: 1, protocolNumber: 6)
  private static let raw6 = socketSnapshot(family: 10, type: 3, protocolNumber: 253)
  private static let udp6 = socketSnapshot(family: 10, type: 2, protocolNumber: 17)
  private static let ping6 = socketSnapshot(family: 10, type: 2, protocolNumber: 58)
  private static let netlink = socketSnapshot(family: 16, type: 3)
  private static let packet = socketSnapshot(family: 17, type: 3)

  private func notes(
    _ messages: [FakeMessage], _ socket: SocketSnapshot? = udp, flags: UInt32 = 0,
    counted: Int = 0, abi: ABI = .x86_64, change: (inout FakeMemory) -> Void = { _ in }
  ) -> [Note] {
    var call = FakeCall(messages, abi: abi, flags: flags)
    call.socket = socket
    change(&call.memory)
    let lengths = messages.prefix(counted).map { UInt32($0.iovecs.reduce(0) { $0 + $1.count }) }
    return call.decoded(returning: Int64(counted), sentLengths: lengths).notes
  }

  @Test func nothingIsSaidOfWhatIsUsual() {
    #expect(notes([FakeMessage("x", name: Self.loopback), FakeMessage("y")], counted: 2) == [])
  }

  @Test func longNames() {
    let found = notes([FakeMessage("x", name: Self.loopback)]) {
      $0.write(littleEndian(4096, 4), at: FakeCall.vector + 8)
    }
    #expect(
      found == [
        Note(
          code: .namelenClamped, message: 0,
          text: "msg_namelen is 4096: the kernel reads 128 bytes of the address")
      ])
    let none = notes([FakeMessage("x")]) {
      $0.write(littleEndian(4096, 4), at: FakeCall.vector + 8)
    }
    #expect(none == [], "a name that is NULL has no length")
  }

  @Test func headerFlags() {
    let found = notes([FakeMessage("x"), FakeMessage("y")]) {
      $0.write(littleEndian(0x80, 4), at: FakeCall.vector + 48)
      $0.write(littleEndian(0x100_00c1, 4), at: FakeCall.vector + 64 + 48)
    }
    #expect(
      found == [
        Note(
          code: .headerFlagsIgnored, message: 1,
          text:
            "the kernel takes MSG_EOR alone from a header, not MSG_OOB|MSG_DONTWAIT|0x1000000")
      ], "MSG_EOR is taken")
  }

  @Test(
    arguments: [
      (
        udp, [10, 0] + Array(repeating: 0, count: 26),
        "the address is of AF_INET6, the socket of AF_INET"
      ),
      (udp6, loopback, nil),
      (raw6, loopback, "the address is of AF_INET, the socket of AF_INET6"),
      (
        netlink, Array(repeating: 0, count: 12),
        "the address is of AF_UNSPEC, the socket of AF_NETLINK"
      ),
      (
        packet, [99, 0] + Array(repeating: 0, count: 18),
        "the address is of 99, the socket of AF_PACKET, which does not look at that"
      ),
    ] as [(SocketSnapshot, [UInt8], String?)])
  func families(socket: SocketSnapshot, name: [UInt8], text: String?) {
    #expect(
      notes([FakeMessage("x", name: name)], socket)
        == (text.map { [Note(code: .addressFamilyMismatch, message: 0, text: $0)] } ?? []))
  }

  @Test func unspecified() {
    let name = [0] + Self.loopback.dropFirst()
    #expect(
      notes([FakeMessage("x", name: name)])
        == [
          Note(
            code: .addressUnspecified, message: 0, text: "this socket reads AF_UNSPEC as AF_INET")
        ])
    #expect(
      notes([FakeMessage("x", name: name)], Self.udp6)
        == [
          Note(
            code: .addressUnspecified, message: 0,
            text: "AF_UNSPEC means no address to this socket")
        ])
  }

  @Test func ignoredControlMessages() {
    let rights = controlMessage(level: 1, type: 1, data: [3, 0, 0, 0, 4, 0, 0, 0])
    let segment = controlMessage(level: 17, type: 103, data: [1, 0])
    let bad = controlMessage(level: 17, type: 103, data: [1, 0, 0, 0, 0, 0, 0, 0])
    func texts(_ block: [UInt8], abi: ABI = .x86_64) -> [String] {
      notes([FakeMessage(iovecs: [[1]], control: block)], abi: abi).map(\.text)
    }
    #expect(
      texts(rights) == [
        "control message 0 (SOL_SOCKET SCM_RIGHTS) is ignored: "
          + "it means something to AF_UNIX sockets only"
      ])
    #expect(texts(segment) == [], "the padding is no matter")
    #expect(texts(segment + [0, 0, 0, 0, 0, 0]) == [], "neither where it is there")
    #expect(
      texts(segment + Array(repeating: 0, count: 6 + 15))
        == ["15 bytes behind the last control message are ignored"])
    #expect(
      texts([1, 2, 3]) == ["the control block of 3 bytes is too short for a header, and ignored"])
    #expect(
      texts([1, 2, 3], abi: .i386) == [
        "EINVAL: a 32-bit call's control block has to hold a header, or have no length"
      ])
    let narrow = controlMessage(.i386, level: 17, type: 103, data: [1, 0])
    #expect(
      texts(narrow + [0, 0, 0], abi: .i386) == [
        "EINVAL: 1 byte follows the last control message, which a 32-bit call may not have"
      ])
    #expect(
      texts([200, 0, 0, 0] + narrow, abi: .i386) == [
        "EINVAL: the cmsg_len at offset 0 of the control block is less than a header or more "
          + "than is left"
      ])
    #expect(texts(bad + rights) == [], "a rejection is said where it stands")
  }

  /// Nothing judges the block of a socket that is not known, so a length that wraps comes this far.
  @Test(
    arguments: [
      UInt64.max, UInt64.max - 6, UInt64.max - 7, UInt64.max - 15, 0, 15, 17,
    ] as [UInt64])
  func aMalformedLengthHasNothingBehindIt(length: UInt64) {
    let block = controlMessage(level: 1, type: 1, data: [], length: length)
    #expect(notes([FakeMessage(iovecs: [[1]], control: block)], nil) == [])
  }

  @Test func sumsThatAreCut() {
    let found = notes([FakeMessage(iovecs: [[1], [2]])]) {
      // The second iovec's length.
      let iovecs = FakeCall.buffers + 32
      $0.write(littleEndian(0x7fff_f000, 8), at: iovecs + 24)
    }
    #expect(found.map(\.code) == [.iovTruncated])
    let exact = notes([FakeMessage(iovecs: [[1], [2]])]) {
      $0.write(littleEndian(0x7fff_efff, 8), at: FakeCall.buffers + 32 + 24)
    }
    #expect(exact == [], "as much as the kernel takes")
  }

  @Test func emptyMessages() {
    let empty = FakeMessage(iovecs: [])
    #expect(
      notes([empty]) == [Note(code: .zeroLength, message: 0, text: "it has no bytes")])
    #expect(
      notes([FakeMessage(""), empty], Self.tcp).map(\.text) == [
        "it has no bytes: a stream sends nothing for it; so it is with 1 more message"
      ])
  }

  @Test func flagsThatMakeTheCountMeanLess() {
    let messages = [FakeMessage("x"), FakeMessage("y"), FakeMessage("z")]
    #expect(notes(messages, flags: 0x10, counted: 1).map(\.code) == [.probeSentNothing])
    #expect(notes(messages, Self.tcp, flags: 0x10, counted: 1) == [], "TCP does not know it")
    #expect(notes(messages, Self.raw6, flags: 0x10, counted: 1).map(\.code) == [.probeSentNothing])
    #expect(
      notes(messages, Self.ping6, flags: 0x10, counted: 3) == [], "pings over IPv6 do not either")
    #expect(notes(messages, flags: 0x10) == [], "nothing was counted")
    #expect(notes(messages, Self.tcp, flags: 0x8000, counted: 3) == [], "TCP sends what is full")
    #expect(
      notes(messages, flags: 0x8000, counted: 3) == [
        Note(
          code: .corkedNotYetSent, message: 0,
          text: "MSG_MORE: it is counted, but held back until something is sent without; "
            + "so it is with 2 more messages")
      ])
  }

  /// UDP takes a datagram whole: one that was sent with other bytes was changed before it was read.
  @Test func otherBytesThanADatagramHadAreNoted() {
    var call = FakeCall([FakeMessage("four"), FakeMessage("four"), FakeMessage("four")])
    for (socket, code) in [
      (Self.udp, Note.Code.mutatedDuringCall), (Self.raw6, .mutatedDuringCall),
      (Self.netlink, .mutatedDuringCall), (Self.tcp, nil), (Self.packet, nil),
    ] {
      call.socket = socket
      // What follows has failed, unless a stream ended with what it did not take.
      let failed = call.snapshot(returning: 2, sentLengths: [4, 2]).failedMessage
      #expect(failed == (code == nil ? nil : 2))
      for length: UInt32 in [2, 6] {
        let notes = call.decoded(returning: 2, sentLengths: [4, length]).notes
        #expect(notes.map(\.code) == (code.map { [$0] } ?? []))
        #expect(notes.allSatisfy { $0.message == 1 && $0.text.contains("4 bytes") })
      }
      #expect(call.decoded(returning: 2, sentLengths: [4, 4]).notes == [])
    }
  }

  @Test func notesAreFolded() {
    let found = notes((0..<1024).map { _ in FakeMessage(iovecs: []) }, counted: 1024)
    #expect(found.map(\.message) == [0])
    #expect(found.first?.text.hasSuffix("; so it is with 1023 more messages") == true)
  }

  @Test func skippedQuestionsAreNotedOnRequest() {
    let other = inetAddress(127, 0, 0, 1, port: 10)
    let names = [Self.loopback, Self.loopback, other, [], other, other, other]
    var call = FakeCall(names.map { FakeMessage("x", name: $0) })
    call.socket = Self.udp
    var decoder = Decoder(notesSkippedLSM: true)
    let one = [UInt32](repeating: 1, count: 5)
    let found = decoder.decode(call.snapshot(returning: 5, sentLengths: one)).notes
    #expect(found.map(\.code) == [.sameDestinationSkipsLSM])
    #expect(found.first?.message == 1)
    #expect(
      found.first?.text.hasSuffix("; so it is with 1 more message") == true,
      "message 5 was the last to be tried")
    #expect(call.decoded(returning: 5, sentLengths: one).notes == [])
    call.socket = Self.tcp
    let short = decoder.decode(call.snapshot(returning: 5, sentLengths: one.dropLast() + [0]))
    #expect(
      short.notes.first?.text.hasSuffix("are not asked") == true,
      "behind a message that was not taken in full nothing was tried")
  }

  @Test(
    arguments: [
      (0x40, false, true, "by the flag"), (0, true, true, "by O_NONBLOCK"),
      (0, false, false, "by neither"), (0x40, nil, true, "the flag is enough"),
      (0, nil, nil, "the socket is not known"),
    ] as [(UInt32, Bool?, Bool?, Comment)])
  func effectiveDontWait(flags: UInt32, nonblocking: Bool?, expected: Bool?, reason: Comment) {
    var call = FakeCall([FakeMessage("x")], flags: flags)
    call.socket = nonblocking.map {
      var socket = Self.udp
      socket.nonblocking = $0
      return socket
    }
    #expect(call.decoded().effectiveDontWait == expected, reason)
    var snapshot = call.snapshot()
    snapshot.arguments = nil
    var decoder = Decoder()
    #expect(decoder.decode(snapshot).effectiveDontWait == nil)
  }
}
