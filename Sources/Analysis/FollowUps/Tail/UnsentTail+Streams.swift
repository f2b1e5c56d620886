import Records

// What the next sends on a stream say of a tail.
extension UnsentTail {
  /// `key` is the socket's; `spare` bytes may be looked through besides.
  mutating func takeStream(
    _ offer: inout Offer, on key: UnsentTails.SocketKey, spare: inout Int
  ) -> Relation {
    if isCutOff {
      if offer.sent > 0 { others.lastEntered = offer.entered }
      noteBytes(offer, on: key, spare: &spare, isOwn: true)
      return .other
    }
    // Without bytes it stands nowhere in the stream.
    guard let start = offer.start else { return .other }
    guard let (rest, continuation) = place(of: offer, start) else {
      return offer.sent > 0 ? setUnclear(&offer) : .unclear
    }
    switch continuation {
    case .rest(let how):
      recognition.streamWhy = recognition.streamWhy ?? how
      takers.note(offer, beginningAt: rest.message)
      return follow(&offer, from: rest)
    case .again(let first, let takenBefore, let how), .within(let first, let takenBefore, let how):
      recognition.streamWhy = how
      if case .again = continuation { recognition.isBegunOnly = true }
      takers.note(offer, beginningAt: first)
      // It may get less far than what is sent again did.
      let lengths = prints.lengths
      var left = offer.bytesSent
      noteAgain(first...rest.message, by: offer) { message in
        defer { left -= min(lengths[message], left) }
        return left > 0 && (message < rest.message || rest.taken > 0)
      }
      let getsLessFar = offer.bytesSent < takenBefore
      offer.again.formUnion(offer.advance(by: min(takenBefore, offer.bytes)))
      if getsLessFar {
        offer.takenBefore = StreamRest.Part(
          message: offer.stream.message, taken: offer.stream.offset)
      }
      return follow(&offer, from: rest)
    case .next where rest.taken == 0, .other where rest.taken == 0:
      let relation = takeAnyOrder(&offer)
      self.rest?.forgetSent()
      if relation == .other { noteBytes(offer, on: key, spare: &spare, isOwn: true) }
      return relation
    case .next:
      var behind = rest
      behind.skip()
      if offer.bytesSent == 0, offer.result != .unfinished { return leave(&offer, from: behind) }
      takers.note(offer, beginningAt: behind.message)
      return follow(&offer, from: behind)
    case .other:
      guard offer.bytesSent > 0, offer.result != .unfinished else { return .other }
      cutOff(by: offer, on: key, spare: &spare)
      return .other
    case .unknown(let why):
      noteDoubt(offer, why)
      takers.note(offer, beginningAt: rest.message)
      for message in fates.indices { fates.settle(message, as: .unclear, by: offer.sequence) }
      return .unclear
    }
  }

  private mutating func cutOff(
    by offer: borrowing Offer, on key: UnsentTails.SocketKey, spare: inout Int
  ) {
    noteOther(offer)
    isCutOff = rest.map { $0.taken > 0 } ?? false
    noteBytes(offer, on: key, spare: &spare, isOwn: true)
  }

  /// All of a send was what a newer call left, which had nothing of this one: it is other data.
  mutating func noteTakenByNewer(
    _ offer: borrowing Offer, on key: UnsentTails.SocketKey, spare: inout Int
  ) {
    guard isStream, told == nil, takers.count == 0, offer.entered >= returned, offer.bytesSent > 0,
      offer.result != .unfinished, let start = offer.start,
      case (_, .other)? = place(of: offer, start), matched(with: offer).unsent.isEmpty
    else { return }
    cutOff(by: offer, on: key, spare: &spare)
  }

  /// What a send begins with, of what the call left or, where an earlier one had got further with
  /// the same, of what that did.
  func place(
    of offer: borrowing Offer, _ start: StreamPlace
  ) -> (rest: StreamRest, continuation: StreamRest.Continuation)? {
    guard let rest else { return nil }
    let own = rest.continuation(offer, start, goesOn: takers.count > 0)
    guard let restBefore, !own.isRest else { return (rest, own) }
    let other = restBefore.continuation(offer, start, goesOn: false)
    return other.isRest ? (restBefore, other) : (rest, own)
  }

  /// An earlier call had sent what is before. Where this one sent nothing it stopped there, too.
  mutating func noteTakenBefore(_ part: StreamRest.Part?) {
    guard let part, var before = rest, before.begin(behind: part) else { return }
    if verdict.sent == 0, verdict.uncounted == 0 { rest = before } else { restBefore = before }
  }

  private mutating func follow(_ offer: inout Offer, from place: StreamRest) -> Relation {
    let isUnfinished = offer.result == .unfinished
    var place = place
    var settled: [(Int, MessageFate)] = []
    let followed = place.follow(&offer) { settled.append(($0, $1)) }
    if !followed.isCompared { recognition.isBegunOnly = true }
    for (message, fate) in settled {
      fates.settle(message, as: isUnfinished ? .unclear : fate, by: offer.sequence)
    }
    (rest, restBefore) = (place, nil)
    if followed.hasOther {
      return setUnclear(&offer, "begins with bytes that were left, and goes on with others")
    }
    skipWhatIsSettled()
    // It goes on with others: these may be known by their contents.
    if place.taken == 0, fates.pendingCount > 0, !offer.isSpent { _ = takeAnyOrder(&offer) }
    return .tookUp
  }

  /// A call that sent nothing begins behind the message that was cut. Nothing is left out by that:
  /// the rest of it may still come. What is behind is the matter of the other call now.
  private mutating func leave(_ offer: inout Offer, from behind: StreamRest) -> Relation {
    var behind = behind
    var offered: [Int] = []
    guard !behind.follow(&offer, { message, _ in offered.append(message) }).hasOther else {
      return .other
    }
    for message in offered { fates.settle(message, as: .moved, by: offer.sequence) }
    return .tookUp
  }

  /// No message was cut, so that others may stand before those that are left: whole ones are known
  /// by their contents.
  private mutating func takeAnyOrder(_ offer: inout Offer) -> Relation {
    let relation = take(&offer)
    if relation == .other, offer.bytesSent > 0 { noteOther(offer) }
    offer.passUsed()
    skipWhatIsSettled()
    return relation
  }

  private mutating func skipWhatIsSettled() {
    while let message = rest?.message, fates.indices.contains(message), fates[message] != .pending {
      rest?.skip()
    }
  }
}
