import Records

// Sends that follow without a message of the tail.
extension UnsentTail {
  struct Others {
    var count = 0
    /// Those of the thread that made the call.
    var ofThread = 0
    /// Messages they offered.
    var messages = 0
    var first: UInt64?
    var firstName: String?
    var firstEntered: UInt64 = 0
    var lastEntered: UInt64 = 0
  }

  mutating func noteOther(_ offer: borrowing Offer) {
    noteOwnLengths(offer)
    if others.count == 0 {
      others.first = offer.sequence
      others.firstName = offer.name
      others.firstEntered = offer.entered
    }
    others.count += 1
    others.lastEntered = offer.entered
    if offer.tid == tid { others.ofThread += 1 }
    others.messages += offer.asked
  }

  /// How many sends with other data came between the call and this one: of the thread that made the
  /// call what it sends itself is right behind, whatever others send meanwhile.
  func othersCount(before offer: borrowing Offer) -> Int {
    offer.tid == tid ? others.ofThread : others.count
  }
}
