import Records

// What sends on other sockets do about a tail: a program may close a socket and go on with a new
// one, or have several. That the same goes out elsewhere need not mean that it is what was left:
// programs send copies, and the same short message over and over. So it is said to be taken up
// only where little else explains it; else it is remembered that it may have been.
extension UnsentTail {
  /// What is known of sends on other sockets.
  struct Elsewhere {
    /// Sends there that were compared and took up nothing, and their messages.
    var sends = 0
    var compared = 0
    /// Calls there that failed, and may have offered messages of the tail or copies.
    var triesInVain = 0
    /// A send that may have held messages of the tail, and which ones.
    var candidate: String?
    var candidates: Set<Int> = []
    /// A send of which it could not be told whether it did.
    var unseen: String?
    /// Sends to other destinations, on whatever socket.
    var redirected = Redirected()
    /// True once no send there can tell more: each message may have gone out, and none will be taken
    /// to have.
    var isUndecidable = false
    /// True once messages were offered there that the call had sent: the program sends copies.
    var hasCopies = false
    /// True once one took up some of the tail.
    var tookUp = false
    /// How often it was asked whether the tail's own socket is still there.
    var looks = 0
    /// True once it is not.
    var isGone = false

    /// A send that could not be compared, after others had taken up some: the rest may be in it.
    var unseenRest: String? { tookUp ? unseen : nil }
  }

  /// Sends elsewhere, and messages of them, that one tail is compared with in vain; the fewer are
  /// followed, the more sends.
  private static let mostSends = 32...1024
  private static let mostSendsOfAll = 1 << 15
  private static let mostCompared = 1 << 14
  private static let mostLooks = 4

  /// Notes a send on another socket of the processes that know the messages. `isClosed` tells
  /// whether they have closed the tail's own, nil where that is not known; `count` tails are
  /// followed.
  mutating func takeElsewhere(
    _ offer: inout Offer, followed count: Int, isClosed: () -> Bool?
  ) {
    guard offer.sent > 0 else { return }
    guard offer.entered >= returned else {
      if offer.left > entered { takeConcurrentElsewhere(offer.sentPart) }
      return
    }
    let most = Self.mostSendsOfAll / max(count, 1)
    guard offer.isKnown,
      elsewhere.sends < min(max(most, Self.mostSends.lowerBound), Self.mostSends.upperBound),
      elsewhere.compared + offer.shown <= Self.mostCompared
    else {
      noteUnseen(offer)
      return
    }
    elsewhere.sends += 1
    elsewhere.compared += offer.shown
    let match = matched(with: offer)
    noteRedirected(match, offer, isClosed: isClosed)
    let isWhole = isMadeAgain(match, offer)
    if !match.again.isEmpty { elsewhere.hasCopies = true }
    let found = match.unsent
    guard !found.isEmpty else {
      noteTakenFromOthers(offer)
      if match.isTooLate { noteUnseen(offer) }
      // Bytes of a stream may be cut and joined as one likes.
      if isStream, offer.isStream, goes(to: offer.destination) { noteUnseen(offer) }
      return
    }
    guard
      isWhole && prints.hasContents && isGone(isClosed) || isTakenUp(by: match, offer, isClosed)
    else {
      noteCandidates(found, offer)
      return
    }
    var there = offer
    there.name = nameElsewhere(of: offer)
    offer.used = match.isUsed
    elsewhere.tookUp = true
    // What is taken up to its end is compared to its end.
    elsewhere.sends -= 1
    elsewhere.compared -= offer.shown
    offer.again.formUnion(apply(match, there))
  }

  /// Tails of further sockets had the same, and the send was taken to be about them: it may have
  /// been about this one.
  private mutating func noteTakenFromOthers(_ offer: borrowing Offer) {
    guard !isStream, let used = offer.usedElsewhere, used != offer.used, offer.mayBeKnown else {
      return
    }
    var whole = copy offer
    whole.used = used
    noteCandidates(matched(with: whole).unsent, offer)
  }

  /// Messages of it that a send there may have held.
  mutating func noteCandidates(_ messages: [Int], _ offer: borrowing Offer) {
    guard !messages.isEmpty else { return }
    elsewhere.candidate = elsewhere.candidate ?? nameElsewhere(of: offer)
    elsewhere.candidates.formUnion(pendingLike(messages))
    if !elsewhere.isUndecidable { elsewhere.isUndecidable = isUndecidableElsewhere }
  }

  /// True where all that is unsent may have gone out there, and is not known from the rest of its
  /// call: that it was taken up is said of nothing else (`isTakenUp`, `isMadeAgain`).
  private var isUndecidableElsewhere: Bool {
    let left = fates.indices.filter { fates[$0] == .pending }
    guard !isStream, left.allSatisfy(elsewhere.candidates.contains) else { return false }
    if elsewhere.hasCopies { return true }
    return isOfEqual && !isTelling(fates.indices) && !prints.hasUnlikeOthers(left)
  }

  /// What a call on another socket that failed offers of the tail, where that tells as much as it
  /// would had it been sent; nil where it does not.
  mutating func matchTry(_ offer: borrowing Offer, isClosed: () -> Bool?) -> Match? {
    guard prints.hasContents, elsewhere.triesInVain < Self.mostSends.lowerBound else { return nil }
    var match = matched(with: offer)
    match.possible = []
    if !isTriedAtPace, isNextPeriod(offer), !goesOnFromCount(match) { return nil }
    guard !match.unsent.isEmpty, !match.hasOtherDatagrams else { return nil }
    if isMadeAgain(match, offer), isGone(isClosed) { return match }
    if match.again.isEmpty, isTakenUp(by: match, offer, isClosed) { return match }
    if isOfferedWhole(match, offer) { return match }
    elsewhere.triesInVain += 1
    if !match.again.isEmpty { elsewhere.hasCopies = true }
    return nil
  }

  /// True where the call is made again as it was, on a socket that takes the place of its own.
  private func isMadeAgain(_ match: Match, _ offer: borrowing Offer) -> Bool {
    let pairs = match.pending + match.again
    return !elsewhere.hasCopies && pairs.count > 1 && pairs.count == fates.count
      && offer.asked == fates.count && pairs.allSatisfy { $0.message == $0.position }
      && (!isOfEqual || isTelling(fates.indices))
  }

  /// True where a thread whose call sent nothing offers all of it there, as it was, and sent
  /// nothing else meanwhile. Where that goes out it may be a copy; where it fails as well, the same
  /// messages are not lost twice.
  private func isOfferedWhole(_ match: Match, _ offer: borrowing Offer) -> Bool {
    offer.tid == tid && others.count == 0 && !elsewhere.hasCopies
      && fates.pendingCount == fates.count && match.pending.count == fates.count
      && offer.asked == fates.count
      && match.pending.allSatisfy { $0.isSure && $0.message == $0.position }
      && areTelling(match.unsent)
  }

  mutating func noteUnseen(_ offer: borrowing Offer) {
    elsewhere.unseen = elsewhere.unseen ?? nameElsewhere(of: offer)
  }

  /// A tail that was given up is compared with what its own socket sends as well.
  private func nameElsewhere(of offer: borrowing Offer) -> String {
    isGivenUp ? offer.name : offer.nameElsewhere
  }

  /// True also where it is not known where a message was to go: to whom a connection was tried that
  /// never came about.
  func goes(to destination: SocketAddress?) -> Bool {
    destination == nil || prints.destinations.contains(destination)
      || prints.destinations.contains(nil)
  }

  private mutating func isTakenUp(
    by match: Match, _ offer: borrowing Offer, _ isClosed: () -> Bool?
  ) -> Bool {
    guard prints.hasContents, match.alike.isEmpty, match.possible.isEmpty, !elsewhere.hasCopies,
      areTelling(match.unsent), !isOfEqual || isTelling(match.unsent)
    else { return false }
    // A batch of which nothing went out looks like a copy of it for another socket.
    guard fates.contains(where: { $0 == .sent || $0 == .uncounted }) else {
      return match.pending.allSatisfy(\.isSure) && isGone(isClosed)
    }
    if offer.tid == tid { return true }
    return match.pending.count > 1 && offersWholeTail(match.pending) || isGone(isClosed)
  }

  /// Looks a few times whether its socket is closed, and remembers once it is.
  mutating func isGone(_ isClosed: () -> Bool?) -> Bool {
    guard !elsewhere.isGone, elsewhere.looks < Self.mostLooks else { return elsewhere.isGone }
    elsewhere.looks += 1
    elsewhere.isGone = isClosed() == true
    return elsewhere.isGone
  }

  /// These and all unsent ones that look the same: any of them may be meant.
  private func pendingLike(_ messages: [Int]) -> [Int] {
    func look(_ message: Int) -> (UInt64, SocketAddress?)? {
      prints.contents.indices.contains(message)
        ? (prints.contents[message], prints.destination(of: message)) : nil
    }
    let looks = messages.compactMap(look)
    // Few have more than one look: heartbeats.
    guard looks.count <= 64 else { return messages }
    return messages
      + fates.indices.filter { message in
        guard fates[message] == .pending, let own = look(message) else { return false }
        return looks.contains { $0 == own }
      }
  }

  /// True where each message is known from all others of its call by its contents alone, and goes
  /// where a name says.
  private func areTelling(_ messages: [Int]) -> Bool {
    prints.areUnlikeOthers(messages)
      && messages.allSatisfy { prints.destination(of: $0)?.isTelling == true }
  }
}

extension SocketAddress {
  /// False for what has no name, or none that is known: two such need not be the same.
  fileprivate var isTelling: Bool { form != .unix(.unnamed) && !isUnknownUnix }
}
