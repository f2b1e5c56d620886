import Records

/// A later send, as what it may do about messages that were left unsent.
struct Offer {
  /// The call's number; nil for a send by another system call.
  var sequence: UInt64?
  /// `call 9`, or the system call.
  var name: String
  var pid: Int32
  var tid: Int32
  let fd: Int32
  /// The socket's peer.
  let destination: SocketAddress?
  let isStream: Bool
  /// CLOCK_MONOTONIC at entry and at exit.
  var entered: UInt64
  var left: UInt64
  var result: CallResult
  /// How many of its messages went out, those that were not counted included.
  var sent: Int
  private(set) var bytes: UInt64
  private(set) var bytesSent: UInt64
  /// The same, recognized ones included.
  let bytesTaken: UInt64
  /// Of each message that is seen how many bytes it has; 0 where that is not known.
  let lengths: [UInt64]
  /// How many messages it offers, and how many of them are seen.
  var asked: Int
  var shown: Int
  var vector: RemoteAddress?
  /// Of a stream, where it stands: what is before has been recognized.
  private(set) var stream: StreamCursor
  /// The first bytes that it did not take, as far as they were read.
  let cut: [UInt8]
  /// True for a send by another system call of which a stream took only a part.
  let isInPart: Bool
  let exact: PrintIndex
  let loose: PrintIndex
  let respelled: PrintIndex
  let respelledSegments: PrintIndex
  let unaddressed: PrintIndex
  let uncontrolled: PrintIndex
  /// What the datagrams of those that are cut look like, numbered alike.
  let segments: PrintIndex
  /// Of all datagrams, as `DatagramPosition` numbers them.
  let datagrams: PrintIndex
  /// Of each message all of its bytes, and how many datagrams it becomes.
  private let prints: [MessagePrint]
  /// Messages that have been recognized.
  var used: [Bool]
  /// Those of them that had been before tails of other sockets were looked at; nil until then.
  var usedElsewhere: [Bool]?
  /// Those of them that were found to be sent again.
  var again: Set<Int> = []
  /// Messages that may be no more than those of an earlier call, made again.
  var copies: SettledBatches.Copies?
  /// What of a message that it did not send the stream had taken of an earlier call's.
  var takenBefore: StreamRest.Part?
  /// How many messages it did not send, of which a tail of its own tells.
  var unsentCount: Int
  /// False where some of its messages could not be read.
  let isKnown: Bool
  /// False where it may be a part only of a datagram, or not have been sent.
  let isWhole: Bool
  /// False where no more was read of its messages than a trace keeps.
  var isRead: Bool
  /// The socket that its descriptor was when a call fell short, by inode, where its process had
  /// closed that by then.
  var closedSocket: UInt64?
  /// True where its process is known to send copies of what went out whole.
  var isByMirror = false
  /// All bytes of its messages.
  var contents: OfferedBytes?
  /// False where none of its messages can be one of any tail: it need not be compared.
  var mayBeKnown = true

  /// `contents` are the bytes of its messages, as far as they were read as a whole.
  init(
    _ call: SendCall, _ verdict: Verdict, prints: [MessagePrint],
    _ contents: [ArraySlice<UInt8>?] = []
  ) {
    isRead = !contents.isEmpty
    sequence = call.sequence
    name = "call \(call.sequence)"
    pid = call.pid
    tid = call.tid
    fd = call.arguments?.fd ?? -1
    destination = call.socket?.peer
    isStream = call.socket?.type == .stream
    entered = call.monotonic
    left = call.monotonic &+ (call.duration ?? 0)
    result = call.result
    sent = Int(verdict.sent &+ verdict.uncounted)
    asked = Int(call.arguments?.vectorLength ?? 0)
    shown = prints.count
    lengths = call.messages.map { $0.bytes ?? 0 }
    bytes = verdict.bytesAsked
    bytesSent = verdict.bytesSent
    bytesTaken = bytesSent
    used = [Bool](repeating: false, count: shown)
    vector = call.arguments?.vector
    stream = StreamCursor(isStream ? call.messages : [], contents)
    cut = []
    isInPart = false
    exact = PrintIndex(prints.known(\.exact))
    loose = PrintIndex(prints.known(\.loose))
    respelled = PrintIndex(prints.known(\.respelled))
    respelledSegments = PrintIndex(isStream ? [] : prints.datagrams(\.respelledSegments))
    unaddressed = PrintIndex(prints.known(\.unaddressed))
    uncontrolled = PrintIndex(prints.known(\.uncontrolled))
    segments = PrintIndex(prints.datagrams(\.segments))
    datagrams = PrintIndex(isStream ? [] : prints.datagrams(\.datagrams))
    self.prints = prints
    isKnown = prints.allSatisfy(\.isKnown) && call.arguments != nil
    isWhole = true
    let leavesTail = verdict.cause != nil && call.arguments?.flags.contains(.probe) == false
    unsentCount = leavesTail ? max(asked - sent, 0) : 0
  }

  init(_ send: OtherSend, print: MessagePrint) {
    name = send.syscall.rawValue
    closedSocket = send.closedSocket
    pid = send.pid
    tid = send.tid
    fd = send.fd
    destination = send.socket?.peer
    isStream = send.socket?.type == .stream
    entered = send.monotonic
    left = send.left
    result = send.result
    isRead = print.whole != nil
    asked = 1
    shown = 1
    lengths = [send.message.bytes ?? 0]
    used = [false]
    if case .returned(let count) = send.result {
      // What a stream did not take of it is nobody's matter.
      bytesSent = UInt64(count)
      bytes = isStream ? bytesSent : send.message.bytes ?? 0
      isInPart = isStream && bytesSent < send.message.bytes ?? 0
      sent = 1
    } else {
      (bytes, bytesSent, isInPart, sent) = (send.message.bytes ?? 0, 0, false, 0)
    }
    bytesTaken = bytesSent
    stream = StreamCursor(isStream ? [send.message] : [], [send.message.payload.data])
    cut = send.cut
    // Its control messages were not looked at.
    exact = PrintIndex([])
    loose = PrintIndex([print].known(\.loose))
    respelled = PrintIndex([print].known(\.respelled))
    respelledSegments = PrintIndex(isStream ? [] : [print].datagrams(\.respelledSegments))
    unaddressed = PrintIndex([print].known(\.unaddressed))
    uncontrolled = PrintIndex([print].known(\.uncontrolled))
    segments = PrintIndex(isStream ? [] : [print].datagrams(\.segments))
    datagrams = PrintIndex(isStream ? [] : [print].datagrams(\.datagrams))
    prints = [print]
    isKnown = print.isKnown && !send.hasUnknowns && send.isWhole
    isWhole = send.isWhole
    unsentCount = 0
  }

  /// All that it may share with a tail.
  var indices: [PrintIndex] {
    [loose, segments, respelled, respelledSegments, datagrams, unaddressed, uncontrolled]
  }

  /// All bytes of a message, hashed; nil where they were not read.
  func whole(_ position: Int) -> UInt64? { prints[position].whole }

  /// The same of a datagram.
  func whole(_ datagram: DatagramPosition) -> UInt64? {
    let print = prints[datagram.message]
    if print.datagramCount == 1 { return print.whole }
    let all = print.wholeSegments
    return all.indices.contains(datagram.datagram) ? all[datagram.datagram] : nil
  }

  /// How a message looks with its destination; 0 where it could not be read.
  func look(_ position: Int) -> UInt64 { prints[position].loose }

  /// True where some of its messages are the same.
  var hasEqualMessages: Bool { !isStream && loose.hasEqual { prints[$0].whole } }

  /// True where a message goes to a path.
  func isPath(_ position: Int) -> Bool { prints[position].isPath }

  /// How many datagrams the kernel makes of a message.
  func datagramCount(_ position: Int) -> Int { prints[position].datagramCount }

  /// How many bytes each of these has, but for the last; nil where it is not cut.
  func segmentSize(_ position: Int) -> UInt64? { prints[position].segmentSize }

  /// How long each datagram is that the kernel makes of them.
  var datagramLengths: [UInt64] {
    lengths.indices.flatMap { position in
      DatagramPosition.lengths(
        of: lengths[position],
        prints.indices.contains(position) ? prints[position].segmentSize : nil)
    }
  }

  /// The first of its bytes that have not been recognized, of a stream.
  var start: StreamPlace? { stream.place }

  /// True where all of it has been recognized.
  var isSpent: Bool { isStream && bytes == 0 || shown >= asked && used.allSatisfy { $0 } }

  /// So many more of its bytes have been recognized; gives out the messages that end there.
  @discardableResult
  mutating func advance(by count: UInt64) -> Range<Int> {
    let passed = stream.advance(by: count)
    for position in passed where used.indices.contains(position) { used[position] = true }
    bytes -= min(count, bytes)
    bytesSent -= min(count, bytesSent)
    return passed
  }

  /// Messages at its head have been recognized by their contents.
  mutating func passUsed() {
    while let length = stream.wholeMessage, used.indices.contains(stream.message),
      used[stream.message], bytes > 0
    {
      advance(by: length)
    }
  }

  /// True where it stands at the beginning of a message that has been recognized.
  var isAtUsed: Bool {
    stream.wholeMessage != nil && used.indices.contains(stream.message) && used[stream.message]
  }

  /// The same without the messages that it did not send.
  var sentPart: Offer {
    var part = self
    for position in part.used.indices.dropFirst(sent) { part.used[position] = true }
    return part
  }

  /// What it is called by a tail of another socket.
  var nameElsewhere: String { "\(name) on another socket (fd \(fd))" }

  /// The errno of a send that sent nothing.
  var errno: Errno? {
    if case .failed(let errno) = result, sent == 0 { errno } else { nil }
  }
}
