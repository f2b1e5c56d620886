// Tails look for their messages, changed, in what is sent: bytes of all that are looked through are
// bounded, and so is the time that it takes.
extension UnsentTails {
  static let mostForChanged = 1 << 23
  /// For each second.
  private static let moreForChanged = 1 << 23

  /// Has a tail look for its messages, changed, in a send.
  mutating func noteChanged(_ offer: borrowing Offer, in one: WaitingTail) {
    one.tail.noteChanged(offer, as: offer.name, spare: &spareForChanged)
  }

  /// Has the tails of a thread on other sockets do the same.
  mutating func noteChanged(_ offer: borrowing Offer, on key: SocketKey, of family: Int) {
    for one in byCall.values where one.tail.tid == offer.tid && one.isOther(than: key, of: family) {
      one.tail.noteChanged(offer, as: offer.nameElsewhere, spare: &spareForChanged)
    }
  }

  /// Time has gone by: more may be looked through.
  mutating func refill() {
    spareForChanged = min(spareForChanged + Self.moreForChanged, Self.mostForChanged)
  }
}
