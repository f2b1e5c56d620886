import Records

// Programs that send what they have sent before, round after round: that messages come again, in
// whatever order or number, is no second try there. Only what follows at once, begins where the
// call stopped and is nothing but the rest is one.
extension UnsentTail {
  /// True where a later send of the same says nothing of itself: neither its contents nor the pace
  /// of the batch tell.
  func isAmongRepeated(_ offer: borrowing Offer) -> Bool {
    isOfRepeated && (period == nil || isNextPeriod(offer) || offer.tid != tid)
  }

  /// What a later send offers, and the unsent messages of it that may as well be new ones.
  func matchedAmongRepeated(_ offer: borrowing Offer) -> (match: Match, lookalikes: [Pair]) {
    var match = Match(used: offer.used)
    let rest = restAtOnce(offer)
    if !rest.isEmpty {
      let pairs = match.pair(rest, rest.indices, isSure: true)
      match.pending = pairs.filter { fates[$0.message] == .pending }
      match.again = pairs.filter { fates[$0.message] == .uncounted }
      return (match, [])
    }
    match = matched(with: offer)
    let (possible, pieces) = (match.possible, match.pieces)
    let lookalikes = match.takeAll(sent: offer.sent)
    match.possible = possible.union(
      pieces.filter { $0.position < offer.sent }.map(\.datagram.message))
    match.again = []
    return (match, lookalikes)
  }

  /// The messages of a send of the same thread which is nothing but what the call left, from where
  /// it stopped; empty where it is not.
  private func restAtOnce(_ offer: borrowing Offer) -> [Int] {
    let left = fates.indices.filter { fates[$0] == .pending || fates[$0] == .uncounted }
    guard offer.mayBeKnown, !offer.used.contains(true), offer.tid == tid, let first = left.first,
      first > 0, offer.asked == offer.shown, offer.asked <= left.count,
      othersCount(before: offer) == 0
    else { return [] }
    let looks = prints.looks
    let head = Array(left.prefix(offer.asked))
    let isRest = head.enumerated().allSatisfy { position, message in
      offer.look(position) == looks[message] && prints.whole(message) != nil
        && prints.whole(message) == offer.whole(position)
    }
    let pending = head.filter { fates[$0] == .pending }
    return isRest && goesOn(with: pending, isAll: pending.count == fates.pendingCount, offer)
      ? head : []
  }
}
