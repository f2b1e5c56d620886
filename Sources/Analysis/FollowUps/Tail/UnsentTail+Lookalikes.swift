import Records

// Programs send the same over and over: heartbeats, acknowledgements, answers to a query that was
// asked again. A message that is the same as one that was left unsent is that one only where others
// of the call stand beside it, or where the program goes on with it; else it may be a new one.
extension UnsentTail {
  /// True where a message goes on where the call, or what took up its messages since, has stopped.
  fileprivate func goesOn(with pair: Pair, _ othersCount: Int) -> Bool {
    guard pair.position == 0 else { return false }
    if fates.isTakenUp(pair.message - 1) { return true }
    // Those that failed may have been left out.
    return othersCount == 0
      && fates.prefix(pair.message).indices.allSatisfy { fates[$0] != .pending || hasFailed($0) }
  }

  /// True where a message is known to have failed by itself.
  func hasFailed(_ message: Int) -> Bool { message == verdict.at || tries.heads.contains(message) }

  /// True where the call has sent a message like that.
  func hasSentAlike(_ message: Int) -> Bool {
    fates.indices.contains {
      (fates[$0] == .sent || fates[$0] == .uncounted) && !prints.differ($0, message)
    }
  }

  /// True where a message is the one that was left and was new then, sent as it was before the
  /// program could have asked for more of the like.
  fileprivate func isOnlyNew(_ pair: Pair, _ offer: borrowing Offer) -> Bool {
    pair.isSure && pair.message == onlyNew && isAtOnce(offer)
  }

  mutating func noteLookalikes(_ pairs: [Pair], _ offer: borrowing Offer) {
    guard !pairs.isEmpty else { return }
    for pair in pairs {
      if !pair.isSure { recognition.unsure.insert(pair.message) }
      fates.settle(pair.message, as: .unclear, by: offer.sequence)
    }
    recognition.lookalikeWhy =
      recognition.lookalikeWhy
      ?? "\(offer.name) has the same, which may be \(pairs.count == 1 ? "it" : "these") or new"
      + " data like \(pairs.count == 1 ? "it" : "them")"
  }
}

extension UnsentTail.Match {
  /// Takes out the unsent messages that may as well be new ones which are the same.
  mutating func takeLookalikes(
    _ tail: UnsentTail, _ offer: borrowing Offer
  ) -> [UnsentTail.Pair] {
    guard !pending.isEmpty else { return [] }
    let othersCount = tail.othersCount(before: offer)
    let isHead =
      tail.offersWholeTail(pending)
      || tail.fates.pendingCount == 1 && pending.count == 1 && pending[0].position == 0
    let isAll = pending.count == tail.fates.pendingCount && alike.isEmpty
    if isHead && othersCount == 0
      || isAll && pending.contains(where: { tail.prints.differ($0.message, pending[0].message) })
    {
      return []
    }
    let messages = places
    func isBeside(_ pair: UnsentTail.Pair) -> Bool {
      [-1, 1].contains { step in
        guard let other = messages[pair.position + step] else { return false }
        return (other - pair.message).signum() == step && tail.prints.differ(pair.message, other)
      }
    }
    let doubtful = pending.filter { pair in
      !isBeside(pair) && !tail.isOnlyNew(pair, offer)
        && !(tail.goesOn(with: pair, othersCount) && !tail.hasSentAlike(pair.message))
    }
    guard !doubtful.isEmpty else { return [] }
    let positions = Set(doubtful.map(\.position))
    pending.removeAll { positions.contains($0.position) }
    return doubtful
  }

  /// The message of the call that stands at each position, as far as that is known.
  private var places: [Int: Int] {
    var places: [Int: Int] = [:]
    for pair in pending + again { places[pair.position] = pair.message }
    for piece in pieces { places[piece.position] = piece.datagram.message }
    for (pending, sent, positions, _) in alike where positions.count == pending.count + sent.count {
      for (message, position) in zip((pending + sent).sorted(), positions) {
        places[position] = message
      }
    }
    return places
  }

  /// The first message of the call that it has, or that it may have.
  func first(with lookalikes: [UnsentTail.Pair]) -> Int? {
    (lookalikes + pending + again).min { $0.position < $1.position }?.message
  }

  /// True where messages that are not of the call stand before those that are.
  var isBehindOthers: Bool {
    guard let first = pending.map(\.position).min() else { return false }
    let places = places
    return (0..<first).contains { places[$0] == nil }
  }
}
