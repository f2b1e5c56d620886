import Records

// What is said where all bytes of a message could not be compared: programs send messages that begin
// like others all the time.
extension UnsentTail {
  /// True where all that the call left unsent is offered in its order at the head: more than one
  /// message, so that it is not the next of the kind.
  func offersWholeTail(_ pairs: [Pair]) -> Bool {
    guard pairs.count > 1, pairs.count == pendingCount, !fates.contains(.unclear) else {
      return false
    }
    let first = fates.firstIndex(of: .pending) ?? 0
    return pairs.allSatisfy { $0.message - first == $0.position }
  }

  /// True where a message of the tail is the one that was offered. The messages of a stream are never
  /// compared as a whole: there one of those that it had beside it must be beside it.
  func isBelieved(_ pair: Pair, in match: Match) -> Bool {
    if pair.isSure { return true }
    guard isStream, !match.doubtful.contains(pair.message) else { return false }
    return (match.pending + match.again).contains {
      abs($0.message - pair.message) == 1
        && $0.message - pair.message == $0.position - pair.position
    }
  }
}
