import Records

// Messages that had been sent, by the call or by what took them up, and are sent again: as a second
// try of the call where that comes at once. Later a program may as well ask again for want of an
// answer.
extension UnsentTail {
  /// Nanoseconds: for want of an answer nobody asks again sooner (`TCP_RTO_MIN`).
  private static let soonestAnswer: UInt64 = 200_000_000

  /// True where a later send follows the call, or what took up its messages since, too soon to be
  /// about anything else.
  func isAtOnce(_ offer: borrowing Offer) -> Bool {
    offer.entered < max(returned, takers.lastEnd) &+ Self.soonestAnswer
  }

  /// Gives out where they are, those behind what was sent included: a batch that is made again and
  /// gets less far offers them in vain, and loses nothing by it.
  mutating func noteAgain(
    _ pairs: [Pair], beside pending: [Pair], _ offer: borrowing Offer, isAtOnce: Bool = true
  ) -> [Int] {
    var found: [Int] = []
    let isAll = pairs.count + pending.count >= offer.asked && offer.asked >= fates.count
    let isInOrder = (pairs + pending).allSatisfy { $0.message == $0.position }
    var retried = isStream ? pairs : pairs.beside(pending, in: self)
    // The whole batch again is a second try of all.
    if !(isAll && isInOrder) { retried = withoutNewOnes(retried) }
    for pair in retried {
      // Others may begin like it: it takes the whole batch from its start to look like a second
      // try.
      guard pair.isSure || isStream && prints.hasContents && isAll && isInOrder else { continue }
      if pair.position < offer.sent, !isStream, !isAtOnce, fates[pair.message] != .uncounted {
        recognition.repeated.insert(pair.message)
      } else if pair.position < offer.sent {
        if !pair.isSure { recognition.unsure.insert(pair.message) }
        if !fates.isSentAgain(pair.message) { fates.noteAgain(pair.message, by: offer.sequence) }
      } else if isStream {
        // Bytes of it may be others.
        continue
      }
      found.append(pair.position)
    }
    return found
  }

  /// Those that are not likely new: what the program sends over and over, such as a keep-alive, may
  /// be put before what was left as before anything else.
  private func withoutNewOnes(_ pairs: [Pair]) -> [Pair] {
    if repeats.isEmpty { return pairs }
    return pairs.rows.flatMap { row in
      isTelling(row.lazy.map(\.message))
        ? row
        : row.drop { repeats.contains($0.message) && fates[$0.message] != .uncounted }
    }
  }

  /// Notes which messages the program has sent before, beside those that are the same as others of
  /// the call.
  mutating func noteRepeats(_ before: Set<Int>) {
    repeats = before
    guard isOfEqual else { return }
    let alike = Dictionary(grouping: fates.indices) { message in
      prints.whole(message).flatMap { whole in prints.look(message).map { [$0, whole] } }
    }
    for (key, messages) in alike where key != nil && messages.count > 1 {
      repeats.formUnion(messages)
    }
  }

  mutating func noteAgain(
    _ messages: ClosedRange<Int>, by offer: borrowing Offer, where wasSent: (Int) -> Bool
  ) {
    for message in messages where wasSent(message) {
      fates.noteAgain(message, by: offer.sequence)
    }
  }
}

extension [UnsentTail.Pair] {
  /// Of messages that had been sent, those in a row with unsent ones, as in the call: only then is
  /// it made again. One that stands beside none of its neighbors may be new, as a heartbeat that is
  /// put before each batch.
  func beside(_ pending: [UnsentTail.Pair], in tail: UnsentTail) -> [UnsentTail.Pair] {
    let unsent = Set(pending.map(\.position))
    let row = (self + pending).sorted { $0.position < $1.position }
    var (believed, start): (Set<Int>, Int) = ([], 0)
    for index in row.indices {
      let isLast = index + 1 == row.count
      if !isLast, row[index + 1].position == row[index].position + 1,
        row[index + 1].message > row[index].message
      {
        continue
      }
      let positions = row[start...index].map(\.position)
      if positions.contains(where: unsent.contains) {
        believed.formUnion(row[start...index].besideTheirNeighbors(but: tail.verdict.at))
      }
      start = index + 1
    }
    return filter {
      believed.contains($0.position)
        || tail.fates.indices.contains($0.message) && tail.fates[$0.message] == .uncounted
    }
  }
}

extension ArraySlice<UnsentTail.Pair> {
  /// The positions of those of a row that stand beside one that is beside them in the call, `but`
  /// for the message at which that stopped, which may be left out.
  fileprivate func besideTheirNeighbors(but failed: Int?) -> [Int] {
    func follows(_ index: Int) -> Bool {
      let (message, next) = (self[index - 1].message, self[index].message)
      return message + 1 == next || message + 2 == next && message + 1 == failed
    }
    return indices.filter { index in
      index > startIndex && follows(index) || index + 1 < endIndex && follows(index + 1)
    }.map { self[$0].position }
  }
}
