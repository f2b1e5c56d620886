// Tails look for their messages, changed, in what is sent: that is looked through once for all of
// them, and how many bytes are is bounded, and so is the time that it takes.
extension UnsentTails {
  static let mostForChanged = 1 << 23
  /// For each second.
  private static let moreForChanged = 1 << 23
  /// A word that a tail looks for takes as long as so many bytes.
  private static let bytesOfWord = 4

  /// Has all tails of the socket, and those of the family on others, look for their messages,
  /// changed, in a send.
  mutating func noteChanged(_ offer: borrowing Offer, on key: SocketKey, of family: Int?) {
    guard offer.sent > 0, let contents = offer.contents else { return }
    let fresh = offer.lengths.indices.prefix(offer.sent).filter {
      !(offer.used.indices.contains($0) && offer.used[$0])
    }
    let bytes = fresh.reduce(0) { $0 &+ offer.lengths[$1] }
    guard bytes > 0 else { return }
    let concerned = byCall.values.filter { one in
      // In streams joined ones are looked for as they are.
      let isOther = !offer.isStream && family.map { one.isOther(than: key, of: $0) } == true
      return (one.key == key || isOther) && one.read { $0.looksForChanged(in: offer) }
    }
    if concerned.isEmpty { return }
    for one in concerned where spareForChanged > 0 { beginLooking(one) }
    var looked: UInt64 = 0
    for position in fresh where spareForChanged > 0 {
      let known = contents.known(of: position)
      let place = contents.place(of: position)
      let found = words.found(in: known, to: place)
      looked &+= UInt64(known.count)
      spareForChanged -= known.count + found.values.reduce(0) { $0 + $1.count } * Self.bytesOfWord
      guard !found.isEmpty else { continue }
      let hash = contents.hash(known)
      for one in concerned {
        guard let words = found[one.tail.call] else { continue }
        let name = name(of: offer, for: one, on: key)
        one.tail.noteWords { $0.note(words, of: known, hash, to: place, name) }
      }
    }
    let why = spareForChanged > 0 ? UnsentTail.NotLooked.Why.isUnread : .noTime
    for one in concerned {
      let name = name(of: offer, for: one, on: key)
      one.tail.noteLooked(name, through: looked, of: bytes, why)
      if one.key == key { one.tail.noteJoined(offer, as: name) }
    }
  }

  private func name(
    of offer: borrowing Offer, for one: WaitingTail, on key: SocketKey
  ) -> String {
    one.key == key ? offer.name : offer.nameElsewhere
  }

  private mutating func beginLooking(_ one: WaitingTail) {
    guard let (words, cost) = one.tail.beginLooking() else { return }
    spareForChanged -= cost
    if !words.isEmpty { self.words.insert(words, of: one.tail.call) }
  }

  /// Time has gone by: more may be looked through.
  mutating func refill() {
    spareForChanged = min(spareForChanged + Self.moreForChanged, Self.mostForChanged)
  }
}
