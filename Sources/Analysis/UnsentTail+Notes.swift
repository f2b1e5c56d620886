import Records

// What is remembered of the sends that follow.
extension UnsentTail {
  struct Tries {
    var count = 0
    var first: UInt64?
    var errnos: Set<Errno> = []
    /// What a retry that began with the message that had failed came to.
    var ofFailed: (name: String, errno: Errno)?
  }

  struct Others {
    var count = 0
    /// Messages they offered.
    var messages = 0
    var first: UInt64?
    var firstName: String?
    var firstEntered: UInt64 = 0
  }

  /// `isBehind`: it has others before that message.
  mutating func noteTaker(
    _ offer: borrowing Offer, beginningAt message: Int, isBehind: Bool = false
  ) {
    if takerCount == 0 { (begunAt, isBegunBehind) = (message, isBehind) }
    takerCount += 1
    firstTaker = firstTaker ?? offer.sequence
    lastTaken = offer.left
    if takers.count < 2 { takers.append(offer.name) } else { takers[1] = offer.name }
    if offer.sequence == nil { otherSyscall = offer.name }
  }

  mutating func noteOther(_ offer: borrowing Offer) {
    if others.count == 0 {
      others.first = offer.sequence
      others.firstName = offer.name
      others.firstEntered = offer.entered
    }
    others.count += 1
    others.messages += offer.asked
  }

  mutating func noteTry(_ offer: borrowing Offer, _ errno: Errno, beginsWithFailed: Bool) {
    tries.count += 1
    if tries.first == nil { tries.first = offer.sequence }
    if tries.errnos.count < 4 { tries.errnos.insert(errno) }
    if beginsWithFailed { tries.ofFailed = (offer.name, errno) }
  }
}
