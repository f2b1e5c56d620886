import Records

/// What a call left unsent, and what has become of it so far.
struct UnsentTail {
  /// What became of a message.
  enum Fate: UInt8 {
    /// The call itself sent it and counted it.
    case sent
    /// The call sent it, and the count does not say so.
    case uncounted
    /// Unsent, and not seen since.
    case pending
    /// A later send sent it.
    case taken
    /// A later call offered it and fell short of it: what became of it is that call's matter.
    case moved
    /// A later call may have offered it: it is like others, or the call's end was not seen.
    case unclear
  }

  let call: UInt64
  let pid: Int32
  let tid: Int32
  /// The name of its process; until it is first waited for, that of the thread.
  var program: String
  /// The processes that may know its messages, by number; set when it is first waited for.
  var family = 0
  /// `killed by SIGSEGV`, where the last of these was.
  var killer: String?
  /// True once all that is left of these is another program.
  var hasExecuted = false
  /// What it was counted with.
  private(set) var openBytes = 0
  /// Nanoseconds after which the same batch came in calls before; nil where none had it.
  var period: UInt64?
  let fd: Int32
  let verdict: Verdict
  let isStream: Bool
  /// True where its program sends messages that are the same as others.
  var isOfEqual: Bool
  /// A message that went out uncounted on a stream, which may have taken a part of it only.
  let partlyUncounted: Int?
  /// True where the descriptor was no socket: it was refused for that.
  let hasNoSocket: Bool
  /// True where the call asked for more messages than are told apart.
  let hasMore: Bool
  /// CLOCK_MONOTONIC when the call was entered, and when it returned: what was entered before that
  /// does not follow it.
  let (entered, returned): (UInt64, UInt64)
  /// Of each message; those beyond what one call looks at are at the end.
  private(set) var fates: [Fate]
  private(set) var (pendingCount, unclearCount) = (0, 0)
  /// True where messages over the 1,024 are in it whose contents are not known.
  let hasUnreadRest: Bool
  /// Where the entry behind the last one that was looked at lies in the program's memory.
  let restVector: RemoteAddress?

  let exact: PrintIndex
  let loose: PrintIndex
  let segments: PrintIndex
  let respelled: PrintIndex
  /// Of all datagrams, as `DatagramPosition` numbers them.
  let datagrams: PrintIndex
  /// Of messages that the kernel would cut into datagrams, how many bytes each of these has.
  let segmentSizes: [Int: UInt64]
  /// Of each message all of its bytes, hashed: those that are alike are the same then.
  private let wholes: [UInt64?]
  /// False where no contents were kept at all.
  let hasContents: Bool
  /// Of each message what its contents come to, 0 where they tell nothing.
  let contents: [UInt64]
  /// Messages that were counted, held back, and dropped with the one that failed: unsent as well.
  private(set) var droppedHeldBack = 0..<0
  /// Where a stream goes on; nil for all other sockets.
  var rest: StreamRest?
  /// True once other bytes stand in the stream where the tail belongs, and where less was compared
  /// of what followed there than was taken up.
  var (isCutOff, isBegunOnly) = (false, false)
  /// How what followed on a stream was recognized, or why it was not.
  var streamWhy: String?
  var doubt: Doubt?
  /// The first send of which messages may be new ones that are the same.
  var lookalikeWhy: String?

  /// The call that each message was taken up by; 0 for none. Empty until there is one.
  var takenBy: [UInt64] = []
  /// The call that sent each message again that had been sent. Empty until there is one.
  var resentBy: [UInt64] = []
  /// Messages that had been sent before, as a tail of those says.
  var sentBefore: Set<Int> = []
  /// Messages that may be those that a later call left unsent in turn.
  var leftToOthers: Set<Int> = []
  /// How many messages were left to others since that was asked.
  var movedCount = 0
  /// What took messages up, in order.
  var takers: [String] = []
  var takerCount = 0
  /// The first of them that was a sendmmsg, and when the last one ended.
  var firstTaker: UInt64?
  var lastTaken: UInt64 = 0
  /// The message that the first of them began with.
  var begunAt: Int?
  /// True where it has other messages before that one.
  var isBegunBehind = false
  /// True where other data stood before what was taken up.
  var isTakenBehind = false
  /// The name of a system call other than sendmmsg that took some up.
  var otherSyscall: String?
  /// What was sent of messages that were cut into datagrams otherwise.
  var cut: [Int: CutMessage] = [:]
  /// Messages that were taken up in other pieces than those of the call.
  var reshaped: Set<Int> = []
  /// Messages that were taken up with the control messages that they had.
  var takenExactly: Set<Int> = []
  /// Messages that others of the same first bytes may have been taken for.
  var unsure: Set<Int> = []
  /// True where it was by their order only that messages were told apart.
  var reliesOnOrder = false

  /// True once something looks like it that came too late to be compared as a whole.
  var isComparedNoMore = false
  /// How often it was asked whether its socket is still there.
  var looks = 0
  /// Sends that offered the same again and sent nothing.
  var tries = Tries()
  /// What followed without a message of it.
  var others = Others()
  var elsewhere = Elsewhere()
  /// What was said when it was waited for no longer; nil before.
  var told: Told?
  let destinations: MessageDestinations
  /// Of each message how many bytes it has; 0 where that is not known.
  let lengths: [UInt64]

  /// Nil where the call left nothing unsent.
  /// `prints` are of all messages, those of the leftover too.
  init?(_ call: SendCall, _ verdict: Verdict, prints: [MessagePrint], _ leftover: Leftover) {
    guard let arguments = call.arguments, let unsent = verdict.firstUnsent,
      !arguments.flags.contains(.probe)
    else { return nil }
    self.call = call.sequence
    self.verdict = verdict
    pid = call.pid
    tid = call.tid
    program = call.comm
    fd = arguments.fd
    (entered, returned) = (call.monotonic, call.monotonic &+ (call.duration ?? 0))
    // One call asks for four thousand million messages in a breath: so many are told apart.
    let total = min(Int(arguments.vectorLength), Self.maximumMessages)
    let takenUncounted = call.bytesTakenUncounted(verdict)
    let isCut = verdict.cause == .shortMessage || takenUncounted != nil
    isStream = call.socket.map { $0.type == .stream } ?? isCut
    hasNoSocket = verdict.cause == .callError && call.socket == nil
    partlyUncounted = isCut ? nil : call.partlyUncounted(verdict)
    guard unsent < total || isCut || partlyUncounted != nil else { return nil }
    hasMore = arguments.vectorLength > total
    fates = (0..<total).map { $0 < unsent ? .sent : .pending }
    if verdict.cause == .uncountedSend, let at = verdict.at, at < total { fates[at] = .uncounted }
    if isCut, let at = verdict.at, at < total { fates[at] = .pending }
    let known = Array(prints.prefix(total))
    hasUnreadRest = known.count < total
    restVector = arguments.vector.advanced(by: UInt64(arguments.entryCount) * call.abi.entrySize)
    exact = PrintIndex(known.known(\.exact))
    loose = PrintIndex(known.known(\.loose))
    segments = PrintIndex(
      isStream
        ? []
        : known.datagrams(\.segments).filter {
          DatagramPosition(number: $0.position).message >= unsent
        })
    respelled = PrintIndex(known.known(\.respelled))
    datagrams = PrintIndex(isStream ? [] : known.datagrams(\.datagrams))
    var sizes: [Int: UInt64] = [:]
    for (message, print) in known.enumerated() { sizes[message] = print.segmentSize }
    segmentSizes = sizes
    contents = known.map { $0.isKnown ? $0.contents : 0 }
    let messages = call.messages + leftover.messages
    if isStream {
      let first = isCut ? verdict.at ?? 0 : unsent
      let counted = messages.indices.contains(first) ? messages[first].sentLength : nil
      let taken = takenUncounted ?? UInt64(counted ?? 0)
      rest = StreamRest(messages, first: first, taken: taken, isCut: isCut, leftover)
    }
    lengths = (0..<total).map { messages.indices.contains($0) ? messages[$0].bytes ?? 0 : 0 }
    wholes = known.map(\.whole)
    isOfEqual = !isStream && loose.hasEqual { known[$0].whole }
    hasContents = known.allSatisfy { $0.hasContents || !$0.isKnown }
    pendingCount = fates.count { $0 == .pending }
    destinations = MessageDestinations(messages, on: call.socket)
    openBytes = byteCount
  }

  /// Keeps no more of its bytes than it takes to know where they begin.
  mutating func forgetContents() {
    rest?.forgetContents()
    openBytes = byteCount
  }

  static let maximumMessages = 1 << 14
  /// Where a message goes; nil where that is not known.
  func destination(of message: Int) -> SocketAddress? { destinations[message] }

  /// True where UDP would cut a message into datagrams.
  var hasCut: Bool { !segmentSizes.isEmpty }

  /// All bytes of a message, hashed; nil where they were not read.
  func whole(_ message: Int) -> UInt64? {
    wholes.indices.contains(message) ? wholes[message] : nil
  }

  /// The bytes it takes to remember it, roughly.
  private var byteCount: Int {
    600 + fates.count * 60 + indices.reduce(0) { $0 + $1.slots.count } * 16
      + segmentSizes.count * 32 + destinations.byteCount + (rest?.byteCount ?? 0)
  }

  /// All that a send may share with it.
  var indices: [PrintIndex] { [exact, loose, segments, respelled, datagrams] }

  /// True when nothing is left to wait for.
  var isSettled: Bool { pendingCount == 0 || isCutOff || rest?.isAtEnd == true }

  /// Messages at its head were counted, and not sent.
  mutating func noteDropped(_ messages: Range<Int>) {
    droppedHeldBack = messages
    for message in messages where fates.indices.contains(message) && fates[message] == .sent {
      fates[message] = .pending
      pendingCount += 1
    }
  }

  mutating func settle(_ message: Int, as fate: Fate, by call: UInt64?) {
    guard fates.indices.contains(message), fates[message] == .pending else { return }
    if fate == .unclear { unclearCount += 1 }
    if fate == .moved { movedCount += 1 }
    fates[message] = fate
    pendingCount -= 1
    if takenBy.isEmpty { takenBy = [UInt64](repeating: 0, count: fates.count) }
    takenBy[message] = call ?? 0
  }
}

extension ABI {
  /// `sizeof(struct mmsghdr)`, kernel.md §2.2.
  fileprivate var entrySize: UInt64 { isCompat ? 32 : 64 }
}
