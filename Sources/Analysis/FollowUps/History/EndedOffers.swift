/// The last sends that ended while a call was under way: should that one fall short, they may have
/// sent what it left.
struct EndedOffers {
  private typealias SocketKey = UnsentTails.SocketKey

  private var ended: [(key: UnsentTails.SocketKey, offer: Offer)] = []
  private var messages = 0
  /// When the last one ended on a socket that is not remembered any more, of sockets and of those
  /// that there is no room for.
  private var forgotten: [UnsentTails.SocketKey: UInt64] = [:]
  private var forgottenElsewhere: UInt64 = 0

  static let most = 512
  private static let mostMessages = 16384
  private static let mostSockets = 256

  var isEmpty: Bool { ended.isEmpty }

  mutating func remember(_ offer: borrowing Offer, on key: UnsentTails.SocketKey) {
    guard offer.sent > 0, !offer.isStream else { return }
    // What it did not send itself is told of as its own.
    var offer = offer.sentPart
    offer.mayBeKnown = true
    offer.contents = nil
    ended.append((key, offer))
    messages += offer.shown
    guard ended.count > Self.most || messages > Self.mostMessages else { return }
    // Many at once: it takes a move of all others.
    while ended.count > Self.most * 3 / 4 || messages > Self.mostMessages * 3 / 4, !ended.isEmpty {
      forget(ended.removeFirst())
    }
  }

  private mutating func forget(_ one: (key: UnsentTails.SocketKey, offer: Offer)) {
    messages -= one.offer.shown
    if forgotten.count >= Self.mostSockets, forgotten[one.key] == nil {
      forgottenElsewhere = max(forgottenElsewhere, forgotten.values.max() ?? 0)
      forgotten = [:]
    }
    forgotten[one.key] = max(forgotten[one.key] ?? 0, one.offer.left)
  }

  /// Notes what became of a call's messages while it was under way. `knows` tells which processes
  /// know them.
  func settle(
    _ tail: inout UnsentTail, on key: UnsentTails.SocketKey, knows: (Int32) -> Bool
  ) {
    for (other, offer) in ended where offer.left > tail.entered && offer.sequence != tail.call {
      if other == key {
        tail.takeConcurrent(offer)
      } else if knows(offer.pid) {
        tail.takeConcurrentElsewhere(offer)
      }
    }
    if max(forgotten[key] ?? 0, forgottenElsewhere) > tail.entered { tail.noteForgotten() }
  }
}
