import Records

extension FollowUpTracker {
  /// The send may be what becomes of tails that the same processes have on other sockets.
  mutating func followElsewhere(
    _ offer: inout Offer, notOn key: UnsentTails.SocketKey, _ found: inout [FollowUp]
  ) {
    guard offer.sent > 0, let family = families.known(offer.pid) else { return }
    if !offer.isStream, !offer.used.contains(true) {
      tails.noteLengths(offer, on: key, of: family)
    }
    tails.noteBytes(offer, on: key, of: family)
    let concerned = tails.concerned(by: offer, on: key, of: family)
    if concerned.isEmpty { return }
    // What tails of its own socket were given may be what others left.
    noteShared(offer, at: offer.used, concerned)
    guard
      !offer.isKnown || offer.isStream || offer.mayBeKnown && !offer.isSpent
    else { return }
    let closing = Closing(of: offer, members: families.members(of: family), settings.isOpen)
    let before = offer.used
    offer.usedElsewhere = before
    let count = tails.count
    for one in concerned {
      let isClosed = closing.seen(from: one.tail, on: one.key)
      one.tail.takeElsewhere(&offer, followed: count, isClosed: isClosed)
    }
    // And so may what one of the others was given.
    noteShared(offer, at: zip(offer.used, before).map { $0 && !$1 }, concerned)
    found += conclude(among: concerned) { $1.isSettled ? .settled : nil }
  }

  /// Messages of the send that were given to a tail may be what others of the family left.
  private func noteShared(
    _ offer: borrowing Offer, at given: [Bool], _ others: [WaitingTail]
  ) {
    guard !offer.isStream, offer.mayBeKnown, given.contains(true) else { return }
    for one in others where offer.left > one.tail.entered {
      _ = one.tail.noteShared(offer, at: given)
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
    let concerned = tails.sharing(offer.indices, on: key, of: family).filter {
      offer.entered >= $0.tail.returned && !$0.tail.matched(with: offer).unsent.isEmpty
    }
    var (left, matches): (Offer, [(one: WaitingTail, match: UnsentTail.Match)]) = (offer, [])
    // Newest first: a call that fell short is what a program knows best.
    for one in concerned where !left.isSpent {
      let isClosed = closing.seen(from: one.tail, on: one.key)
      if let match = one.tail.matchTry(left, isClosed: isClosed) {
        left.used = match.isUsed
        left.passUsed()
        matches.append((one, match))
      }
    }
    let isTry = left.isSpent && !offer.used.contains(true)
    left.name = offer.nameElsewhere
    for (one, match) in matches {
      if isTry {
        one.tail.noteTry(left, errno, UnsentTail.Try(match))
      } else {
        one.tail.handOver(match, to: &left)
      }
    }
    if !isTry { (offer.used, offer.unsentCount) = (left.used, left.unsentCount) }
    found += conclude(among: concerned) { $1.isSettled ? .settled : nil }
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
