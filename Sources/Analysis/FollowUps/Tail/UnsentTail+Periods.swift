import Records

// Programs that send the same batch again and again (gauges, keepalives): the next one is no second
// try of the last.
extension UnsentTail {
  /// True where a later send of the same may as well be the next of its kind, which comes at the
  /// pace of those before. A second try comes right behind the call, and much sooner.
  func isNextPeriod(_ offer: borrowing Offer) -> Bool {
    guard let period, !isStream else { return false }
    return othersCount(before: offer) > 0 || offer.entered &- returned >= period / 4
  }

  /// True where a later send begins with message 0 again, and what stands behind a message that
  /// stayed unsent has been taken up by others before: the program was through with the call.
  func beginsAnew(_ match: Match) -> Bool {
    guard !isStream, let first = fates.firstIndex(of: .pending) else { return false }
    return (match.again + match.pending).contains { $0.position == 0 && $0.message == 0 }
      && match.again.contains { $0.message > first && fates[$0.message] == .taken }
  }

  /// True where an offer begins exactly with the first message that the call did not send, and the
  /// call itself did not begin there.
  func goesOnFromCount(_ match: Match) -> Bool {
    guard let first = fates.firstIndex(of: .pending), first > 0 else { return false }
    return match.pending.contains { $0.position == 0 && $0.message == first }
  }
}

extension UnsentTail.Match {
  /// Takes out all unsent messages that are among the first so many of the offer.
  mutating func takeAll(sent: Int) -> [UnsentTail.Pair] {
    let all =
      pending
      + alike.flatMap { same in
        zip(same.pending, same.positions).map {
          UnsentTail.Pair(message: $0, position: $1, isSure: same.isSure)
        }
      }
      + pieces.map {
        UnsentTail.Pair(message: $0.datagram.message, position: $0.position, isSure: false)
      }
      + possible.sorted().map { UnsentTail.Pair(message: $0, position: 0, isSure: false) }
    (pending, alike, pieces, possible) = ([], [], [], [])
    return all.filter { $0.position < sent }
  }
}
