import Records

// A call that was under way when another one fell short does not follow it. Where both offer the
// same it may be one message that two threads tried: what becomes of it is told once.
extension UnsentTail {
  mutating func takeConcurrent(_ offer: borrowing Offer) {
    guard !isStream, offer.mayBeKnown, offer.sequence != nil || offer.errno == nil else { return }
    let match = matched(with: offer)
    // Nobody knew then that it would have to be compared: it may not have been read as a whole.
    let isRead = offer.isRead
    let same =
      match.pending.filter { $0.isSure || !isRead }.map(\.message)
      + match.alike.filter { $0.isSure || !isRead }.flatMap(\.pending)
      + match.pieces.map(\.datagram.message)
    let isSure =
      isRead || match.pending.allSatisfy(\.isSure) && match.alike.allSatisfy(\.isSure)
    guard let first = same.min() else { return }
    takers.note(offer, beginningAt: first)
    noteDoubt(
      offer,
      "was under way at the same time, and "
        + (isSure ? "has the same" : "has what begins alike"))
    for message in same { fates.settle(message, as: .unclear, by: offer.sequence) }
  }

  /// More sends ended on its socket while it was under way than can be compared.
  mutating func noteForgotten() {
    guard !isStream else { return }
    for message in fates.indices { fates.settle(message, as: .unclear, by: nil) }
    if recognition.doubt != nil { return }
    recognition.doubt = Recognition.Doubt(
      name: "a send that ended while the call was under way",
      why: "may have sent these: more did than are remembered")
  }

  /// On another socket as little can be told as of one that comes later.
  mutating func takeConcurrentElsewhere(_ offer: borrowing Offer) {
    guard !isStream, offer.mayBeKnown else { return }
    noteCandidates(matched(with: offer).unsent, offer)
  }
}
