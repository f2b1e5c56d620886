import Records

// A call that was under way when another one fell short does not follow it. Where both offer the
// same it may be one message that two threads tried: what becomes of it is told once.
extension UnsentTail {
  mutating func takeConcurrent(_ offer: borrowing Offer) {
    guard !isStream, offer.mayBeKnown, offer.sequence != nil || offer.errno == nil else { return }
    let match = matched(with: offer)
    let same =
      match.pending.filter(\.isSure).map(\.message)
      + match.alike.filter(\.isSure).flatMap(\.pending)
    guard let first = same.min() else { return }
    noteTaker(offer, beginningAt: first)
    unclearWhy = "was under way at the same time, and has the same"
    for message in same { settle(message, as: .unclear, by: offer.sequence) }
  }
}
