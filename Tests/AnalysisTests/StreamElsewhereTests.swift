import Records
import Testing

@testable import Analysis

/// What a stream left, on streams to other servers: a program turns to another where one resets
/// its connection.
@Suite struct StreamElsewhereTests {
  /// Connections by number, to servers by port; the trace keeps eight bytes of each message, and
  /// all bytes of those up to `longest` are read besides.
  private struct Streams {
    var tracker: FollowUpTracker
    var longest = Int.max
    private var sequence: UInt64 = 0

    init() {
      var settings = FollowUpTracker.Settings()
      settings.payloadLimit = 8
      tracker = FollowUpTracker(settings)
    }

    private static let header = MessageHeader(
      name: RemoteAddress(0), nameLength: 0, iovecs: RemoteAddress(0), iovecCount: 1,
      control: RemoteAddress(0), controlLength: 0, flags: [])

    /// Of the last message that was sent so many bytes were taken; of all where it is nil.
    mutating func call(
      _ texts: [String], _ sent: Int, taken: Int? = nil, on inode: UInt64 = 1, to port: UInt16? = 1,
      type: SocketType = .stream
    ) -> [FollowUp] {
      sequence += 1
      let call = SendCall(
        sequence: sequence, time: 0, monotonic: sequence * 1_000_000, duration: 1000, pid: 1,
        tid: 1, comm: "app", abi: .x86_64, syscall: .sendmmsg,
        arguments: SendArguments(
          fd: Int32(inode), vector: RemoteAddress(0x10), vectorLength: UInt32(texts.count),
          flags: []),
        socket: SocketDescription(
          family: .inet, type: type, protocolNumber: 0, inode: inode, nonblocking: true,
          local: nil, peer: port.map { Scenario.Sketch.inet(0x7f00_0001, port: $0) }),
        result: sent < 0 ? .failed(.again) : .returned(UInt32(sent)),
        messages: texts.enumerated().map { index, text in
          let bytes = Array(text.utf8)
          let part = index == sent - 1 ? taken : nil
          return Message(
            index: index, header: Self.header, bytes: UInt64(bytes.count),
            sentLength: index < sent ? UInt32(part ?? bytes.count) : nil, name: nil, iovecs: nil,
            payload: Payload(data: bytes.prefix(8), truncated: bytes.count > 8, fault: nil),
            control: [], fault: nil, truncated: false)
        }, notes: [])
      var leftover = Leftover()
      leftover.contents = texts.map { $0.utf8.count <= longest ? Array($0.utf8)[...] : nil }
      if let taken, sent > 0 {
        leftover.cut = Array(texts[sent - 1].utf8.dropFirst(taken).prefix(8))
      }
      return tracker.add(call, Verdict.of(call), leftover)
    }

    mutating func exit() -> [FollowUp] {
      tracker.add(ProcessEvent(time: 0, kind: .exited, pid: 1, tid: 1, parent: nil, code: 0))
    }
  }

  private static let lines = (0..<6).map { "line number \($0) of the log, a long one" }

  private static func show(_ found: [FollowUp]) -> [String] {
    found.map {
      "\($0.how.rawValue) \($0.messages)" + ($0.isLoss && !$0.isFinal ? " so far" : "")
    }
  }

  /// Message 2 is taken in part by the first server; what follows goes to the second.
  private static func afterPart(_ sends: [[String]]) -> [FollowUp] {
    var streams = Streams()
    var found = streams.call(lines, 3, taken: 10)
    for texts in sends { found += streams.call(texts, texts.count, on: 2, to: 2) }
    return found + streams.exit()
  }

  /// From wherever it likes, as they were, joined or in pieces.
  @Test func anotherServerGetsTheRest() {
    let rest = [String(Self.lines[2].dropFirst(10))] + Self.lines[3...]
    for texts in [rest, Array(Self.lines[2...]), Self.lines] {
      let halves = texts.flatMap { [String($0.prefix(9)), String($0.dropFirst(9))] }
      for sends in [[texts], texts.map { [$0] }, [[texts.joined()]], [halves], halves.map { [$0] }]
      {
        let found = Self.afterPart(sends)
        #expect(Self.show(found) == ["unknown [2, 3, 4, 5]"])
        let why = " on another socket (fd 2) has the same for another destination"
        #expect(found.first?.why.hasSuffix(why) == true)
      }
    }
    #expect(
      Self.show(Self.afterPart([Array(Self.lines[3...])])) == [
        "abandoned [2]", "unknown [3, 4, 5]",
      ])
  }

  /// Other bytes are no matter of it.
  @Test func otherBytes() {
    for texts in [["other data for another server"], Self.lines.map { String($0.dropLast()) }] {
      #expect(Self.show(Self.afterPart([texts])) == ["abandoned [2, 3, 4, 5]"])
    }
  }

  /// Nothing had been sent: all of it goes to the second server. Of a connection that was reset
  /// nobody may know whom it went to.
  @Test func nothingHadBeenSent() {
    for port in [UInt16?.some(1), nil] {
      var streams = Streams()
      var found = streams.call(Self.lines, -1, to: port)
      found += streams.call(Self.lines, 6, on: 2, to: 2) + streams.exit()
      #expect(Self.show(found) == ["unknown [0, 1, 2, 3, 4, 5]"])
      #expect(streams.tracker.losses(TraceTotals()).total.dropped == 0)
    }
  }

  /// Copies go to all clients, and the program goes on with each: the one that was slow lacks some.
  @Test func copies() {
    for (part, goesOn, fared) in [
      (nil, true, ["abandoned [3, 4, 5]"]), (nil, false, ["unknown [3, 4, 5]"]),
      (10, true, ["abandoned [2, 3, 4, 5] so far", "abandoned [2, 3, 4, 5]"]),
      (10, false, ["unknown [2, 3, 4, 5]"]),
    ] as [(Int?, Bool, [String])] {
      var streams = Streams()
      var found = streams.call(Self.lines, 3, taken: part)
      found += streams.call(Self.lines, 6, on: 2, to: 2)
      if goesOn { found += streams.call(["the next batch"], 1) }
      #expect(Self.show(found + streams.exit()) == fared)
    }
  }

  /// Fewer than eight bytes are like others by chance: joined they are not.
  @Test func shortMessages() {
    let short = ["PING 0", "PING 1", "PING 2", "PING 3", "END"]
    for texts in [short, [short.joined()]] {
      var streams = Streams()
      var found = streams.call(short, -1)
      found += streams.call(texts, texts.count, on: 2, to: 2) + streams.exit()
      #expect(Self.show(found) == ["unknown [0, 1, 2, 3, 4]"])
    }
    var streams = Streams()
    var found = streams.call(["PING"], -1) + streams.call(["PING"], 1, on: 2, to: 2)
    found += streams.exit()
    #expect(found.map(\.why) == ["call 2 has the same for another destination"])
  }

  /// What was not read as a whole, here or there, may be it.
  @Test func whatWasNotRead() {
    for (longest, texts, fared) in [
      (60, [Self.lines[2...].joined()], "abandoned [2, 3, 4, 5] so far"),
      (20, Array(Self.lines[2...]), "abandoned [2, 3, 4, 5] so far"),
    ] {
      var streams = Streams()
      streams.longest = longest
      var found = streams.call(Self.lines, 3, taken: 10)
      found += streams.call(texts, texts.count, on: 2, to: 2) + streams.exit()
      #expect(Self.show(found) == [fared])
    }
  }

  /// A datagram of the same is the same.
  @Test func asDatagrams() {
    var streams = Streams()
    var found = streams.call(Self.lines, 2)
    found += streams.call(Array(Self.lines[2...]), 4, on: 2, to: 2, type: .datagram)
    #expect(Self.show(found + streams.exit()) == ["unknown [2, 3, 4, 5]"])
  }

  /// A new connection carries much else, lines that begin alike: what was left is not among it.
  @Test(arguments: [(100, ""), (2000, " so far")])
  func muchElseOnANewConnection(_ example: (sends: Int, end: String)) {
    var streams = Streams()
    streams.tracker.tails.spareBytes = 1 << 20
    var found = streams.call(Self.lines, 2)
    for number in 0..<example.sends {
      let other = (0..<40).map { "line number \(number) \($0) of another log" }.joined()
      found += streams.call([other], 1, on: 2, to: 2)
    }
    found += streams.exit()
    #expect(Self.show(found) == ["abandoned [2, 3, 4, 5]" + example.end])
  }

  /// Much else may go out on other sockets before it does.
  @Test func behindMuchElse() {
    var streams = Streams()
    var found = streams.call(Self.lines, 3)
    for number in 0..<20 {
      found += streams.call([String(repeating: "other", count: 2000 + number)], 1, on: 3, to: 3)
    }
    found += streams.call(Array(Self.lines[3...]), 3, on: 2, to: 2) + streams.exit()
    #expect(!Self.show(found).contains { $0.hasPrefix("abandoned") && !$0.hasSuffix("so far") })
  }
}
