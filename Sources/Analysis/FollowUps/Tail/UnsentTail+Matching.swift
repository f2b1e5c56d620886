import Records

// Which of its messages a later send offers. Contents tell, and where they cannot, order: what is
// alike and unsent is taken to be taken up in order, unless as much is offered as only sending
// again, or sending more of the like, would explain.
extension UnsentTail {
  /// What a later send has to do with a tail.
  enum Relation {
    /// Nothing: other data.
    case other
    /// It offers messages of it.
    case tookUp
    /// It cannot be told.
    case unclear
  }

  /// A message of the tail, and where the offer has it.
  struct Pair {
    var message: Int
    var position: Int
    /// True where all bytes of both are the same; else they only look so.
    var isSure: Bool
  }

  struct Match {
    var pending: [Pair] = []
    var again: [Pair] = []
    /// Classes of messages that are alike, sent and unsent ones among them, of which more is
    /// offered than was left.
    var alike: [(pending: [Int], sent: [Int], positions: [Int], isSure: Bool)] = []
    /// Datagrams of unsent messages that are offered cut or joined otherwise.
    var pieces: [(datagram: DatagramPosition, position: Int)] = []
    /// Unsent messages that may be offered, which nothing tells.
    var possible: Set<Int> = []
    /// Why not, as what is said of the send.
    var possibleWhy: String?
    var reliesOnOrder = false
    /// Messages of which the call has others that look the same, as far as they were kept.
    var doubtful: Set<Int> = []
    var isUsed: [Bool]
    var isMatched: Set<Int> = []
    /// Those that are the same with their control messages.
    var isExact: Set<Int> = []
    /// True where datagrams of a message that is offered are others.
    var hasOtherDatagrams = false
    /// True where what it offers looks like unsent messages, too late to be compared as a whole.
    var isTooLate = false
    /// Positions that may have datagrams of unsent messages rather than messages that were sent.
    var mayBeCut: Set<Int> = []
    /// What these are otherwise.
    var againOtherwise: [(messages: [Int], positions: [Int], isSure: Bool)] = []

    init(used: [Bool]) { isUsed = used }

    mutating func pair(
      _ messages: some Sequence<Int>, _ positions: some Sequence<Int>, isSure: Bool
    ) -> [Pair] {
      zip(messages, positions).map { message, position in
        isUsed[position] = true
        isMatched.insert(message)
        return Pair(message: message, position: position, isSure: isSure)
      }
    }

    /// Unsent messages that are in the offer, or may be.
    var unsent: [Int] {
      pending.map(\.message) + alike.flatMap(\.pending) + pieces.map(\.datagram.message) + possible
    }
  }

  /// Notes what a later send does about the messages.
  mutating func take(_ offer: inout Offer) -> Relation {
    if !offer.isWhole, offer.errno == nil {
      return setUnclear(&offer, "may have a part of them (MSG_MORE, UDP_CORK)")
    }
    guard offer.mayBeKnown else { return takeOther([], &offer) }
    let isRepeated = isAmongRepeated(offer)
    var (match, lookalikes) =
      isRepeated
      ? matchedAmongRepeated(offer)
      : isOfEqual ? matchedAmongEqual(offer) : (matched(with: offer), [])
    if offer.errno != nil { match.possible = [] }
    if match.isTooLate { isComparedNoMore = true }
    if match.unsent.isEmpty, lookalikes.isEmpty, match.isTooLate { return .unclear }
    if !isRepeated, let tick = tick(match, offer) {
      if offer.sent == 0 { return .other }
      lookalikes += takeTick(&match, &offer, tick)
    }
    // A stream has one destination.
    if !isStream { noteRedirected(match, offer) }
    let mayBeNew = !lookalikes.isEmpty
    if !isStream, !isRepeated, !isOfEqual, lookalikes.isEmpty {
      lookalikes = match.takeLookalikes(self, offer)
    }
    noteRearranged(match, lookalikes, offer, mayBeNew: mayBeNew)
    if match.unsent.isEmpty, lookalikes.isEmpty { return takeOther(match.again, &offer) }
    _ = takeOtherCuts(match.isUsed, offer)
    offer.used = match.isUsed
    noteLookalikes(lookalikes, offer)
    if match.unsent.isEmpty { return offer.isSpent ? .unclear : .other }
    if othersCount(before: offer) > 0 || match.isBehindOthers { takers.isBehindOthers = true }
    offer.again.formUnion(apply(match, offer))
    if !isOfEqual { fates.noteLeft(match.unsent, to: &offer) }
    return .tookUp
  }

  /// None of what a later send offers was left unsent, as far as it is known; some may be sent
  /// again.
  private mutating func takeOther(_ again: [Pair], _ offer: inout Offer) -> Relation {
    if let relation = takeUnread(&offer) { return relation }
    if takeOtherCuts(offer.used, offer) { return .unclear }
    if !offer.isKnown { return offer.errno == nil ? setUnclear(&offer) : .unclear }
    if offer.errno == nil { offer.again.formUnion(noteAgain(again, beside: [], offer)) }
    return .other
  }

  func matched(with offer: borrowing Offer) -> Match {
    var match = Match(used: offer.used)
    if offer.mayBeKnown { add(offer, to: &match) }
    return match
  }

  /// Adds what is not matched yet.
  func add(_ offer: borrowing Offer, to match: inout Match) {
    let known = match.isMatched
    match.mayBeCut = mayBeCut(offer, match)
    prints.exact.forEachShared(with: offer.exact) { mine, theirs in
      matchLookalikes(mine.map(\.position), theirs.map(\.position), offer, &match)
    }
    match.isExact = match.isMatched.subtracting(known)
    prints.loose.forEachShared(with: offer.loose) { mine, theirs in
      matchLookalikes(mine.map(\.position), theirs.map(\.position), offer, &match)
    }
    matchDatagrams(offer, &match)
    match.takeAgainOtherwise()
    matchSegments(offer, &match)
    matchRespelled(offer, &match)
  }

  /// Messages that begin alike: `messages` of the call, `positions` of the offer. All of their
  /// bytes tell which are the same, where they were read.
  private func matchLookalikes(
    _ messages: [Int], _ positions: [Int], _ offer: borrowing Offer, _ match: inout Match
  ) {
    var theirs: [UInt64?: [Int]] = [:]
    for position in positions { theirs[offer.whole(position), default: []].append(position) }
    let unread = theirs.removeValue(forKey: nil) ?? []
    let mine = Dictionary(grouping: messages, by: prints.whole)
    for (whole, same) in mine where whole != nil {
      if let positions = theirs[whole] { matchClass(same, positions, isSure: true, &match) }
    }
    if !unread.isEmpty {
      noteTooLate(messages, offer, &match)
      matchClass(
        messages.filter { mayBeKnownByLooks($0, offer) }, unread, isSure: false, &match)
    }
    if let same = mine[nil], !theirs.isEmpty {
      matchClass(
        same.filter { mayBeKnownByLooks($0, offer) }, theirs.values.joined().sorted(),
        isSure: false, &match)
    }
  }

  /// Messages that are alike: `messages` of the call, `positions` of the offer.
  private func matchClass(
    _ messages: [Int], _ positions: [Int], isSure: Bool, _ match: inout Match
  ) {
    let free = positions.filter { !match.isUsed[$0] }
    let messages = messages.filter { !match.isMatched.contains($0) }
    let pending = messages.filter { fates[$0] == .pending }
    let sent = messages.filter { fates.isSent($0) }
    if free.isEmpty { return }
    if pending.isEmpty {
      // Those that others took up have been sent as well.
      let again = sent + messages.filter { fates[$0] == .taken }
      if !match.mayBeCut.isDisjoint(with: free) {
        match.againOtherwise.append((again, free, isSure))
      } else {
        match.again += match.pair(again, free, isSure: isSure)
      }
    } else if sent.isEmpty || free.count <= pending.count {
      match.reliesOnOrder = match.reliesOnOrder || !sent.isEmpty
      match.pending += match.pair(pending, free, isSure: isSure)
      if messages.count > 1, !isSure { match.doubtful.formUnion(pending) }
    } else {
      match.alike.append((pending, sent, free, isSure))
      for position in free { match.isUsed[position] = true }
      match.isMatched.formUnion(messages)
    }
  }

  /// Gives out where messages are that are sent again.
  mutating func apply(_ match: Match, _ offer: borrowing Offer) -> [Int] {
    var match = match
    let isAtOnce = isAtOnce(offer)
    let isAgain = match.again.contains { fates.isSent($0.message) }
    let unclear = fates.unclearCount
    recognition.takenExactly.formUnion(match.isExact)
    for (pending, sent, positions, isSure) in match.alike {
      if !isSure { recognition.unsure.formUnion(pending) }
      // Others of the call show that it is sent again whole: so are these.
      if !isOfEqual, isAgain, positions.count == pending.count + sent.count {
        let order = (sent + pending).sorted()
        for (message, position) in zip(order, positions) {
          let pair = Pair(message: message, position: position, isSure: isSure)
          if fates[message] == .pending {
            match.pending.append(pair)
          } else {
            match.again.append(pair)
          }
        }
        match.reliesOnOrder = true
      } else {
        for message in pending { fates.settle(message, as: .unclear, by: offer.sequence) }
      }
    }
    recognition.reliesOnOrder = recognition.reliesOnOrder || match.reliesOnOrder
    let places =
      (match.pending + match.again).map { ($0.position, $0.message) }
      + match.pieces.map { ($0.position, $0.datagram.message) }
    let first = places.min { $0 < $1 }
    takers.note(
      offer, beginningAt: first?.1 ?? match.unsent.min() ?? 0,
      isBehind: first.map { $0.0 > 0 } ?? false)
    let isWholeTail = offersWholeTail(match.pending)
    for pair in match.pending {
      let isCompared = prints.hasContents && !offer.isInPart
      let isDoubtful = !isCompared || !isWholeTail && !isBelieved(pair, in: match)
      // A datagram that was not sent there either is not sent by it, whichever it was.
      let isLeftAgain =
        pair.position >= offer.sent && (!isDoubtful || isCompared && !isStream)
      let fate: MessageFate =
        offer.result == .unfinished || isDoubtful && !isLeftAgain
        ? .unclear : isLeftAgain ? .moved : .taken
      if !pair.isSure { recognition.unsure.insert(pair.message) }
      fates.settle(pair.message, as: fate, by: offer.sequence)
    }
    for (datagram, position) in match.pieces { settle(datagram, at: position, of: offer) }
    for message in match.possible { fates.settle(message, as: .unclear, by: offer.sequence) }
    if fates.unclearCount > unclear { noteDoubt(offer, match.possibleWhy) }
    return noteAgain(match.again, beside: match.pending, offer, isAtOnce: isAtOnce)
  }
}
