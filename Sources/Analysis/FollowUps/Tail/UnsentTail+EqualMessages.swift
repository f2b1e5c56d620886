import Records

// Programs that send few different messages, such as test programs and keep-alives: that one is the
// same as one that was left unsent says little there. What says more is the order, where it is that
// of the call and nothing came between, and how many different messages stand in a row.
extension UnsentTail {
  /// So many different messages, in the order of the call, are no chance.
  private static let tellingCount = 5

  /// True where so many of the messages are different that their order tells.
  func isTelling(_ messages: some Sequence<Int>) -> Bool {
    var seen: [Int] = []
    for message in messages where seen.allSatisfy({ prints.differ($0, message) }) {
      seen.append(message)
      if seen.count == Self.tellingCount { return true }
    }
    return false
  }

  /// What a later send offers, and the unsent messages of it that may as well be new ones.
  func matchedAmongEqual(_ offer: borrowing Offer) -> (match: Match, lookalikes: [Pair]) {
    let unsent = fates.indices.filter { fates[$0] == .pending }
    var match = Match(used: offer.used)
    guard offer.mayBeKnown, !offer.used.contains(true) else { return matchedInRows(offer, match) }
    let looks = prints.looks
    func isSame(_ message: Int, _ position: Int) -> Bool {
      position < offer.shown && offer.look(position) == looks[message]
        && prints.whole(message) != nil && prints.whole(message) == offer.whole(position)
    }
    if unsent.count < fates.count, fates.indices.allSatisfy({ isSame($0, $0) }) {
      // The call is made again, or it is time for the next of the kind.
      let pairs = match.pair(fates.indices, fates.indices, isSure: true)
      let pending = pairs.filter { fates[$0.message] == .pending }
      guard isTelling(fates.indices) else { return (match, pending) }
      match.pending = pending
      match.again = pairs.filter { fates.isSent($0.message) }
      return (match, [])
    }
    for start in unsent.indices.prefix(unsent.first == verdict.at ? 2 : 1) {
      let rest = unsent[start...]
      let head = zip(rest, 0..<offer.shown).prefix { isSame($0, $1) }.map(\.0)
      guard
        start == 0
          ? goesOn(with: head, isAll: head.count == unsent.count, offer)
          : goesOnBehind(with: head, offer)
      else { continue }
      match.pending = match.pair(head, head.indices, isSure: true)
      break
    }
    return matchedInRows(offer, match)
  }

  /// True where the messages at the head of a send are those where the call stopped.
  func goesOn(with head: [Int], isAll: Bool, _ offer: borrowing Offer) -> Bool {
    let others = othersCount(before: offer)
    guard let first = head.first, others == 0 || fates.isTakenUp(first - 1) else { return false }
    return head.contains { prints.differ($0, first) } || !hasSentAlike(first)
      || isAll && others == 0 && head.count > 1 && offer.asked == head.count
  }

  /// The same where the message that failed is left out: what comes round again is as near there.
  private func goesOnBehind(with head: [Int], _ offer: borrowing Offer) -> Bool {
    guard let first = head.first, othersCount(before: offer) == 0 else { return false }
    return isTelling(head) || !hasSentAlike(first)
  }

  /// Behind what is known already only what stands in a row of enough different messages, as it
  /// does in the call, is known.
  private func matchedInRows(
    _ offer: borrowing Offer, _ known: Match
  ) -> (match: Match, lookalikes: [Pair]) {
    var match = known
    match.pending = []
    add(offer, to: &match)
    let orders = match.alike.map { alike in
      alike.positions.count == alike.pending.count + alike.sent.count
        ? zip((alike.pending + alike.sent).sorted(), alike.positions).map {
          Pair(message: $0, position: $1, isSure: alike.isSure)
        } : []
    }
    let telling = Set(
      (match.pending + match.again + orders.joined()).rows
        .filter { row in
          row.contains { fates[$0.message] == .pending } && isTelling(row.lazy.map(\.message))
        }
        .joined().map(\.position))
    let lookalikes = match.pending.filter { !telling.contains($0.position) }
    match.pending = known.pending + match.pending.filter { telling.contains($0.position) }
    match.again.removeAll {
      !telling.contains($0.position) && fates[$0.message] != .uncounted
    }
    for (index, order) in orders.enumerated().reversed()
    where !order.isEmpty && order.allSatisfy({ telling.contains($0.position) }) {
      match.alike.remove(at: index)
      match.pending += order.filter { fates[$0.message] == .pending }
      match.again += order.filter { fates.isSent($0.message) }
      match.reliesOnOrder = true
    }
    return (match, lookalikes)
  }
}

extension [UnsentTail.Pair] {
  /// Those that stand one behind the other in both.
  var rows: [ArraySlice<UnsentTail.Pair>] {
    let sorted = sorted { $0.position < $1.position }
    var rows: [ArraySlice<UnsentTail.Pair>] = []
    var start = sorted.startIndex
    for index in sorted.indices {
      let next = index + 1
      if next < sorted.endIndex, sorted[next].position == sorted[index].position + 1,
        sorted[next].message == sorted[index].message + 1
      {
        continue
      }
      rows.append(sorted[start...index])
      start = next
    }
    return rows
  }
}
