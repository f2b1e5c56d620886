import Records

// Sends that failed, and offered nothing but what was left unsent: they are no calls of their own.
extension UnsentTail {
  struct Tries {
    var count = 0
    var first: UInt64?
    var errnos: Set<Errno> = []
    /// What a retry that began with the message that had failed came to.
    var ofFailed: (name: String, errno: Errno)?
  }

  /// Takes off a send what it has of the tail: true where it begins with the message that failed,
  /// nil where it has nothing.
  func takeTry(_ offer: inout Offer) -> Bool? {
    guard isStream, let rest, let start = offer.start else { return takeWhole(&offer) }
    guard case .rest = rest.continuation(offer, start, goesOn: takerCount > 0) else {
      return rest.taken == 0 ? takeWhole(&offer) : nil
    }
    var place = rest
    if place.follow(&offer, { _, _ in }).hasOther { return nil }
    return rest.message == verdict.at
  }

  /// By their contents.
  private func takeWhole(_ offer: inout Offer) -> Bool? {
    var match = matched(with: offer)
    match.possible = []
    guard !(match.unsent.isEmpty || match.hasOtherDatagrams) else { return nil }
    offer.used = match.isUsed
    offer.passUsed()
    let first = match.pending.min { $0.position < $1.position }
    return first?.position == 0 && first?.message == verdict.at
  }
}

extension [UnsentTail] {
  /// Notes a send that failed where it offered what these have left unsent and nothing else; true
  /// then, and for all that another system call failed to send, which leaves no tail of its own.
  mutating func noteTry(_ offer: borrowing Offer, _ errno: Errno) -> Bool {
    var left = copy offer
    var found: [(index: Int, beginsWithFailed: Bool)] = []
    for index in indices.reversed() where offer.entered >= self[index].returned && !left.isSpent {
      if let begins = self[index].takeTry(&left) { found.append((index, begins)) }
    }
    let isOther = offer.sequence == nil
    guard left.isSpent && !found.isEmpty || isOther else { return false }
    for (index, begins) in found {
      self[index].noteTry(offer, errno, beginsWithFailed: begins)
    }
    return true
  }
}
