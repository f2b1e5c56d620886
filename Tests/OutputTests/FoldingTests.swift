import Output
import Records
import Testing

/// Runs of like messages in the text.
@Suite struct FoldingTests {
  private func lines(
    _ messages: [Message], at: Int? = nil, _ change: (inout TextFormat.Options) -> Void = { _ in }
  ) -> [String] {
    var options = TextFormat.Options()
    change(&options)
    let sent = UInt32(at ?? messages.count)
    let call = Samples.call(
      1, vlen: UInt32(messages.count), result: .returned(sent), messages: messages)
    let verdict = Verdict(
      outcome: at == nil ? .complete : .partial, cause: at == nil ? nil : .error, at: at,
      certainty: at == nil ? nil : .unknown, asked: UInt32(messages.count), sent: sent)
    return String(decoding: written([.call(call, verdict)], TextFormat(options)), as: UTF8.self)
      .split(separator: "\n").dropFirst().map(String.init)
  }

  private func batch(_ count: Int, sent: Int? = nil) -> [Message] {
    (0..<count).map { Samples.message($0, "m\($0 % 10)", sent: $0 < sent ?? count ? 2 : nil) }
  }

  @Test func runsAreFoldedAndOddOnesStand() {
    #expect(
      lines(batch(1024, sent: 1022), at: 1022) == [
        "   0–1021 → 127.0.0.1:9999  2 B         sent 2",
        "     1022 → 127.0.0.1:9999  2 B         FAILED   error (unknown)",
        "     1023 → 127.0.0.1:9999  2 B         not attempted",
      ])
  }

  @Test func anOddOneInTheMiddle() {
    var messages = batch(30)
    messages[15] = Samples.message(15, "longer", sent: 6)
    #expect(
      lines(messages) == [
        "    0–14 → 127.0.0.1:9999  2 B         sent 2",
        #"      15 → 127.0.0.1:9999  6 B         sent 6   "longer""#,
        "   16–29 → 127.0.0.1:9999  2 B         sent 2",
      ])
  }

  @Test func whatWasLeftIsOneLineWhateverItsSizes() {
    var messages = batch(12, sent: 2)
    messages[5] = Samples.message(5, "longer")
    #expect(
      lines(messages, at: 2).dropFirst(3) == [
        "   3–11 → 127.0.0.1:9999  2–6 B       not attempted"
      ])
    messages[7].name = Samples.loopback(1)
    #expect(
      lines(messages, at: 2).dropFirst(3) == [
        "   3–11 → several         2–6 B       not attempted"
      ])
    messages[6].bytes = nil
    #expect(
      lines(messages, at: 2).count == 12, "of unknown size is none of a run, and the rest is short")
  }

  @Test func whatWasSentKeepsItsSizes() {
    var messages = batch(8)
    messages[5] = Samples.message(5, "longer", sent: 6)
    #expect(lines(messages).count == 8)
  }

  @Test func smallBatchesAreShown() {
    #expect(lines(batch(7)).count == 7)
    #expect(lines(batch(8)).count == 1)
  }

  @Test func askingForMoreUnfolds() {
    #expect(lines(batch(8)) { $0.verbose = true }.count == 16, "with an iovec each")
    #expect(lines(batch(8)) { $0.hex = true }.count == 16, "with a dump each")
  }

  @Test func whatIsOddAboutAMessageKeepsItOut() {
    for change in [
      { (message: inout Message) in message.fault = RemoteAddress(16) },
      { $0.payload.fault = RemoteAddress(16) }, { $0.truncated = true },
      { $0.name = Samples.loopback(1) }, { $0.sentLength = 1 },
      {
        $0.control = [
          ControlMessage(level: 1, type: 36, length: 20, data: [1], status: .used, why: nil)
        ]
      },
    ] {
      var messages = batch(17)
      change(&messages[8])
      let indices = lines(messages).filter { $0.contains(" B  ") }.map {
        $0.split(separator: " ")[0]
      }
      #expect(indices == ["0–7", "8", "9–16"])
    }
  }

  @Test func whatAllHaveStandsOnce() {
    var messages = batch(20)
    for index in messages.indices {
      messages[index].control = [
        ControlMessage(
          level: 17, type: 103, length: 18, data: [1, 0],
          value: [Field("segment_size", .unsigned(1))],
          status: .used, why: nil)
      ]
    }
    #expect(
      lines(messages) == [
        "   0–19 → 127.0.0.1:9999  2 B         sent 2",
        "      control SOL_UDP UDP_SEGMENT 18 B: segment_size=1, used",
      ])
  }

  @Test func hintsStandInFrontOfWhatIsThere() {
    var message = Samples.message(0, "\u{12}4\u{1}", sent: 3)
    message.payload.hint = "DNS A example.com"
    #expect(
      lines([message]) == [
        #"   0 → 127.0.0.1:9999  3 B         sent 3   (DNS A example.com) "\x124\x01""#
      ])
    #expect(
      lines([message]) { $0.width = 76 } == [
        "   0 → 127.0.0.1:9999  3 B         sent 3   (DNS A example.com)"
      ], "the guess says more than what would fit of the rest")
  }

  @Test func errorsOfOneReasonAreOneLine() {
    func candidate(_ errno: Int32, _ why: String) -> Verdict.Candidate {
      Verdict.Candidate(errno: Errno(rawValue: errno), certainty: .possible, why: why)
    }
    let verdict = Verdict(
      outcome: .partial, cause: .error, at: 1, errno: Errno(rawValue: 111), certainty: .possible,
      source: .evidence, why: "ICMP may have refused one",
      candidates: [
        candidate(113, "ICMP may have refused one"), candidate(90, "ICMP may have refused one"),
        candidate(105, "its queue was full"), candidate(1, "a firewall"),
      ], asked: 2, sent: 1)
    let call = Samples.call(1, vlen: 2, result: .returned(1), messages: batch(2, sent: 1))
    let text = String(decoding: written([.call(call, verdict)], TextFormat()), as: UTF8.self)
    let lines = text.split(separator: "\n").filter { $0.contains(" or ") }
    #expect(
      lines.map { $0.drop { $0 == " " } } == [
        "or EHOSTUNREACH, EMSGSIZE (possible): the same reason",
        "or ENOBUFS (possible): its queue was full", "or EPERM (possible): a firewall",
      ])
  }
}
