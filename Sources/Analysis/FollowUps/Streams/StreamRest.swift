import Records

/// Where a stream was left: what comes next decides, since a stream has an order.
///
/// Programs cut and join what they put into a stream as they like, so it is its bytes that are
/// looked for, as far as they were kept, and where these say nothing, where they lie.
struct StreamRest {
  /// The message that was not sent, or not in full.
  private(set) var message: Int
  /// How much of it was taken.
  private(set) var taken: UInt64
  /// From the first unsent one on.
  private var messages: [StreamMessage]
  private let firstUnsent: Int
  /// The first message of the call, and the bytes of those that were sent in full.
  private(set) var beginning: StreamMessage
  private var bytesBefore: UInt64
  /// What the call sent, up to where it stopped.
  private(set) var sent: SentBytes
  /// Of messages that were left behind in part, how much of them was taken.
  private var takenOfSkipped: [Int: UInt64] = [:]

  /// `taken` bytes of the first unsent message were, uncounted ones included. Of what was read to
  /// follow it up, `cut` is about that message, and `contents` about all.
  init?(_ messages: [Message], first: Int, taken: UInt64, isCut: Bool, _ leftover: Leftover) {
    guard messages.indices.contains(first), let origin = messages.first else { return nil }
    message = first
    firstUnsent = first
    self.taken = taken
    // The first one tells whether all is sent again.
    var room = Self.mostContents
    beginning = StreamMessage(origin, leftover.contents.first ?? nil, room: &room)
    let contents = leftover.contents.dropFirst(first)
    self.messages = messages[first...].enumerated().map { index, message in
      StreamMessage(message, contents.dropFirst(index).first ?? nil, room: &room)
    }
    if isCut { self.messages[0].keep(leftover.cut, at: taken) }
    bytesBefore = messages[..<first].reduce(0) { $0 &+ ($1.bytes ?? 0) }
    sent = SentBytes(messages, leftover.contents, upTo: first, taken)
  }

  /// How much of a message was taken.
  struct Part {
    var message: Int
    var taken: UInt64
  }

  /// An earlier call had sent what is before, and of that message so much; false where that is no
  /// place of it.
  @discardableResult
  mutating func begin(behind part: Part) -> Bool {
    guard part.message >= message, let current = self.message(part.message),
      part.taken < current.length
    else { return false }
    let passed = messages[..<(part.message - firstUnsent)]
    bytesBefore &+= passed.reduce(0) { $0 &+ $1.length }
    (message, taken) = (part.message, part.taken)
    forgetSent()
    return true
  }

  /// Bytes of one tail that are kept, but for the first ones of each message.
  private static let mostContents = 2 << 20

  /// Keeps no more than the first bytes of each message.
  mutating func forgetContents() {
    beginning.keepFirst(Int(FollowUp.comparedBytes))
    forgetSent()
    for index in messages.indices { messages[index].keepFirst(Int(FollowUp.comparedBytes)) }
  }

  /// Other data follows: it is not sent again from within.
  mutating func forgetSent() { sent = SentBytes() }

  /// True when nothing is left to wait for.
  var isAtEnd: Bool { message - firstUnsent >= messages.count }

  var byteCount: Int { messages.reduce(beginning.byteCount + sent.byteCount) { $0 + $1.byteCount } }

  func message(_ number: Int) -> StreamMessage? {
    let index = number - firstUnsent
    return messages.indices.contains(index) ? messages[index] : nil
  }

  /// How many bytes of a message were taken.
  func bytesTaken(of number: Int) -> UInt64 {
    number == message ? taken : takenOfSkipped[number] ?? 0
  }

  /// Leaves the message out.
  mutating func skip() {
    forgetSent()
    if taken > 0 { takenOfSkipped[message] = taken }
    pass()
  }

  /// Goes on to the next.
  private mutating func pass() {
    message += 1
    taken = 0
  }

  /// What following a send came to.
  struct Followed {
    /// True where all bytes that it took up were compared.
    var isCompared = true
    /// True where it has other bytes within a message that it begins to take up.
    var hasOther = false
  }

  /// Follows a send that begins there, up to where it has other bytes; gives out the messages that
  /// it sent to their end, and those that it offered only.
  mutating func follow(
    _ offer: inout Offer, _ settle: (Int, MessageFate) -> Void
  ) -> Followed {
    var followed = Followed()
    var isBehindFirst = false
    forgetSent()
    while let current = message(message), offer.bytes > 0 || current.length == 0 {
      let left = current.length &- min(taken, current.length)
      let common = min(left, offer.bytes)
      let comparison = compare(offer, upTo: common)
      if isBehindFirst, current.length > 0, comparison.differs || offer.isAtUsed { return followed }
      if comparison.differs {
        followed.hasOther = true
        return followed
      }
      isBehindFirst = true
      if comparison.same < common { followed.isCompared = false }
      if offer.bytesSent >= left {
        settle(message, .taken)
        pass()
      } else if offer.bytes >= left {
        // What is left of it is now the other call's matter.
        settle(message, .moved)
        pass()
      } else {
        taken += offer.bytes
        messages[message - firstUnsent].keep(offer.cut, at: taken)
      }
      offer.advance(by: common)
    }
    return followed
  }

  /// How many bytes of what is sent again had been taken.
  func bytesTaken(from first: Int) -> UInt64 { first == message ? taken : bytesBefore &+ taken }
}
