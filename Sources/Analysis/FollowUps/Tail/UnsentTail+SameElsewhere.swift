import Records

// Threads that send the same contents on one socket: what one send has can be what any of several
// calls left. It is given to the newest, and nobody can say that an older one's was not sent.
extension UnsentTail {
  /// What later sends had of the same contents that other calls were given.
  struct Shared {
    fileprivate struct Contents: Hashable {
      var look: UInt64
      var whole: UInt64
    }

    /// How many messages of each went out.
    fileprivate var counts: [Contents: Int] = [:]
    /// The first of these sends.
    fileprivate(set) var name: String?
    /// Unsent messages that a later call on another socket offered and left unsent as well: its
    /// tail counts them.
    fileprivate(set) var left: Set<Int> = []
    /// How many sends with such had none of the call's own.
    var sends = 0
  }

  /// Notes the messages of a later send that are the same as unsent ones, and were given to others;
  /// true where there are any.
  mutating func noteShared(_ offer: borrowing Offer, at given: [Bool]) -> Bool {
    guard !isStream, offer.mayBeKnown, fates.pendingCount > 0 else { return false }
    var left: Set<Shared.Contents>?
    var found = false
    for position in given.indices.prefix(offer.sent) where given[position] {
      guard let whole = offer.whole(position) else { continue }
      let known = left ?? unsentContents
      left = known
      let contents = Shared.Contents(look: offer.look(position), whole: whole)
      guard known.contains(contents) else { continue }
      shared.counts[contents, default: 0] += 1
      found = true
    }
    if found { shared.name = shared.name ?? offer.name }
    return found
  }

  /// A later call on another socket left the same unsent: nobody can say that these are not they.
  mutating func noteLeft(to tail: borrowing UnsentTail) {
    guard !isStream, !tail.isStream, !isOfEqual, !isOfRepeated, !elsewhere.hasCopies,
      returned <= tail.entered, mayBeLeftAgain
    else { return }
    prints.loose.forEachShared(with: tail.prints.loose) { mine, theirs in
      var there: [UInt64: Int] = [:]
      for slot in theirs where tail.fates[slot.position] == .pending {
        if let whole = tail.prints.whole(slot.position) { there[whole, default: 0] += 1 }
      }
      for message in mine.map(\.position) where fates[message] == .pending {
        guard let whole = prints.whole(message), let count = there[whole], count > 0 else {
          continue
        }
        there[whole] = count - 1
        shared.left.insert(message)
        shared.name = shared.name ?? "call \(tail.call) on another socket (fd \(tail.fd))"
      }
    }
  }

  /// True while there are unsent messages of which no later call is known that left the same.
  private var mayBeLeftAgain: Bool {
    fates.pendingCount > shared.left.count { fates[$0] == .pending }
  }

  private var unsentContents: Set<Shared.Contents> {
    Set(fates.indices.filter { fates[$0] == .pending }.compactMap { shared($0) })
  }

  private func shared(_ message: Int) -> Shared.Contents? {
    guard let whole = prints.whole(message), let look = prints.look(message) else { return nil }
    return Shared.Contents(look: look, whole: whole)
  }

  /// Unsent messages that may be among those: no more of each than went out.
  var maybeShared: Set<Int> {
    var (counts, found) = (shared.counts, Set<Int>())
    guard !counts.isEmpty || !shared.left.isEmpty else { return [] }
    for message in fates.indices where fates[message] == .pending {
      if shared.left.contains(message) { found.insert(message) }
      guard let contents = shared(message), let count = counts[contents], count > 0 else {
        continue
      }
      counts[contents] = count - 1
      found.insert(message)
    }
    return found
  }

  var whyShared: String {
    "\(shared.name ?? "a later send") has the same, which may be these or those of another call"
  }
}
