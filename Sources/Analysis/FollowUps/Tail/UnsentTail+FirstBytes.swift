import Records

// What is said where only the first bytes of messages could be compared: programs send messages
// that begin like others all the time. Sends are read as a whole for a while after a call that fell
// short; what was compared so is not overruled by how those look that come later.
extension UnsentTail {
  /// True where all that the call left unsent is offered in its order at the head: more than one
  /// message, so that it is not the next of the kind.
  func offersWholeTail(_ pairs: [Pair]) -> Bool {
    guard pairs.count > 1, pairs.count == fates.pendingCount, !fates.contains(.unclear) else {
      return false
    }
    let first = fates.firstIndex(of: .pending) ?? 0
    return pairs.allSatisfy { $0.message - first == $0.position }
  }

  /// True where a message of the tail is the one that was offered. The messages of a stream are
  /// never compared as a whole: there one of those that it had beside it must be beside it.
  func isBelieved(_ pair: Pair, in match: Match) -> Bool {
    if pair.isSure { return true }
    guard isStream, !match.doubtful.contains(pair.message) else { return false }
    return (match.pending + match.again).contains {
      abs($0.message - pair.message) == 1
        && $0.message - pair.message == $0.position - pair.position
    }
  }

  /// False where it takes all bytes of a message to know it again.
  func mayBeKnownByLooks(_ message: Int, _ offer: borrowing Offer) -> Bool {
    // What was under way at the same time was read before anybody knew what for.
    if isStream || told == nil && offer.entered < returned { return true }
    return told == nil && (offer.isRead || offer.pid != pid || prints.whole(message) == nil)
  }

  /// Some of a later send, of which not all bytes are known, looks like these.
  func noteTooLate(_ messages: [Int], _ offer: borrowing Offer, _ match: inout Match) {
    if messages.contains(where: { fates[$0] == .pending && !mayBeKnownByLooks($0, offer) }) {
      match.isTooLate = true
    }
  }
}
