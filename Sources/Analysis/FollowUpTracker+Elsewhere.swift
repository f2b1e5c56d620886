import Records

extension FollowUpTracker {
  /// The send may be what becomes of tails that the same processes have on other sockets.
  mutating func followElsewhere(
    _ offer: inout Offer, notOn key: UnsentTails.SocketKey, _ found: inout [FollowUp]
  ) {
    guard offer.sent > 0, let family = families.known(offer.pid),
      !offer.isKnown || offer.isStream || offer.mayBeKnown && !offer.isSpent
    else { return }
    let (isOpen, members) = (settings.isOpen, families.members(of: family))
    let (closed, others) = (offer.closedSocket, members.filter { [pid = offer.pid] in $0 != pid })
    tails.update(where: { $0 != key && $1.family == family }) { other, tail in
      let hasNoSocket = tail.hasNoSocket
      let hasDescriptor = tail.pid == offer.pid && tail.fd == offer.fd
      tail.takeElsewhere(&offer) {
        guard case .inode(let inode) = other else { return hasNoSocket ? true : nil }
        guard hasDescriptor else { return nil }
        // The process itself was asked when it made the send.
        if inode == closed, others.isEmpty { return true }
        // It is asked later than the send was made: that its descriptor is now this one's shows
        // that it was closed by then.
        return isOpen?(inode, inode == closed ? others : members).map { !$0 }
      }
    }
    found += conclude { $0 != key && $1.isSettled ? .settled : nil }
  }
}
