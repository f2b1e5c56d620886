import Records

// UDP cuts a message into datagrams where UDP_SEGMENT says so, and programs know it: where that is
// refused they cut it themselves, and what they have left over they join. So it is the datagrams
// that are looked for, where no message is as it was.
extension UnsentTail {
  /// An unsent message of which later sends had datagrams.
  struct CutMessage {
    var seen: Set<Int> = []
    /// The first of them that was a sendmmsg.
    var first: UInt64?
    /// Those that a send offered and fell short of.
    var moved: Set<Int> = []
    /// How many were sent.
    var sent: Int { seen.count - moved.count }
  }

  /// How many datagrams of messages were neither sent nor offered since: what was offered is the
  /// other call's matter.
  func datagramsUnsent(of messages: [Int]) -> Int {
    messages.reduce(0) { $0 + max(prints.datagramCount($1) - (cut[$1]?.seen.count ?? 0), 1) }
  }

  func matchDatagrams(_ offer: borrowing Offer, _ match: inout Match) {
    let isUsed = match.isUsed
    var matched: [Int: Int] = [:]
    prints.datagrams.forEachShared(with: offer.datagrams) { mine, theirs in
      let messages = mine.map { DatagramPosition(number: $0.position) }.filter {
        !match.isMatched.contains($0.message) && cut[$0.message]?.seen.contains($0.datagram) != true
      }
      var free = theirs.map { DatagramPosition(number: $0.position).message }.filter { !isUsed[$0] }
      // Where neither is cut, they would be the same message.
      let cutHere = messages.filter { prints.datagramCount($0.message) > 1 }
      for position in matchClass(cutHere, free, &match) {
        matched[position, default: 0] += 1
        if let index = free.firstIndex(of: position) { free.remove(at: index) }
      }
      let cutThere = free.filter { offer.datagramCount($0) > 1 }
      let whole = messages.filter { prints.datagramCount($0.message) == 1 }
      for position in matchClass(whole, cutThere, &match) { matched[position, default: 0] += 1 }
    }
    for (position, count) in matched {
      match.isUsed[position] = true
      if count < offer.datagramCount(position) { match.hasOtherDatagrams = true }
    }
  }

  /// Datagrams that are the same; gives out the positions that are accounted for.
  private func matchClass(
    _ datagrams: [DatagramPosition], _ positions: [Int], _ match: inout Match
  ) -> ArraySlice<Int> {
    let pending = datagrams.filter { fates[$0.message] == .pending }
    let sent = datagrams.count { fates[$0.message] == .sent || fates[$0.message] == .uncounted }
    if pending.isEmpty { return positions.prefix(sent) }
    if sent > 0, positions.count > pending.count {
      match.possible.formUnion(pending.map(\.message))
      match.possibleWhy = match.possibleWhy ?? "has datagrams of which the call had sent the like"
    } else {
      match.pieces += zip(pending, positions).map { ($0, $1) }
      match.reliesOnOrder = match.reliesOnOrder || sent > 0
    }
    return positions.prefix(pending.count + sent)
  }

  /// Positions with a message that is the same as one that was sent, and as a datagram of an unsent
  /// one of which other datagrams are offered besides: it stands for that there.
  func mayBeCut(_ offer: borrowing Offer, _ match: Match) -> Set<Int> {
    guard prints.hasCut else { return [] }
    var (cutHere, both) = (Set<Int>(), [(messages: Set<Int>, positions: [Int])]())
    prints.datagrams.forEachShared(with: offer.datagrams) { mine, theirs in
      let messages = mine.map { DatagramPosition(number: $0.position).message }
      let left = Set(
        messages.filter { prints.datagramCount($0) > 1 && fates[$0] == .pending })
      if messages.contains(where: { prints.datagramCount($0) == 1 && fates[$0] != .pending }) {
        let positions = theirs.map { DatagramPosition(number: $0.position).message }
        both.append((left, positions.filter { !match.isUsed[$0] && offer.datagramCount($0) == 1 }))
      } else {
        cutHere.formUnion(left)
      }
    }
    return Set(both.filter { !$0.messages.isDisjoint(with: cutHere) }.flatMap(\.positions))
  }

  /// A datagram of an unsent message was offered.
  mutating func settle(_ datagram: DatagramPosition, at position: Int, of offer: borrowing Offer) {
    let message = datagram.message
    if offer.result == .unfinished {
      fates.settle(message, as: .unclear, by: offer.sequence)
      return
    }
    var known = cut[message] ?? CutMessage()
    known.seen.insert(datagram.datagram)
    known.first = known.first ?? offer.sequence
    if position >= offer.sent { known.moved.insert(datagram.datagram) }
    guard known.seen.count == prints.datagramCount(message) else {
      cut[message] = known
      return
    }
    cut[message] = nil
    recognition.reshaped.insert(message)
    fates.settle(message, as: known.moved.isEmpty ? .taken : .moved, by: known.first)
  }

  /// Where not all bytes are known, a datagram that looks the same says that it may be.
  func matchSegments(_ offer: borrowing Offer, _ match: inout Match) {
    prints.segments.forEachShared(with: offer.loose) { mine, theirs in
      matchCut(mine, theirs.map(\.position), offer, &match)
    }
    prints.segments.forEachShared(with: offer.segments) { mine, theirs in
      matchCut(mine, theirs.map { DatagramPosition(number: $0.position).message }, offer, &match)
    }
    prints.loose.forEachShared(with: offer.segments) { mine, theirs in
      let positions = theirs.map { DatagramPosition(number: $0.position).message }
      // What was not read behind the first may be those that follow.
      let count =
        positions.map { offer.whole($0) == nil ? offer.datagramCount($0) : 1 }.max() ?? 0
      for message in mine.map(\.position) {
        let end = min(message + count, fates.count)
        matchPossible(Array(message..<end), positions, offer, &match, Self.maybeJoined)
      }
    }
  }

  private func matchCut(
    _ mine: ArraySlice<PrintIndex.Slot>, _ positions: [Int], _ offer: borrowing Offer,
    _ match: inout Match
  ) {
    for piece in mine.map({ DatagramPosition(number: $0.position) })
    where cut[piece.message]?.seen.contains(piece.datagram) != true {
      matchPossible([piece.message], positions, offer, &match, Self.maybeCut)
    }
  }

  private static let maybeCut =
    "begins like a datagram of it, of which the rest could not be compared"
  private static let maybeJoined = "begins like it, and has more behind that could not be compared"

  /// What goes to another path may go to the same socket: links, and what a path is relative to,
  /// are not known.
  func matchRespelled(_ offer: borrowing Offer, _ match: inout Match) {
    prints.respelled.forEachShared(with: offer.respelled) { mine, theirs in
      let paths = theirs.map(\.position).filter { offer.isPath($0) }
      for message in mine.map(\.position)
      where prints.destination(of: message)?.mayBeSpelledOtherwise == true {
        matchPossible([message], paths, offer, &match, Self.maybeThere)
      }
    }
  }

  private static let maybeThere =
    "has the same for another path, which may lead to the same socket"

  private func matchPossible(
    _ messages: [Int], _ positions: [Int], _ offer: borrowing Offer,
    _ match: inout Match, _ why: String
  ) {
    let pending = messages.filter { fates[$0] == .pending && !match.isMatched.contains($0) }
    guard let first = pending.first, first == messages.first else { return }
    for position in positions where !match.isUsed[position] {
      // Where both are known, others of their prints would be the same.
      if let mine = prints.whole(first), let other = offer.whole(position),
        why != Self.maybeThere || mine != other
      {
        continue
      }
      // What was said is not taken back for looks.
      if told != nil, prints.whole(first) == nil || offer.whole(position) == nil { continue }
      match.possible.formUnion(pending)
      match.possibleWhy = match.possibleWhy ?? why
    }
  }
}

extension UnsentTail.Match {
  /// What has no datagrams of unsent messages is what was sent.
  mutating func takeAgainOtherwise() {
    for (messages, positions, isSure) in againOtherwise {
      again += pair(
        messages.filter { !isMatched.contains($0) }, positions.filter { !isUsed[$0] },
        isSure: isSure)
    }
    againOtherwise = []
  }
}
