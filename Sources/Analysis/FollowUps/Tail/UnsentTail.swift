import Records

/// What a call left unsent, and what has become of it so far.
struct UnsentTail {
  let call: UInt64
  let pid: Int32
  let tid: Int32
  /// The name of its process; until it is first waited for, that of the thread.
  var program: String
  /// The processes that may know its messages, by number; set when it is first waited for.
  var family = 0
  /// `killed by SIGSEGV`, where the last of these was.
  var killer: String?
  /// Who is not traced and may send what was left.
  var outsider: Outsider?
  /// True once all that is left of these is another program.
  var hasExecuted = false
  /// What it was counted with.
  private(set) var openBytes = 0
  /// Nanoseconds after which the same batch came in calls before; nil where none had it.
  var period: UInt64?
  /// True where none of these was sent whole: they may have been tries of one batch.
  var isTriedAtPace = false
  let fd: Int32
  let verdict: Verdict
  let isStream: Bool
  /// True where its program sends messages that are the same as others.
  var isOfEqual: Bool
  /// Messages that its program sends over and over, as far as that is known.
  var repeats: Set<Int> = []
  /// The one message that was left, where nothing like it had been sent before.
  private(set) var onlyNew: Int?
  /// True where its socket has sent batches since of what it had sent before the call.
  var isOfRepeated = false
  /// A message that went out uncounted on a stream, which may have taken a part of it only.
  let partlyUncounted: Int?
  /// The message that seems to have been taken in part, where it may have been made shorter first.
  let perhapsWhole: Int?
  /// True where the descriptor was no socket: it was refused for that.
  let hasNoSocket: Bool
  /// True where the call asked for more messages than are told apart.
  let hasMore: Bool
  /// CLOCK_MONOTONIC when the call was entered, and when it returned: what was entered before that
  /// does not follow it.
  let (entered, returned): (UInt64, UInt64)
  var fates: MessageFates
  let prints: CallPrints
  /// True where messages over the 1,024 are in it whose contents are not known.
  let hasUnreadRest: Bool
  /// Where the entry behind the last one that was looked at lies in the program's memory.
  let restVector: RemoteAddress?

  /// Messages that were counted, held back, and dropped with the one that failed: unsent as well.
  private(set) var droppedHeldBack = 0..<0
  /// Where a stream goes on; nil for all other sockets.
  var rest: StreamRest?
  /// Where an earlier call had got further with the same: the program may go on from there.
  var restBefore: StreamRest?
  /// True once other bytes stand in the stream where the tail belongs: its order tells no more.
  var isCutOff = false

  var takers = Takers()
  var recognition = Recognition()
  var rearranged = Rearranged()
  var otherCuts = OtherCuts()
  var otherRuns = OtherRuns()
  /// What was sent of messages that were cut into datagrams otherwise.
  var cut: [Int: CutMessage] = [:]
  /// True once something looks like it that came too late to be compared as a whole.
  var isComparedNoMore = false
  /// True once its socket has no room for it.
  var isGivenUp = false
  /// How often it was asked whether its socket is still there.
  var looks = 0
  /// Sends that offered the same again and sent nothing.
  var tries = Tries()
  /// What followed without a message of it.
  var others = Others()
  var rebuilt = Rebuilt()
  var rebuiltElsewhere: Rebuilt?
  var shared = Shared()
  var almostSame = AlmostSame()
  var changed = Changed.unknown
  var notLooked = NotLooked()
  var elsewhere = Elsewhere()
  /// Messages that may be no more than those of an earlier call, made again.
  var copies: SettledBatches.Copies?
  /// What was said when it was waited for no longer; nil before.
  var told: Told?

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
    perhapsWhole =
      verdict.cause == .shortMessage && call.partIsUnchanged == false ? verdict.at : nil
    partlyUncounted = isCut ? nil : call.partlyUncounted(verdict)
    guard unsent < total || isCut || partlyUncounted != nil else { return nil }
    hasMore = arguments.vectorLength > total
    var fates = (0..<total).map { $0 < unsent ? MessageFate.sent : .pending }
    if verdict.cause == .uncountedSend, let at = verdict.at, at < total { fates[at] = .uncounted }
    if isCut, let at = verdict.at, at < total { fates[at] = .pending }
    self.fates = MessageFates(fates)
    hasUnreadRest = prints.count < total
    restVector = arguments.vector.advanced(by: UInt64(arguments.entryCount) * call.abi.entrySize)
    let messages = call.messages + leftover.messages
    if isStream {
      let first = isCut ? verdict.at ?? 0 : unsent
      let counted = messages.indices.contains(first) ? messages[first].sentLength : nil
      let taken = takenUncounted ?? UInt64(counted ?? 0)
      rest = StreamRest(messages, first: first, taken: taken, isCut: isCut, leftover)
    }
    self.prints = CallPrints(
      prints, of: messages, count: total, unsent: unsent, on: call.socket, isStream: isStream)
    isOfEqual = !isStream && self.prints.hasEqual
    openBytes = byteCount
  }

  /// Keeps no more of its bytes than it takes to know where they begin.
  mutating func forgetContents() {
    rest?.forgetContents()
    forgetChanged()
  }

  static let maximumMessages = 1 << 14

  /// The bytes it takes to remember it, roughly.
  private var byteCount: Int {
    600 + fates.count * 36 + prints.byteCount + (rest?.byteCount ?? 0) + changed.byteCount
  }

  /// Keeps nothing to look for it where it was changed.
  mutating func forgetChanged() {
    if case .untouched = changed { notLooked.why = .noMemory }
    changed = .unknown
    openBytes = byteCount
  }

  /// Keeps all bytes of its messages, to look for them where they are changed.
  mutating func keep(_ contents: OfferedBytes) {
    keepContents(contents)
    openBytes = byteCount
  }

  /// True when nothing is left to wait for.
  var isSettled: Bool {
    fates.pendingCount == 0 || isCutOff && told == nil || rest?.isAtEnd == true
  }

  /// Notes whether the one message that was left `isNew`.
  mutating func noteNew(_ isNew: (Int) -> Bool) {
    guard !isStream, !hasMore, fates.pendingCount == 1, let left = fates.firstIndex(of: .pending)
    else { return }
    onlyNew = isNew(left) ? left : nil
  }

  /// Messages at its head were counted, and not sent.
  mutating func noteDropped(_ messages: Range<Int>) {
    droppedHeldBack = messages
    fates.noteUnsent(messages)
  }
}

extension ABI {
  /// `sizeof(struct mmsghdr)`, kernel.md §2.2.
  fileprivate var entrySize: UInt64 { isCompat ? 32 : 64 }
}
