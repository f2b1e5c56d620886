import Records

// Programs send the rest in another order: sorted anew, in groups, or by a thread for each message.
// One of these alone may be new data that is the same; all that was left, each once, is the rest.
extension UnsentTail {
  struct Rearranged {
    /// Of messages of which one send since had the same, what became of them there.
    fileprivate var found: [Int: (fate: MessageFate, by: UInt64?)] = [:]
    /// All sends that had some, these included.
    fileprivate var takers = Takers()
    /// True once what had been sent was sent again, or the like may be new data for other reasons.
    fileprivate var comesRound = false
    /// True once it is known to be the rest.
    fileprivate(set) var isSettled = false
  }

  /// Notes the messages of a later send that may as well be new ones which are the same. `mayBeNew`
  /// where more speaks for that than that they stand alone.
  mutating func noteRearranged(
    _ match: Match, _ lookalikes: [Pair], _ offer: borrowing Offer, mayBeNew: Bool
  ) {
    guard !isStream, told == nil, offer.errno == nil || !lookalikes.isEmpty else { return }
    if mayBeNew || comesRound(match, lookalikes, offer) { rearranged.comesRound = true }
    guard !rearranged.comesRound else { return }
    for pair in lookalikes where pair.isSure {
      rearranged.found[pair.message] =
        (pair.position < offer.sent ? .taken : .moved, offer.sequence)
    }
    guard let first = match.first(with: lookalikes) else { return }
    rearranged.takers.note(offer, beginningAt: first)
    if othersCount(before: offer) > 0 { rearranged.takers.isBehindOthers = true }
  }

  /// True where a send has what had been sent before, or a message twice.
  private func comesRound(
    _ match: Match, _ lookalikes: [Pair], _ offer: borrowing Offer
  ) -> Bool {
    if match.again.contains(where: { fates[$0.message] != .uncounted }) { return true }
    let messages = Set(rearranged.found.keys).union(lookalikes.map(\.message))
    guard !messages.isEmpty else { return false }
    var found = false
    prints.loose.forEachShared(with: offer.loose) { mine, theirs in
      let wholes = Set(mine.map(\.position).filter(messages.contains).map(prints.whole))
      guard !wholes.isEmpty else { return }
      found =
        found
        || theirs.contains {
          guard !match.isUsed[$0.position] else { return false }
          let whole = offer.whole($0.position)
          return whole == nil || wholes.contains(whole) || wholes.contains(nil)
        }
    }
    return found
  }

  /// Takes what was seen in another order for the rest where it is all of that but for what failed
  /// by itself, and the messages are unlike each other.
  mutating func settleRearranged() {
    let found = rearranged.found
    guard told == nil, !found.isEmpty, !rearranged.comesRound, !isOfEqual, !isOfRepeated,
      found.count == fates.unclearCount,
      fates.indices.allSatisfy({ fates[$0] != .pending || hasFailed($0) }),
      found.count + fates.count(where: { $0 == .taken || $0 == .moved }) > 1,
      prints.areUnlikeOthers(found.keys)
    else { return }
    for (message, seen) in found { fates.clear(message, as: seen.fate, by: seen.by) }
    takers = rearranged.takers
    rearranged.isSettled = true
  }
}
