import Decoding
import Records
import TestSupport
import Testing

/// One phrase for what a payload may be.
@Suite struct PayloadHintTests {
  private static let dns = inetAddress(127, 0, 0, 1, port: 53)
  private static let other = inetAddress(127, 0, 0, 1, port: 4433)

  private func hint(
    _ payload: [UInt8], to name: [UInt8] = other, type: Int32 = 2, number: Int32 = 17,
    limit: UInt64 = 512, peer: [UInt8]? = nil
  ) -> String? {
    var call = FakeCall([FakeMessage(name: name, iovecs: [payload])])
    call.payloadLimit = limit
    call.socket = socketSnapshot(family: 2, type: type, protocolNumber: number, peer: peer)
    return call.decoded().messages.first?.payload.hint
  }

  private static func query(
    _ labels: [String], type: UInt16 = 1, flags: UInt16 = 0x100, questions: UInt8 = 1
  ) -> [UInt8] {
    var message: [UInt8] = [0x12, 0x34, UInt8(flags >> 8), UInt8(flags & 0xff), 0, questions]
    message += [0, 0, 0, 0, 0, 0]
    for label in labels { message += [UInt8(label.utf8.count)] + Array(label.utf8) }
    message += [0, UInt8(type >> 8), UInt8(type & 0xff), 0, 1]
    return message
  }

  struct Row: CustomTestStringConvertible {
    var payload: [UInt8]
    var phrase: String?
    var reason: String
    var testDescription: String { reason }

    init(_ payload: [UInt8], _ phrase: String?, _ reason: String) {
      self.payload = payload
      self.phrase = phrase
      self.reason = reason
    }
  }

  private static let example = query(["example", "com"])
  private static let rows: [Row] = [
    Row(example, "DNS A example.com", "a question"),
    Row(query(["example", "com"], type: 28), "DNS AAAA example.com", "of another type"),
    Row(query(["a"], type: 65280), "DNS TYPE65280 a", "of a type without a name"),
    Row(query([]), "DNS A .", "the root"),
    Row(query(["a"], flags: 0x8180), "DNS response A a", "an answer"),
    Row(query(["a"], flags: 0x8183), "DNS response A a NXDOMAIN", "and what it says"),
    Row(query(["a"], flags: 0x818f), "DNS response A a RCODE15", "in numbers"),
    Row(query(["a"], type: 6, flags: 0x2400), "DNS NOTIFY SOA a", "another operation"),
    Row(query(["a"], flags: 0x7800), nil, "one that there is not"),
    Row(query(["a"], flags: 0x140), nil, "a bit that must be zero"),
    Row(query(["a.b\\c d\u{1b}"]), #"DNS A a\.b\\c\032d\027"#, "nothing that a terminal acts on"),
    Row(query(["a\u{202e}"]), #"DNS A a\226\128\174"#, "and nothing that is not ASCII"),
    Row(Array(example.dropLast(4)), "DNS example.com", "the type is cut off"),
    Row(Array(example.prefix(17)), "DNS exam…", "in the middle of a label"),
    Row(Array(example.prefix(20)), "DNS example…", "behind one"),
    Row(Array(example.prefix(12)), "DNS", "before the first"),
    Row(Array(query(["a"]).prefix(5)), nil, "too little to tell"),
    Row(query(["a"], questions: 0), "DNS", "no question"),
    Row(Array(query([]).dropLast(5)) + [0xc0, 0x0c, 0, 1], nil, "a pointer in a question"),
    Row(query(Array(repeating: "a", count: 200)), nil, "an endless name"),
  ]

  @Test(arguments: rows)
  func names(_ row: Row) { #expect(hint(row.payload, to: Self.dns) == row.phrase) }

  @Test func portsTellServicesApart() {
    let query = Self.query(["a"])
    #expect(hint(query, to: inetAddress(224, 0, 0, 251, port: 5353)) == "mDNS A a")
    #expect(hint(query, to: inetAddress(224, 0, 0, 252, port: 5355)) == "LLMNR A a")
    #expect(hint(query) == nil, "any other port")
    #expect(hint(query, to: [], peer: Self.dns) == "DNS A a", "connected")
    #expect(
      hint([0, 27] + query, to: [], type: 1, number: 6, peer: Self.dns) == "DNS A a",
      "over TCP, behind its length")
  }

  @Test(
    arguments: [
      ([0xc0, 0, 0, 0, 1, 8], "QUIC Initial v1"),
      ([0xe3, 0, 0, 0, 1, 8], "QUIC Handshake v1"),
      ([0xd0, 0x6b, 0x33, 0x43, 0xcf, 8], "QUIC Initial v2"),
      ([0xc0, 0x6b, 0x33, 0x43, 0xcf, 8], "QUIC Retry v2"),
      ([0xc0, 0xff, 0, 0, 29, 8], "QUIC Initial draft-29"),
      ([0x80, 0, 0, 0, 0, 8], "QUIC Version Negotiation"),
      ([0xc0, 0, 0, 0, 9, 8], nil),
      ([0x80, 0, 0, 0, 1, 8], nil),
      ([0xc0, 0, 0, 0, 1, 21], nil),
      ([0xc0, 0, 0, 0, 1], nil),
      ([0x40, 0, 0, 0, 1, 8], nil),
      ([22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10], "DTLS handshake"),
      ([23, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10], "DTLS application data"),
      ([22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 10], nil),
      ([22, 0xfe, 0xfd, 0, 0, 0], nil),
      ([22, 3, 1, 0, 5, 1], nil),
      ([], nil),
    ] as [([UInt8], String?)])
  func datagrams(payload: [UInt8], phrase: String?) {
    #expect(hint(payload) == phrase)
  }

  @Test(
    arguments: [
      ([22, 3, 1, 0, 5, 1], "TLS handshake"),
      ([21, 3, 3, 0, 2], "TLS alert"),
      ([20, 3, 3, 0, 1], "TLS change cipher spec"),
      ([23, 3, 3, 0x40, 0], "TLS application data"),
      ([23, 3, 3, 0x49, 0], nil),
      ([25, 3, 3, 0, 1], nil),
      ([22, 3, 5, 0, 1], nil),
      ([22, 3], nil),
      ([0xc0, 0, 0, 0, 1, 8], nil),
    ] as [([UInt8], String?)])
  func streams(payload: [UInt8], phrase: String?) {
    #expect(hint(payload, to: [], type: 1, number: 6) == phrase)
  }

  @Test func otherSocketsAreNotGuessedAt() {
    #expect(hint(Self.query(["a"]), to: Self.dns, type: 3, number: 1) == nil)
    var call = FakeCall([FakeMessage(name: Self.dns, iovecs: [Self.query(["a"])])])
    #expect(call.decoded().messages.first?.payload.hint == nil)
    call.socket = socketSnapshot(family: 1, type: 2)
    #expect(call.decoded().messages.first?.payload.hint == nil)
    #expect(hint(Self.query(["a"]), to: Self.dns, limit: 0) == nil, "nothing was kept")
  }

  /// Any bytes at all: no trap, and nothing but what may be shown.
  @Test func anyBytes() {
    var random = SeededGenerator(seed: SeededGenerator.printedSeed(for: "hints"))
    for _ in 0..<20_000 {
      var payload = Self.query(["example", "com"])
      for _ in 0...Int.random(in: 0..<4, using: &random) {
        payload[Int.random(in: 0..<payload.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      payload = Array(payload.prefix(Int.random(in: 0...payload.count, using: &random)))
      guard let hint = hint(payload, to: Self.dns) else { continue }
      #expect(hint.unicodeScalars.allSatisfy { (0x20...0x7e).contains($0.value) || $0 == "…" })
    }
  }
}
