/// A tail that is waited for, and the socket that it was left on.
///
/// There may be two thousand, and each send is held against those that it may concern: so they are
/// changed where they are, and never copied for a look.
final class WaitingTail {
  let key: UnsentTails.SocketKey
  var tail: UnsentTail

  init(_ tail: UnsentTail, _ key: UnsentTails.SocketKey) {
    self.key = key
    self.tail = tail
  }

  /// What `body` makes of the tail, which is read in place: a property of a class would be copied,
  /// with a reference for each of its arrays.
  func read<Answer>(_ body: (borrowing UnsentTail) -> Answer) -> Answer {
    func borrow(_ tail: inout UnsentTail) -> Answer { body(tail) }
    return borrow(&tail)
  }

  func isOther(than key: UnsentTails.SocketKey, of family: Int) -> Bool {
    tail.family == family && self.key != key
  }

  /// False where `UnsentTail.mayBeRebuilt` is, whatever is sent.
  var mayBeRebuilt: Bool {
    tail.fates.pendingCount > 1 && !tail.isStream && tail.told == nil
      && !tail.elsewhere.isUndecidable
      && (tail.others.ofThread == 0 || tail.rebuiltElsewhere != nil)
  }
}
