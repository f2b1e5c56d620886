import Records

/// A later send, as what it may do about messages that were left unsent.
struct Offer {
  /// The call's number; nil for a send by another system call.
  var sequence: UInt64?
  /// `call 9`, or the system call.
  var name: String
  var pid: Int32
  /// CLOCK_MONOTONIC at entry and at exit.
  var entered: UInt64
  var left: UInt64
  var result: CallResult
  /// How many of its messages went out, those that were not counted included.
  var sent: Int
  var bytes: UInt64
  var bytesSent: UInt64
  /// How many messages it offers, and how many of them are seen.
  var asked: Int
  var shown: Int
  var vector: RemoteAddress?
  /// The first bytes it offers.
  var start: StreamPlace?
  let exact: PrintIndex
  let loose: PrintIndex
  /// Messages that have been recognized.
  var used: [Bool]
  /// False where some of its messages could not be read.
  let isKnown: Bool

  init(_ call: SendCall, _ verdict: Verdict, prints: [MessagePrint]) {
    sequence = call.sequence
    name = "call \(call.sequence)"
    pid = call.pid
    entered = call.monotonic
    left = call.monotonic &+ (call.duration ?? 0)
    result = call.result
    sent = Int(verdict.sent &+ verdict.uncounted)
    asked = Int(call.arguments?.vectorLength ?? 0)
    shown = call.messages.count
    bytes = verdict.bytesAsked
    bytesSent = verdict.bytesSent
    used = [Bool](repeating: false, count: shown)
    vector = call.arguments?.vector
    start = call.messages.first { $0.bytes != 0 }.map { StreamPlace($0, offset: 0) }
    exact = PrintIndex(prints.known(\.exact))
    loose = PrintIndex(prints.known(\.loose))
    isKnown = prints.allSatisfy(\.isKnown) && call.arguments != nil
  }

  init(_ send: OtherSend, print: MessagePrint) {
    name = send.syscall.rawValue
    pid = send.pid
    entered = send.monotonic
    left = send.monotonic
    result = send.result
    if case .returned = send.result { sent = 1 } else { sent = 0 }
    asked = 1
    shown = 1
    used = [false]
    bytes = send.message.bytes ?? 0
    if case .returned(let count) = send.result { bytesSent = UInt64(count) } else { bytesSent = 0 }
    start = StreamPlace(send.message, offset: 0)
    // Its control messages were not looked at.
    exact = PrintIndex([])
    loose = PrintIndex([print].known(\.loose))
    isKnown = print.isKnown && !send.hasControl
  }

  /// The errno of a send that sent nothing.
  var errno: Errno? {
    if case .failed(let errno) = result, sent == 0 { errno } else { nil }
  }
}

extension [MessagePrint] {
  func known(_ hash: (MessagePrint) -> UInt64?) -> [(position: Int, hash: UInt64)] {
    enumerated().compactMap { position, print in
      guard print.isKnown, let hash = hash(print) else { return nil }
      return (position, hash)
    }
  }
}

/// A place in a stream: what is sent from there on, and where it lies in the program's memory.
struct StreamPlace {
  /// The first bytes, as far as they were kept.
  var bytes: [UInt8]
  var address: RemoteAddress?
  /// How many bytes there are to the end of the message.
  var length: UInt64

  /// The place `offset` bytes into a message.
  init(_ message: Message, offset: UInt64) {
    let kept = message.payload.data ?? []
    bytes = Array(kept.dropFirst(Int(clamping: offset)).prefix(MessagePrinter.maximumBytes))
    length = (message.bytes ?? 0) &- min(offset, message.bytes ?? 0)
    var left = offset
    for iovec in message.iovecs ?? [] {
      if left < iovec.length {
        address = iovec.base.advanced(by: left)
        break
      }
      left -= iovec.length
    }
  }

  /// Goes so many bytes on.
  mutating func skip(_ count: UInt64) {
    bytes.removeFirst(min(bytes.count, Int(clamping: count)))
    address = address.flatMap { $0.advanced(by: count) }
    length -= min(count, length)
  }

  /// True where all kept bytes that both have are the same; nil where they have none.
  func agrees(with other: StreamPlace) -> Bool? {
    let count = min(bytes.count, other.bytes.count)
    return count == 0 ? nil : bytes.prefix(count) == other.bytes.prefix(count)
  }
}
