import Records

// Programs that send the same batch again and again (gauges, keepalives): the next one is no second
// try of the last.
extension UnsentTail {
  /// Why a later send may be the next batch of its kind.
  enum Tick {
    /// The program was through with the call.
    case anew
    /// It comes at the pace of those before.
    case atPace
    /// It may be the first that tells of a pace.
    case first
  }

  /// Nil where it is none.
  func tick(_ match: Match, _ offer: borrowing Offer) -> Tick? {
    if beginsAnew(match) { return .anew }
    if isNextPeriod(offer), !goesOnFromCount(match) { return .atPace }
    return mayBeginAPace(match, offer) ? .first : nil
  }

  /// Gives out the unsent messages that such a send may have.
  func takeTick(_ match: inout Match, _ offer: inout Offer, _ tick: Tick) -> [Pair] {
    // Those that it offered and did not send are lost once, if it was another try.
    let isAll =
      switch tick {
      case .anew: false
      case .atPace: isTriedAtPace
      case .first: true
      }
    let found = match.takeAll(sent: isAll ? offer.asked : offer.sent)
    if tick == .first {
      offer.copies = SettledBatches.Copies(
        call: call, messages: Set(match.again.map(\.position)))
    }
    if tick != .atPace { match.again = [] }
    return found
  }

  /// True where a later send of the same may as well be the next of its kind, which comes at the
  /// pace of those before. A second try comes right behind the call, and much sooner.
  func isNextPeriod(_ offer: borrowing Offer) -> Bool {
    guard let period, !isStream else { return false }
    return othersCount(before: offer) > 0 || offer.entered &- returned >= period / 4
  }

  /// True where a later send that comes as slowly as a clock ticks has as many messages as the call,
  /// each that is the same in its place: it may be the first that tells of a pace. Where the call
  /// had sent nothing, its program had every reason to try again, and where it was a second try
  /// itself it is known to.
  private func mayBeginAPace(_ match: Match, _ offer: borrowing Offer) -> Bool {
    guard !isStream, period == nil, told == nil, offer.asked == fates.count,
      fates.first != .pending, !fates.areOfSecondTry,
      offer.entered &- returned >= RepeatedBatches.clock
    else { return false }
    let pairs = match.again + match.pending
    return !pairs.isEmpty && pairs.allSatisfy { $0.message == $0.position }
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
