/// The last sends that ended while a call was under way: should that one fall short, they may have
/// sent what it left.
struct EndedOffers {
  private typealias SocketKey = UnsentTails.SocketKey

  private var ended: [(key: UnsentTails.SocketKey, offer: Offer)] = []
  private static let most = 64
  private static let mostMessages = 8192
  private var messages = 0

  var isEmpty: Bool { ended.isEmpty }

  mutating func remember(_ offer: borrowing Offer, on key: UnsentTails.SocketKey) {
    guard offer.sent > 0, !offer.isStream else { return }
    var offer = copy offer
    offer.mayBeKnown = true
    // What it did not send itself is told of as its own.
    for position in offer.used.indices.dropFirst(offer.sent) { offer.used[position] = true }
    ended.append((key, offer))
    messages += offer.shown
    while ended.count > Self.most || messages > Self.mostMessages, let first = ended.first {
      messages -= first.offer.shown
      ended.removeFirst()
    }
  }

  /// Notes what became of a call's messages while it was under way.
  func settle(_ tail: inout UnsentTail, on key: UnsentTails.SocketKey) {
    for (other, offer) in ended
    where other == key && offer.left > tail.entered && offer.sequence != tail.call {
      tail.takeConcurrent(offer)
    }
  }
}
