import Records

// What a stream left is bytes, which may go out on another stream from wherever the program likes:
// from the first that was not taken, from the start of that message, of the next one or of the
// whole call, behind each other or as messages of their own.
extension UnsentTail {
  /// Bytes that stand for messages, where these alone do not tell: what was not taken of the one
  /// that was cut, and messages of fewer than eight bytes with those that follow them.
  var streamPieces: [(messages: [Int], bytes: ArraySlice<UInt8>)] {
    guard let rest else { return [] }
    var pieces: [(messages: [Int], bytes: ArraySlice<UInt8>)] = []
    if rest.taken > 0, let bytes = rest.message(rest.message)?.allBytes(from: rest.taken) {
      pieces.append(([rest.message], bytes))
    }
    var (short, bytes): ([Int], [UInt8]) = ([], [])
    for message in fates.indices where fates[message] == .pending {
      guard isShort(message), let all = rest.message(message)?.allBytes(from: 0),
        short.last.map({ $0 + 1 == message }) != false
      else {
        (short, bytes) = ([], [])
        continue
      }
      short.append(message)
      bytes += all
      guard bytes.count >= StreamPlace.fewestTellingBytes else { continue }
      pieces.append((short, bytes[...]))
      (short, bytes) = ([], [])
    }
    return pieces
  }

  /// How the unsent messages begin of which not all bytes are known, and what was not taken of
  /// them; nil where too few are of one.
  var streamBeginnings: Set<UInt64>? {
    var found: Set<UInt64> = []
    for message in fates.indices where isStream && fates[message] == .pending {
      guard prints.whole(message) == nil else { continue }
      for place in [rest?.bytesTaken(of: message) ?? 0, 0] {
        let bytes = rest?.message(message)?.place(at: place).bytes ?? []
        guard let word = MessageHeads.word(bytes) else { return nil }
        found.insert(word)
      }
    }
    return found
  }

  /// What goes into a stream may be what was not read as a whole, here or there.
  mutating func noteBeginnings(
    _ offer: borrowing Offer, _ contents: OfferedBytes, isOwn: Bool
  ) {
    guard elsewhere.unseen == nil else { return }
    let isUnread = offer.lengths.indices.contains { position in
      guard let beginnings = otherRuns.beginnings else { return true }
      let known = contents.known(of: position)
      // All of it was compared, and all of what was left that is known.
      let isRead = UInt64(known.count) == offer.lengths[position]
      return MessageHeads.hasWord(in: known) {
        beginnings.contains($0) || !isRead && otherRuns.heads?.has($0) == true
      }
    }
    guard isUnread else { return }
    if isOwn {
      elsewhere.unseen = "what \(offer.name) has behind other bytes"
    } else {
      noteUnseen(offer)
    }
  }

  /// These, and those next to them that are too short to be looked for.
  func withShortOnes(beside found: Set<Int>) -> Set<Int> {
    if found.isEmpty { return found }
    var all = found
    for message in fates.indices where isShort(message) && all.contains(message - 1) {
      all.insert(message)
    }
    for message in fates.indices.reversed() where isShort(message) && all.contains(message + 1) {
      all.insert(message)
    }
    return all
  }

  /// True for an unsent message that others are like by chance.
  private func isShort(_ message: Int) -> Bool {
    fates[message] == .pending && prints.lengths.indices.contains(message)
      && prints.lengths[message] < UInt64(StreamPlace.fewestTellingBytes)
  }
}

extension StreamMessage {
  /// All of its bytes from there on; nil where these are not known.
  fileprivate func allBytes(from offset: UInt64) -> ArraySlice<UInt8>? {
    let place = place(at: offset)
    return UInt64(place.bytes.count) == place.length ? place.bytes : nil
  }
}
