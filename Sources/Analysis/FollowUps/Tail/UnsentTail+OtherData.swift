import Records

// Sends that follow without a message of the tail.
extension UnsentTail {
  struct Others {
    var count = 0
    /// Those of the thread that made the call.
    var ofThread = 0
    /// Messages they offered.
    var messages = 0
    /// So many of the first of them are as long as those that were left, one by one.
    var alikeCount = 0
    var first: UInt64?
    var firstName: String?
    var firstEntered: UInt64 = 0
  }

  mutating func noteOther(_ offer: borrowing Offer) {
    noteLengths(offer)
    if others.count == 0 {
      others.first = offer.sequence
      others.firstName = offer.name
      others.firstEntered = offer.entered
    }
    others.count += 1
    if offer.tid == tid { others.ofThread += 1 }
    others.messages += offer.asked
  }

  /// A protocol that numbers or encrypts what it sends (QUIC, DTLS, RTP) makes other bytes of what
  /// it sends again, and another server has another address: only the lengths are still the same.
  private mutating func noteLengths(_ offer: borrowing Offer) {
    guard others.messages == others.alikeCount, others.alikeCount < fates.pendingCount else {
      return
    }
    let left = fates.indices.filter { fates[$0] == .pending }.dropFirst(others.alikeCount)
    let isAlike =
      offer.asked <= left.count && offer.lengths.count == offer.asked
      && zip(left, offer.lengths).allSatisfy { prints.lengths[$0] == $1 && $1 > 0 }
    if isAlike { others.alikeCount += offer.asked }
  }

  /// How many sends with other data came between the call and this one: of the thread that made the
  /// call what it sends itself is right behind, whatever others send meanwhile.
  func othersCount(before offer: borrowing Offer) -> Int {
    offer.tid == tid ? others.ofThread : others.count
  }
}
