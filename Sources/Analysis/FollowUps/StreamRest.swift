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
  private var beginning: StreamMessage
  private var bytesBefore: UInt64
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
    return true
  }

  /// Bytes of one tail that are kept, but for the first ones of each message.
  private static let mostContents = 2 << 20

  /// Keeps no more than the first bytes of each message.
  mutating func forgetContents() {
    beginning.keepFirst(Int(FollowUp.comparedBytes))
    for index in messages.indices { messages[index].keepFirst(Int(FollowUp.comparedBytes)) }
  }

  /// True when nothing is left to wait for.
  var isAtEnd: Bool { message - firstUnsent >= messages.count }

  var byteCount: Int { messages.reduce(beginning.byteCount) { $0 + $1.byteCount } }

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

  /// What a later send begins with.
  enum Continuation {
    /// The first byte that was not taken.
    case rest(String)
    /// The message that was cut, or the whole call, from its start.
    case again(from: Int, String)
    /// The message behind the one that was cut.
    case next
    case other
    case unknown(String)

    var isRest: Bool { if case .rest = self { true } else { false } }
  }

  /// `goesOn` is true where others have taken some of it up already.
  func continuation(_ offer: borrowing Offer, _ offered: StreamPlace, goesOn: Bool) -> Continuation
  {
    guard let current = message(message) else { return .other }
    let place = current.place(at: taken)
    let sameAddress = offered.address != nil && offered.address == place.address
    switch agrees(offer, offered, with: place, goesOn: goesOn) {
    case true? where sameAddress: return .rest("begins with the byte where it stopped")
    case true?: return similar(offer, offered, place)
    case false?:
      return elsewhere(offered) ?? joined(offered) ?? displaced(offered, in: current) ?? .other
    case nil where sameAddress: return .rest("begins where the rest lies in memory")
    case nil:
      if let other = elsewhere(offered) ?? displaced(offered, in: current) { return other }
      return .unknown(Self.notKept)
    }
  }

  private static let notKept = "begins with bytes of which too few were kept to compare them"

  /// Its bytes are those of the rest; they may be those of the start too.
  private func similar(
    _ offer: borrowing Offer, _ offered: StreamPlace, _ place: StreamPlace
  ) -> Continuation {
    // Messages begin alike: where one begins, all of its bytes have to be the same.
    if taken == 0 {
      let common = min(place.length, offer.bytes)
      if compare(offer, upTo: common).same < common { return .unknown(Self.notKept) }
    }
    if message == 0, taken == 0 { return .rest("begins with the same bytes") }
    let looksLikeStart =
      taken > 0 && message(message)?.place(at: 0).agrees(with: offered) == true
      || message > 0 && beginning.place(at: 0).agrees(with: offered) == true
    guard looksLikeStart else { return .rest("begins with the bytes that were left") }
    if let other = elsewhere(offered, byAddress: true) { return other }
    return taken > 0 && offered.length == place.length
      ? .rest("offers as many bytes as were left") : .unknown(Self.notKept)
  }

  /// Another place of the call that it begins at: by where that lies in memory or, unless places
  /// alike would make that a guess, by its contents.
  private func elsewhere(_ offered: StreamPlace, byAddress: Bool = false) -> Continuation? {
    let places = self.places
    let similar = places.filter {
      $0.place.agrees(with: offered) != false && $0.place.length == offered.length
    }
    if let same = similar.first(where: { $0.place.address == offered.address }) {
      return same.continuation
    }
    if byAddress { return nil }
    let alike = similar.filter { $0.place.agrees(with: offered) == true }
    return alike.count > 1 ? .unknown(Self.notKept) : alike.first?.continuation
  }

  private var places: [(place: StreamPlace, continuation: Continuation)] {
    var places: [(place: StreamPlace, continuation: Continuation)] = []
    if taken > 0, let start = message(message)?.place(at: 0) {
      places.append((start, .again(from: message, "offers message \(message) from its start")))
    }
    if let next = message(message + 1)?.place(at: 0) { places.append((next, .next)) }
    if message > 0 {
      places.append((beginning.place(at: 0), .again(from: 0, "begins with message 0")))
    }
    return places
  }

  /// Another place of the call, which it sends joined with what stands behind: no other place may
  /// begin like it.
  private func joined(_ offered: StreamPlace) -> Continuation? {
    let alike = places.filter { $0.place.agrees(with: offered) == true }
    guard alike.count == 1, let (place, continuation) = alike.first,
      offered.length > place.length,
      UInt64(min(place.bytes.count, offered.bytes.count)) >= place.length,
      // Fewer different ones are like others by chance.
      Set(place.bytes.prefix(offered.bytes.count)).count >= StreamPlace.fewestTellingBytes
    else { return nil }
    return continuation
  }

  /// Somewhere in the memory of the message that was cut, where nothing tells that the program has
  /// put other data there: it may leave bytes out, or send some twice.
  private func displaced(_ offered: StreamPlace, in current: StreamMessage) -> Continuation? {
    guard taken > 0, let address = offered.address, let offset = current.offset(of: address),
      offset != taken, current.place(at: offset).agrees(with: offered) != false
    else { return nil }
    let distance = offset < taken ? taken - offset : offset - taken
    if offset < taken, distance < UInt64(offered.bytes.count) {
      // It reaches to bytes that are known.
      var reached = offered
      reached.bytes.removeFirst(Int(distance))
      if current.place(at: taken).agrees(with: reached) == false { return nil }
    }
    let bytes = distance == 1 ? "1 byte" : "\(distance) bytes"
    return .unknown(
      offset < taken
        ? "begins \(bytes) before the one where it stopped"
        : "begins \(bytes) behind the one where it stopped")
  }
}
