import Records

/// Where a stream was left: what comes next decides at once, since a stream has an order.
///
/// Programs cut and join what they put into a stream as they like, so it is its bytes that are
/// looked for, as far as they were kept, and where these say nothing, where they lie.
struct StreamRest {
  /// The message that was not sent, or not in full.
  private(set) var message: Int
  /// How much of it was taken.
  private(set) var taken: UInt64
  /// The beginnings of the messages from the first unsent one on.
  private let places: [StreamPlace]
  private let firstUnsent: Int
  /// Where the rest of the first unsent one begins.
  private let cut: StreamPlace
  /// The beginning of the whole call, and the bytes of its messages that were sent in full.
  private let beginning: StreamPlace
  private let bytesBefore: UInt64

  init?(_ call: SendCall, first: Int) {
    guard call.messages.indices.contains(first), let origin = call.messages.first else {
      return nil
    }
    message = first
    firstUnsent = first
    taken = UInt64(call.messages[first].sentLength ?? 0)
    cut = StreamPlace(call.messages[first], offset: taken)
    places = call.messages[first...].map { StreamPlace($0, offset: 0) }
    beginning = StreamPlace(origin, offset: 0)
    bytesBefore = call.messages[..<first].reduce(0) { $0 &+ ($1.bytes ?? 0) }
  }

  /// True when nothing is left to wait for.
  var isAtEnd: Bool { message - firstUnsent >= places.count }

  var byteCount: Int { places.count * 120 }

  private func place(of message: Int) -> StreamPlace? {
    let index = message - firstUnsent
    return places.indices.contains(index) ? places[index] : nil
  }

  /// The first byte that was not taken.
  private var place: StreamPlace {
    if taken > 0, message == firstUnsent { return cut }
    var place = place(of: message) ?? cut
    place.skip(taken)
    return place
  }

  private var start: StreamPlace { place(of: message) ?? cut }
  private var next: StreamPlace? { place(of: message + 1) }

  /// Leaves the message out.
  mutating func skip() {
    message += 1
    taken = 0
  }

  /// Follows a send that begins there, of which so many bytes were taken; gives out the messages
  /// that it sent to their end, and those that it offered only.
  mutating func follow(
    offered: UInt64, sent: UInt64, _ settle: (Int, UnsentTail.Fate) -> Void
  ) {
    var (offered, sent) = (offered, sent)
    while let length = place(of: message)?.length, offered > 0 || length == 0 {
      let left = length &- min(taken, length)
      if sent >= left {
        settle(message, .taken)
        skip()
      } else if offered > sent {
        // What is left of it is now the other call's matter.
        settle(message, .moved)
        skip()
      } else {
        taken += sent
        return
      }
      offered -= min(left, offered)
      sent -= min(left, sent)
    }
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
    case unknown
  }

  func continuation(_ offered: StreamPlace) -> Continuation {
    let sameAddress = offered.address != nil && offered.address == place.address
    switch place.agrees(with: offered) {
    case true? where sameAddress: return .rest("begins with the byte where it stopped")
    case true?: return similar(offered)
    case false?: return elsewhere(offered) ?? .other
    case nil:
      if sameAddress { return .rest("begins where the rest lies in memory") }
      return elsewhere(offered)
        ?? (offered.length == place.length && taken > 0
          ? .rest("offers as many bytes as were left") : .unknown)
    }
  }

  /// Its bytes are those of the rest; they may be those of the start too.
  private func similar(_ offered: StreamPlace) -> Continuation {
    if message == 0, taken == 0 { return .rest("begins with the same bytes") }
    let looksLikeStart =
      start.agrees(with: offered) == true && taken > 0
      || beginning.agrees(with: offered) == true && message > 0
    guard looksLikeStart else { return .rest("begins with the bytes that were left") }
    return elsewhere(offered, byAddress: true)
      ?? (taken > 0 && offered.length == place.length
        ? .rest("offers as many bytes as were left") : .unknown)
  }

  /// Another place of the call that it begins at: by where that lies in memory or, unless places
  /// alike would make that a guess, by its contents.
  private func elsewhere(_ offered: StreamPlace, byAddress: Bool = false) -> Continuation? {
    var places: [(place: StreamPlace, continuation: Continuation)] = []
    if taken > 0 {
      places.append((start, .again(from: message, "offers message \(message) from its start")))
    }
    if let next { places.append((next, .next)) }
    if message > 0 { places.append((beginning, .again(from: 0, "begins with message 0"))) }
    let similar = places.filter {
      $0.place.agrees(with: offered) != false && $0.place.length == offered.length
    }
    if let same = similar.first(where: { $0.place.address == offered.address }) {
      return same.continuation
    }
    if byAddress { return nil }
    let alike = similar.filter { $0.place.agrees(with: offered) == true }
    return alike.count > 1 ? .unknown : alike.first?.continuation
  }
}

extension UnsentTail {
  /// What the next send on a stream says of the tail.
  mutating func takeStream(_ offer: borrowing Offer) -> Relation {
    guard var rest, let start = offer.start else {
      // Without bytes it stands nowhere in the stream.
      return offer.isKnown ? .other : .unclear
    }
    let continuation = rest.continuation(start)
    if let errno = offer.errno {
      guard case .rest = continuation else { return .other }
      noteTry(offer, errno, beginsWithFailed: rest.message == verdict.at)
      return .tried
    }
    let isUnfinished = offer.result == .unfinished
    var before: UInt64 = 0
    switch continuation {
    case .rest(let how):
      streamWhy = streamWhy ?? how
      noteTaker(offer, beginningAt: rest.message)
    case .again(let first, let how):
      streamWhy = how
      noteTaker(offer, beginningAt: first)
      noteAgain(first...rest.message, by: offer) { $0 < rest.message || rest.taken > 0 }
      before = rest.bytesTaken(from: first)
    case .next:
      noteTaker(offer, beginningAt: rest.message + 1)
      rest.skip()
    case .other where isUnfinished: return .other
    case .other:
      noteOther(offer)
      isCutOff = true
      return .other
    case .unknown:
      noteTaker(offer, beginningAt: rest.message)
      for message in fates.indices { settle(message, as: .unclear, by: offer.sequence) }
      return .unclear
    }
    var settled: [(Int, Fate)] = []
    rest.follow(
      offered: offer.bytes &- min(before, offer.bytes),
      sent: isUnfinished ? 0 : offer.bytesSent &- min(before, offer.bytesSent)
    ) { settled.append(($0, $1)) }
    for (message, fate) in settled {
      settle(message, as: isUnfinished ? .unclear : fate, by: offer.sequence)
    }
    self.rest = rest
    return .tookUp
  }

  private mutating func noteAgain(
    _ messages: ClosedRange<Int>, by offer: borrowing Offer, where wasSent: (Int) -> Bool
  ) {
    if resentBy.isEmpty { resentBy = [UInt64](repeating: 0, count: fates.count) }
    for message in messages where wasSent(message) && resentBy.indices.contains(message) {
      resentBy[message] = offer.sequence ?? .max
    }
  }
}
