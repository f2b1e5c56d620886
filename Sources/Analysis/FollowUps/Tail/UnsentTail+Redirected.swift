import Records

// The same contents for another destination: a program may turn to another receiver with what it
// could not send to the first, and may as well send copies to many.
extension UnsentTail {
  /// What is known of sends to other destinations.
  struct Redirected {
    /// A send that may have been meant for messages of the tail, and which ones.
    var candidate: String?
    var candidates: Set<Int> = []
    /// True once what the call had sent went there as well: the program sends copies.
    var hasCopies = false
  }

  /// Notes unsent messages that go to another destination. Only where all bytes tell them from all
  /// others of the call, since the same short message goes to many.
  mutating func noteRedirected(_ match: Match, _ offer: borrowing Offer) {
    guard !elsewhere.redirected.hasCopies, offer.sent > 0 else { return }
    var found: Set<Int> = []
    var (hasCopies, hasUnread) = (false, false)
    prints.respelled.forEachShared(with: offer.respelled) { mine, theirs in
      let there = Set(
        theirs.map(\.position).filter { !match.isUsed[$0] && $0 < offer.sent }.map(offer.whole))
      // Messages may begin alike: it takes all bytes to tell them apart.
      var (seen, repeated): (Set<UInt64?>, Set<UInt64?>) = ([], [])
      for slot in mine where !seen.insert(prints.whole(slot.position)).inserted {
        repeated.insert(prints.whole(slot.position))
      }
      for message in mine.map(\.position) {
        let whole = prints.whole(message)
        if whole == nil || there.contains(nil) {
          hasUnread = hasUnread || !there.isEmpty && fates[message] == .pending
        }
        guard whole != nil, there.contains(whole) else { continue }
        switch fates[message] {
        case .sent, .uncounted: hasCopies = true
        case .pending where !repeated.contains(whole): found.insert(message)
        case .pending, .taken, .moved, .unclear: break
        }
      }
    }
    if hasUnread {
      elsewhere.unseen = elsewhere.unseen ?? "what \(offer.name) has for another destination"
    }
    elsewhere.redirected.hasCopies = hasCopies
    if hasCopies || found.isEmpty { return }
    elsewhere.redirected.candidate = elsewhere.redirected.candidate ?? offer.name
    elsewhere.redirected.candidates.formUnion(found)
  }

  var whyRedirected: String {
    "\(elsewhere.redirected.candidate ?? "a send") has the same for another destination"
  }
}
