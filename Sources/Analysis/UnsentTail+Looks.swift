import Records

// Sends are read as a whole for a while after a call that fell short. What was compared so is not
// overruled by how those look that come later, whose first bytes alone are known.
extension UnsentTail {
  /// False where it takes all bytes of a message to know it again.
  func mayBeKnownByLooks(_ message: Int, _ offer: borrowing Offer) -> Bool {
    // What was under way at the same time was read before anybody knew what for.
    if isStream || told == nil && offer.entered < returned { return true }
    return told == nil && (offer.isRead || offer.pid != pid || whole(message) == nil)
  }

  /// Some of a later send, of which not all bytes are known, looks like these.
  func noteTooLate(_ messages: [Int], _ offer: borrowing Offer, _ match: inout Match) {
    if messages.contains(where: { fates[$0] == .pending && !mayBeKnownByLooks($0, offer) }) {
      match.isTooLate = true
    }
  }

  /// What ends the waiting for it now; nil where nothing does.
  func end(at now: UInt64) -> End? {
    if isSettled { return .settled }
    if isComparedNoMore, told == nil {
      let why = "later sends begin alike, and were not read as a whole"
      return others.count > 0 ? .patience(why) : .untold(why)
    }
    return bound(now).map { .patience($0) }
  }
}
