import Records

// The same contents for another destination: a program may turn to another receiver with what it
// could not send to the first, and may as well send copies to many.
extension UnsentTail {
  /// What is known of sends to other destinations.
  struct Redirected {
    /// A send that may have been meant for messages of the tail, and which ones.
    var candidate: String?
    var candidates: Set<Int> = []
    /// True once what the call had sent went there as well.
    var hasSent = false
    /// True once it did, of a program that sends copies.
    var hasCopies = false
    /// Datagrams of messages of which not all need have gone there at once.
    var segments: [Int: Set<Int>] = [:]
  }

  /// What one send has for other destinations.
  struct Redirection {
    /// Unsent messages.
    var found: Set<Int> = []
    /// True where it has what the call had sent.
    var hasCopies = false
    /// True where it may have unsent ones, and not all bytes are known.
    var hasUnread = false
  }

  /// Messages that went out but for where they go, or what they carry.
  struct AlmostSame {
    fileprivate(set) var candidates: Set<Int> = []
    /// What is said of the first.
    fileprivate(set) var why: String?
  }

  /// Notes unsent messages that go to another destination. Only where all bytes tell them from all
  /// others of the call, since the same short message goes to many.
  ///
  /// With what the call had sent, which a program that turns to another receiver may send there as
  /// well, they are copies only where its program sends such anyway and has the socket yet.
  mutating func noteRedirected(
    _ match: Match, _ offer: borrowing Offer, isClosed: () -> Bool? = { nil }
  ) {
    noteAlmostSame(match, offer)
    guard !elsewhere.redirected.hasCopies, offer.sent > 0 else { return }
    var there = wholeRedirection(match, offer)
    noteSegments(match, offer, &there)
    if there.hasUnread {
      elsewhere.unseen = elsewhere.unseen ?? "what \(offer.name) has for another destination"
    }
    if there.hasCopies {
      elsewhere.redirected.hasSent = true
      elsewhere.redirected.hasCopies = offer.isByMirror && !isGone(isClosed)
    }
    if elsewhere.redirected.hasCopies || there.found.isEmpty { return }
    elsewhere.redirected.candidate = elsewhere.redirected.candidate ?? offer.name
    elsewhere.redirected.candidates.formUnion(there.found)
  }

  /// Messages that go there as they were.
  private func wholeRedirection(_ match: Match, _ offer: borrowing Offer) -> Redirection {
    var there = Redirection()
    prints.respelled.forEachShared(with: offer.respelled) { mine, theirs in
      let others = Set(
        theirs.map(\.position).filter { !match.isUsed[$0] && $0 < offer.sent }.map(offer.whole))
      // Messages may begin alike: it takes all bytes to tell them apart.
      var (seen, repeated): (Set<UInt64?>, Set<UInt64?>) = ([], [])
      for slot in mine where !seen.insert(prints.whole(slot.position)).inserted {
        repeated.insert(prints.whole(slot.position))
      }
      for message in mine.map(\.position) {
        let whole = prints.whole(message)
        if whole == nil || others.contains(nil) {
          there.hasUnread =
            there.hasUnread || !others.isEmpty && fates[message] == .pending
        }
        guard whole != nil, others.contains(whole) else { continue }
        switch fates[message] {
        case .sent, .uncounted: there.hasCopies = true
        case .pending where !repeated.contains(whole): there.found.insert(message)
        case .pending, .taken, .moved, .unclear: break
        }
      }
    }
    return there
  }

  /// Notes unsent messages of which the same goes out with other descriptors or credentials, and
  /// short ones that go to another destination: no more of each than go out.
  private mutating func noteAlmostSame(_ match: Match, _ offer: borrowing Offer) {
    guard offer.sent > 0 else { return }
    func note(_ mine: PrintIndex, _ theirs: PrintIndex, _ why: String, isShort: Bool = false) {
      mine.forEachShared(with: theirs) { mine, theirs in
        let positions = theirs.map(\.position).filter { !match.isUsed[$0] && $0 < offer.sent }
        let pending = mine.map(\.position).filter {
          fates[$0] == .pending && !match.isMatched.contains($0)
            && !almostSame.candidates.contains($0)
        }
        for (message, position) in zip(pending, positions) {
          let (one, other) = (prints.whole(message), offer.whole(position))
          let isUnread = one == nil || other == nil
          // Too little of short ones is known where not all is.
          guard isUnread ? !isShort : one == other else { continue }
          almostSame.why = almostSame.why ?? "\(offer.name) has the same \(why)"
          almostSame.candidates.insert(message)
        }
      }
    }
    let control = "with other descriptors or credentials: it may be the same message"
    note(prints.uncontrolled, offer.uncontrolled, control)
    note(prints.uncontrolled, offer.loose, control)
    note(prints.unaddressed, offer.unaddressed, "for another destination", isShort: true)
  }

  var whyRedirected: String {
    "\(elsewhere.redirected.candidate ?? "a send") has the same for another destination"
      + (elsewhere.redirected.hasSent ? ", where what had been sent went as well" : "")
  }
}
