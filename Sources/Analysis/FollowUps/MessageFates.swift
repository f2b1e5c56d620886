import Records

/// What became of a message.
enum MessageFate: UInt8 {
  /// The call itself sent it and counted it, or an earlier one did.
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

/// What became of each message of a call; those beyond what one call looks at are at the end.
struct MessageFates: RandomAccessCollection {
  private var fates: [MessageFate]
  private(set) var pendingCount: Int
  private(set) var unclearCount = 0
  /// How many messages were left to others since that was asked.
  private var movedCount = 0
  /// The call that each message was taken up by; 0 for none. Empty until there is one.
  private(set) var takenBy: [UInt64] = []
  /// The call that sent each message again that had been sent. Empty until there is one.
  private(set) var resentBy: [UInt64] = []
  /// Messages that had been sent before, as a tail of those says.
  private var sentBefore: Set<Int> = []
  /// Messages that may be those that a later call left unsent in turn.
  private var leftToOthers: Set<Int> = []

  init(_ fates: [MessageFate]) {
    self.fates = fates
    pendingCount = fates.count { $0 == .pending }
  }

  var startIndex: Int { fates.startIndex }
  var endIndex: Int { fates.endIndex }
  subscript(message: Int) -> MessageFate { fates[message] }

  /// True where the call itself sent it.
  func isSent(_ message: Int) -> Bool {
    fates[message] == .sent || fates[message] == .uncounted
  }

  func isTakenUp(_ message: Int) -> Bool {
    fates.indices.contains(message) && (fates[message] == .taken || fates[message] == .moved)
  }

  /// True where an earlier call had sent some, and this one tried all again.
  var areOfSecondTry: Bool { !sentBefore.isEmpty }

  mutating func settle(_ message: Int, as fate: MessageFate, by call: UInt64?) {
    guard fates.indices.contains(message), fates[message] == .pending else { return }
    if fate == .unclear { unclearCount += 1 }
    if fate == .moved { movedCount += 1 }
    fates[message] = fate
    pendingCount -= 1
    if takenBy.isEmpty { takenBy = [UInt64](repeating: 0, count: fates.count) }
    takenBy[message] = call ?? 0
  }

  /// It turns out what became of a message of which that was not clear.
  mutating func clear(_ message: Int, as fate: MessageFate, by call: UInt64?) {
    guard fates.indices.contains(message), fates[message] == .unclear else { return }
    unclearCount -= 1
    fates[message] = fate
    takenBy[message] = call ?? 0
    leftToOthers.remove(message)
  }

  /// Messages were counted, and not sent.
  mutating func noteUnsent(_ messages: Range<Int>) {
    for message in messages where fates.indices.contains(message) && fates[message] == .sent {
      fates[message] = .pending
      pendingCount += 1
    }
  }

  /// Messages had been sent by an earlier call: those that this one tried again in vain are not
  /// lost.
  mutating func noteSentBefore(_ messages: Set<Int>) {
    sentBefore = messages
    for message in messages where fates.indices.contains(message) && fates[message] == .pending {
      fates[message] = .sent
      pendingCount -= 1
    }
  }

  /// A call, or nil for another system call, sent a message again.
  mutating func noteAgain(_ message: Int, by call: UInt64?) {
    if resentBy.isEmpty { resentBy = [UInt64](repeating: 0, count: fates.count) }
    if resentBy.indices.contains(message) { resentBy[message] = call ?? .max }
  }

  func isSentAgain(_ message: Int) -> Bool {
    resentBy.indices.contains(message) && resentBy[message] != 0
  }

  /// Unclear ones that are likely those that a later call offered, and may be among those that it
  /// did not send: they are its own matter, and counted once.
  mutating func noteLeft(_ unclear: some Sequence<Int>, to offer: inout Offer) {
    offer.unsentCount -= Swift.min(movedCount, offer.unsentCount)
    movedCount = 0
    let left = unclear.filter { fates[$0] == .unclear }.suffix(offer.unsentCount)
    leftToOthers.formUnion(left)
    offer.unsentCount -= left.count
  }

  /// Of messages that fared alike, those that another tail counts.
  func countedElsewhere(_ messages: [Int], _ how: FollowUp.How) -> [Int] {
    switch how {
    case .resumed: messages.filter { fates[$0] != .taken }
    case .resentAll: messages.filter { sentBefore.contains($0) }
    case .unknown: messages.filter { leftToOthers.contains($0) }
    case .skipped, .abandoned, .cappedRest: []
    }
  }
}
