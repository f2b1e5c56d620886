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
    /// A call with `vlen` beyond the messages shown.
    case capped(rest: String, vlen: UInt32)
    case failsOn(UInt64, String)
    case interrupted(String)
    case waits(UInt64)
    case event(ProcessEvent.Kind, pid: Int32 = 1, parent: Int32? = nil)
    case other(String, OtherSend.Syscall = .sendmsg)
    case traceEnds
  }

  var tracker: FollowUpTracker
  private(set) var totals = TraceTotals()
  private var sequence: UInt64 = 0
  private var time: UInt64 = 1_000_000_000

  init(_ settings: FollowUpTracker.Settings = FollowUpTracker.Settings()) {
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
    case .fails(let text, let errno): return add(call(text, .failed(Errno(rawValue: errno))))
    case .failsOn(let inode, let text):
      return add(call(text, .failed(Errno(rawValue: 11)), inode: inode))
    case .interrupted(let text): return add(call(text, .unfinished))
    case .capped(let rest, let vlen):
      var call = call(String(repeating: ".", count: 1024), .returned(1024))
      call.arguments?.vectorLength = vlen
      var leftover = Leftover()
      leftover.messages = rest.enumerated().map { Self.message(1024 + $0, $1) }
      return tracker.add(call, Verdict.of(call), leftover)
    case .waits(let nanoseconds):
      time += nanoseconds
      return tracker.idle(now: time)
    case .event(let kind, let pid, let parent):
      return tracker.add(
        ProcessEvent(
          time: 0, kind: kind, pid: pid, tid: pid, parent: parent, code: kind == .exited ? 0 : nil))
    case .other(let text, let syscall):
      return tracker.add(
        OtherSend(
          syscall: syscall, pid: 1, tid: 1, fd: 3, monotonic: time, socket: Self.socket(1),
          result: .returned(8), message: Self.message(0, text.first ?? "?")))
    case .traceEnds: return tracker.finish()
    }
  }

  private mutating func add(_ call: SendCall) -> [FollowUp] {
    totals.add(Verdict.of(call))
    return tracker.add(call, Verdict.of(call))
  }

  private mutating func call(
    _ text: String, _ result: CallResult, pid: Int32 = 1, inode: UInt64? = 1
  ) -> SendCall {
    sequence += 1
    let sent = if case .returned(let count) = result { Int(count) } else { 0 }
    return SendCall(
      sequence: sequence, time: 0, monotonic: time, duration: 1000, pid: pid, tid: pid,
      comm: "app", abi: .x86_64, syscall: .sendmmsg,
      arguments: SendArguments(
        fd: 3, vector: RemoteAddress(0x1000 * sequence), vectorLength: UInt32(text.count),
        flags: []),
      socket: inode.map { Self.socket($0) }, result: result,
      messages: text.enumerated().map { index, letter in
        Self.message(index, letter, taken: index < sent)
      }, notes: [])
  }

  private static func socket(_ inode: UInt64) -> SocketDescription {
    SocketDescription(
      family: .inet, type: .datagram, protocolNumber: 17, inode: inode, nonblocking: true,
      local: nil, peer: nil)
  }

  /// Eight bytes of the letter, to a port of its own for capitals; `?` cannot be read.
  static func message(_ index: Int, _ letter: Character, taken: Bool = false) -> Message {
    let code = letter.asciiValue ?? 0
    let bytes = [UInt8](repeating: letter.isUppercase ? code | 0x20 : code, count: 8)
    let isReadable = letter != "?"
    return Message(
      index: index, header: nil, bytes: isReadable ? 8 : nil, sentLength: taken ? 8 : nil,
      name: SocketAddress(
        family: .inet,
        form: .inet(address: 0x7f00_0001, port: letter.isUppercase ? 2000 : 1000), raw: nil),
      iovecs: nil, payload: Payload(data: bytes[...], truncated: false, fault: nil), control: [],
      fault: nil, truncated: false)
  }
}
