import Records

extension FollowUpTracker {
  /// The send may be what becomes of tails that the same processes have on other sockets.
  mutating func followElsewhere(
    _ offer: inout Offer, notOn key: UnsentTails.SocketKey, _ found: inout [FollowUp]
  ) {
    guard offer.sent > 0, let family = families.known(offer.pid) else { return }
    if !offer.isStream, !offer.used.contains(true) {
      tails.update(where: { $0 != key && $1.family == family && $1.mayBeRebuilt(by: offer) }) {
        $1.noteLengths(offer, elsewhere: key)
      }
    }
    tails.noteBytes(offer, on: key, of: family)
    // What tails of its own socket were given may be what others left.
    noteShared(offer, at: offer.used, notOn: key, of: family)
    guard
      !offer.isKnown || offer.isStream || offer.mayBeKnown && !offer.isSpent
    else { return }
    let closing = Closing(of: offer, members: families.members(of: family), settings.isOpen)
    let before = offer.used
    offer.usedElsewhere = before
    let count = tails.count
    tails.update(where: { $0 != key && $1.family == family }) { other, tail in
      let isClosed = closing.seen(from: tail, on: other)
      tail.takeElsewhere(&offer, followed: count, isClosed: isClosed)
    }
    // And so may what one of the others was given.
    noteShared(offer, at: zip(offer.used, before).map { $0 && !$1 }, notOn: key, of: family)
    found += conclude { $0 != key && $1.isSettled ? .settled : nil }
  }

  /// Messages of the send that were given to a tail may be what others of the family left.
  private mutating func noteShared(
    _ offer: borrowing Offer, at given: [Bool], notOn key: UnsentTails.SocketKey, of family: Int
  ) {
    guard !offer.isStream, offer.mayBeKnown, given.contains(true) else { return }
    let left = offer.left
    tails.update(where: { $0 != key && $1.family == family && left > $1.entered }) {
      _ = $1.noteShared(offer, at: given)
    }
  }

  /// The call failed, and may offer what the same processes have left unsent on other sockets; true
  /// where it offers nothing else. What it offers besides has a tail, and what it has of the others
  /// is that tail's matter.
  mutating func tryElsewhere(
    _ offer: inout Offer, notOn key: UnsentTails.SocketKey, _ found: inout [FollowUp]
  ) -> Bool {
    guard let errno = offer.errno, offer.sequence != nil, let family = families.known(offer.pid),
      offer.isKnown, offer.mayBeKnown, !offer.isSpent
    else { return false }
    let closing = Closing(of: offer, members: families.members(of: family), settings.isOpen)
    let isMeant: (UnsentTails.SocketKey, UnsentTail) -> Bool? = { [offer] other, tail in
      other != key && tail.family == family && offer.entered >= tail.returned
        && !tail.matched(with: offer).unsent.isEmpty ? true : nil
    }
    var there = tails.take(isMeant)
    var (left, matches): (Offer, [(index: Int, match: UnsentTail.Match)]) = (offer, [])
    // Newest first: a call that fell short is what a program knows best.
    for index in there.indices.reversed() where !left.isSpent {
      let isClosed = closing.seen(from: there[index].tail, on: there[index].key)
      if let match = there[index].tail.matchTry(left, isClosed: isClosed) {
        left.used = match.isUsed
        left.passUsed()
        matches.append((index, match))
      }
    }
    let isTry = left.isSpent && !offer.used.contains(true)
    left.name = offer.nameElsewhere
    for (index, match) in matches {
      if isTry {
        there[index].tail.noteTry(left, errno, UnsentTail.Try(match))
      } else {
        there[index].tail.handOver(match, to: &left)
      }
    }
    if !isTry { (offer.used, offer.unsentCount) = (left.used, left.unsentCount) }
    for one in there { tails.putBack(one.tail, one.key) }
    found += conclude { $0 != key && $1.isSettled ? .settled : nil }
    return isTry
  }
}

/// Whether the sockets of tails are closed, as a send on another one sees it.
private struct Closing {
  private let (pid, fd): (Int32, Int32)
  private let closed: UInt64?
  private let (members, others): ([Int32], [Int32])
  private let isOpen: (@Sendable (UInt64, [Int32]) -> Bool?)?

  init(
    of offer: borrowing Offer, members: [Int32],
    _ isOpen: (@Sendable (UInt64, [Int32]) -> Bool?)?
  ) {
    (pid, fd, closed) = (offer.pid, offer.fd, offer.closedSocket)
    self.members = members
    others = members.filter { [pid = offer.pid] in $0 != pid }
    self.isOpen = isOpen
  }

  /// Asks for a tail whether its processes have closed its socket; nil where that is not known.
  func seen(from tail: borrowing UnsentTail, on key: UnsentTails.SocketKey) -> () -> Bool? {
    let hasNoSocket = tail.hasNoSocket
    let hasDescriptor = tail.pid == pid && tail.fd == fd
    return {
      guard case .inode(let inode) = key else { return hasNoSocket ? true : nil }
      guard hasDescriptor else { return nil }
      // The process itself was asked when it made the send.
      if inode == closed, others.isEmpty { return true }
      // It is asked later than the send was made: that its descriptor is now this one's shows
      // that it was closed by then.
      return isOpen?(inode, inode == closed ? others : members).map { !$0 }
    }
  }
}
