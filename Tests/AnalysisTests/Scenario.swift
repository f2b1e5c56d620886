import Records

@testable import Analysis

/// What programs do on one socket, told in a few letters: each letter is a message, alike where the
/// letters are, and every step is what happens next.
struct Scenario {
  enum Step {
    /// A call that offers these messages and sends so many of them.
    case sends(String, Int, pid: Int32 = 1, inode: UInt64? = 1)
    /// A call that returns −1.
    case fails(String, Int32 = 11)
    /// A call that was entered so many nanoseconds ago, before the last one, and ends now.
    case underWay(String, Int, inode: UInt64 = 1, since: UInt64 = 1_500_000)
    /// A call that offers these messages and sends so many of them; MSG_MORE holds them back.
    case offers([Sketch], Int, holdsBack: Bool = false, inode: UInt64? = 1)
    /// A call with `vlen` beyond the messages shown.
    case capped(rest: String, vlen: UInt32)
    case failsOn(UInt64, String)
    /// A call on a descriptor that is no socket: EBADF.
    case refused(String)
    case interrupted(String)
    case waits(UInt64)
    case event(ProcessEvent.Kind, pid: Int32 = 1, parent: Int32? = nil, comm: String? = nil)
    case other(String, OtherSend.Syscall = .sendmsg)
    case traceEnds
  }

  var tracker: FollowUpTracker
  private(set) var totals = TraceTotals()
  private var sequence: UInt64 = 0
  private var time: UInt64 = 1_000_000_000
  private let payloadLimit: UInt64
  /// Messages are read as a whole besides.
  var readsContents = false
  /// A socket that the process has closed before each call.
  var closedSocket: UInt64?
  /// The descriptor that it calls with.
  var fd: Int32 = 3
  /// The name of the thread that calls.
  var comm = "app"
  /// Its number where it is not the first of its process.
  var tid: Int32?
  /// What the last call offered.
  private var offered: [Sketch] = []

  init(_ settings: FollowUpTracker.Settings = FollowUpTracker.Settings()) {
    payloadLimit = settings.payloadLimit
    tracker = FollowUpTracker(settings)
  }

  /// What is found, in the order in which it is: `1 resumed 2,3 by 2`.
  mutating func play(_ steps: [Step]) -> [String] {
    steps.flatMap { step($0) }.map { followUp in
      let messages = followUp.messages.map(String.init).joined(separator: ",")
      let by = followUp.by.map { " by \($0)" } ?? ""
      return "\(followUp.of) \(followUp.how.rawValue) \(messages)\(by)"
    }
  }

  mutating func step(_ step: Step) -> [FollowUp] {
    time += 1_000_000
    switch step {
    case .sends(let text, let sent, let pid, let inode):
      return add(call(text, .returned(UInt32(sent)), pid: pid, inode: inode))
    case .offers(let sketches, let sent, let holdsBack, let inode):
      return add(call(sketches, .returned(UInt32(sent)), inode: inode, holdsBack: holdsBack))
    case .fails(let text, let errno): return add(call(text, .failed(Errno(rawValue: errno))))
    case .underWay(let text, let sent, let inode, let since):
      var call = call(text, .returned(UInt32(sent)), inode: inode)
      call.monotonic -= since
      call.duration = since + 1000
      return add(call)
    case .failsOn(let inode, let text):
      return add(call(text, .failed(Errno(rawValue: 11)), inode: inode))
    case .refused(let text): return add(call(text, .failed(.badDescriptor), inode: nil))
    case .interrupted(let text): return add(call(text, .unfinished))
    case .capped(let rest, let vlen):
      var call = call(String(repeating: ".", count: 1024), .returned(1024))
      call.arguments?.vectorLength = vlen
      var leftover = Leftover()
      leftover.messages = rest.enumerated().map { message(1024 + $0, Sketch($1)) }
      return tracker.add(call, Verdict.of(call), leftover)
    case .waits(let nanoseconds):
      time += nanoseconds
      return tracker.idle(now: time)
    case .event(let kind, let pid, let parent, let comm):
      return tracker.add(
        ProcessEvent(
          time: 0, kind: kind, pid: pid, tid: pid, parent: parent, comm: comm,
          code: kind == .exited ? 0 : nil))
    case .other(let text, let syscall):
      return tracker.add(
        OtherSend(
          syscall: syscall, pid: 1, tid: 1, fd: 3, monotonic: time, socket: Self.socket(1),
          result: .returned(8), message: message(0, Sketch(text.first ?? "?"))))
    case .traceEnds: return tracker.finish()
    }
  }

  private mutating func add(_ call: SendCall) -> [FollowUp] {
    totals.add(Verdict.of(call))
    var leftover = Leftover()
    leftover.isBeside = true
    leftover.closedSocket = closedSocket
    if readsContents { leftover.contents = offered.map(\.bytes).map { $0.map { $0[...] } } }
    return tracker.add(call, Verdict.of(call), leftover)
  }

  private mutating func call(
    _ text: String, _ result: CallResult, pid: Int32 = 1, inode: UInt64? = 1
  ) -> SendCall {
    call(text.map { Sketch($0) }, result, pid: pid, inode: inode)
  }

  private mutating func call(
    _ sketches: [Sketch], _ result: CallResult, pid: Int32 = 1, inode: UInt64? = 1,
    holdsBack: Bool = false
  ) -> SendCall {
    sequence += 1
    offered = sketches
    let sent = if case .returned(let count) = result { Int(count) } else { 0 }
    let note = Note(code: .corkedNotYetSent, message: 0, text: "")
    return SendCall(
      sequence: sequence, time: 0, monotonic: time, duration: 1000, pid: pid, tid: tid ?? pid,
      comm: comm, abi: .x86_64, syscall: .sendmmsg,
      arguments: SendArguments(
        fd: fd, vector: RemoteAddress(0x1000 * sequence), vectorLength: UInt32(sketches.count),
        flags: holdsBack ? .more : []),
      socket: inode.map { Self.socket($0) }, result: result,
      messages: sketches.enumerated().map {
        var message = message($0, $1, taken: $0 < sent)
        // Then the rules are asked.
        if holdsBack { message.header = Self.header }
        return message
      },
      notes: holdsBack && sent > 0 ? [note] : [])
  }

  private static let header = MessageHeader(
    name: RemoteAddress(0), nameLength: 0, iovecs: RemoteAddress(0), iovecCount: 1,
    control: RemoteAddress(0), controlLength: 0, flags: [])

  private static func socket(_ inode: UInt64) -> SocketDescription {
    SocketDescription(
      family: .inet, type: .datagram, protocolNumber: 17, inode: inode, nonblocking: true,
      local: nil, peer: nil)
  }

  private func message(_ index: Int, _ sketch: Sketch, taken: Bool = false) -> Message {
    let count = sketch.bytes.map { UInt64($0.count) }
    let kept = (sketch.bytes ?? []).prefix(Int(clamping: payloadLimit))
    return Message(
      index: index, header: nil, bytes: count, sentLength: taken ? count.map { UInt32($0) } : nil,
      name: sketch.name, iovecs: nil,
      payload: Payload(data: kept, truncated: false, fault: nil), control: [],
      segmentation: sketch.segment.map { Segmentation(source: .message, size: $0, pieces: nil) },
      fault: nil, truncated: false)
  }
}

extension Scenario {
  /// What a message is, as far as it is followed.
  struct Sketch {
    /// Nil where it cannot be read.
    var bytes: [UInt8]?
    var name: SocketAddress
    /// UDP_SEGMENT.
    var segment: UInt16?

    /// Eight bytes of the letter, nine from `w` on, to a port of its own for capitals; `?` cannot
    /// be read.
    init(_ letter: Character) {
      let code = letter.asciiValue ?? 0
      let byte = letter.isUppercase ? code | 0x20 : code
      let count = (0x77...0x7a).contains(byte) ? 9 : 8
      bytes = letter == "?" ? nil : [UInt8](repeating: byte, count: count)
      name = Self.inet(0x7f00_0001, port: letter.isUppercase ? 2000 : 1000)
    }

    init(_ text: String, to name: SocketAddress = inet(0x7f00_0001), segment: UInt16? = nil) {
      bytes = Array(text.utf8)
      self.name = name
      self.segment = segment
    }

    static func inet(_ address: UInt32, port: UInt16 = 1000) -> SocketAddress {
      SocketAddress(family: .inet, form: .inet(address: address, port: port), raw: nil)
    }
  }
}
