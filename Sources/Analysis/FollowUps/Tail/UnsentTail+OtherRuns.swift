import Records

// What was left may go out on another socket in other shapes: by TCP behind its length, as DNS has
// it, joined with others, or in pieces. Each socket is looked through as one run of bytes, and that
// of a stream whose order is lost as well. Nobody can say of what is in there that it was not sent.
extension UnsentTail {
  struct OtherRuns {
    fileprivate var heads: MessageHeads?
    /// How those begin of which not all bytes are known; nil where too few are of one.
    fileprivate var beginnings: Set<UInt64>? = []
    /// How many more bytes are looked through; nil before the first.
    fileprivate var budget: Int?
    /// Of each socket the last bytes, where a message may have begun.
    fileprivate var begun: [UnsentTails.SocketKey: [UInt8]] = [:]
    /// The first send that completed one.
    fileprivate var name: String?
    /// Messages that went to the same destination, and to others.
    fileprivate var found: Set<Int> = []
    fileprivate var redirected: Set<Int> = []
    /// True once what the call had sent went to others as well: the program sends copies.
    fileprivate var hasCopies = false

    /// True once no more is looked through.
    var isOver: Bool { budget != nil && heads == nil }

    func hasBegun(on key: UnsentTails.SocketKey) -> Bool { begun[key] != nil }

    /// Unsent messages that may be among those bytes.
    var candidates: Set<Int> { hasCopies ? found : found.union(redirected) }

    /// So many times as many bytes as the call has, and as many at least.
    fileprivate static let most = 2
    fileprivate static let fewestBytes = 1 << 17
    fileprivate static let mostSockets = 8
    /// Longer messages are not put together: none that UDP takes whole is.
    fileprivate static let longest = 1 << 16
  }

  /// True where a send on another socket is worth a look, or that it could not be read a word.
  func wantsBytes(areRead: Bool) -> Bool {
    !isStream && fates.pendingCount > 0 && !otherRuns.isOver
      && (areRead || elsewhere.unseen == nil)
  }

  /// Looks through what a send has, on the socket that `key` is.
  mutating func noteBytes(
    _ offer: borrowing Offer, on key: UnsentTails.SocketKey, isOwn: Bool = false
  ) {
    guard isOwn || !isStream, offer.sent > 0, offer.entered >= returned, fates.pendingCount > 0,
      let contents = offer.contents
    else { return }
    if otherRuns.budget == nil { beginRuns(contents) }
    if isOwn { noteBeginnings(offer, contents) }
    guard let heads = otherRuns.heads, var budget = otherRuns.budget, budget > 0 else { return }
    var search = otherRuns
    var run = search.begun.removeValue(forKey: key) ?? []
    var left = offer.isStream ? offer.bytesTaken : .max
    for position in offer.lengths.indices.prefix(offer.sent) {
      let length = min(offer.lengths[position], left)
      left -= length
      guard let piece = contents.beginning(of: position, upTo: length) else {
        run = []
        if !isOwn, length > 0, goes(to: contents.destination(of: position)) { noteUnseen(offer) }
        continue
      }
      // A message as it was is known by what it looks like.
      if !offer.isStream, heads.hasOne(asLongAs: piece),
        !heads.messages(contents.hash(piece)).isEmpty
      {
        run = []
        continue
      }
      run += piece
      let destination = contents.destination(of: position)
      let passed = heads.scan(run[...], &budget) { bytes in
        let messages = heads.messages(contents.hash(bytes))
        for message in messages {
          let isSame = contents.spelled(prints.destination(of: message)) == destination
          search.note(message, fates[message], isSame: isSame || isOwn)
        }
        return !messages.isEmpty
      }
      run.removeFirst(passed)
      if run.count > OtherRuns.longest { run = [] }
    }
    if search.name == nil, !search.candidates.isEmpty {
      search.name = isOwn ? offer.name : offer.nameElsewhere
    }
    search.budget = budget
    if budget <= 0 {
      (search.heads, search.begun) = (nil, [:])
    } else if !run.isEmpty, search.begun.count < OtherRuns.mostSockets {
      search.begun[key] = run
    }
    otherRuns = search
  }

  /// What goes into the tail's own stream may be what was not read as a whole, here or there.
  private mutating func noteBeginnings(_ offer: borrowing Offer, _ contents: OfferedBytes) {
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
    if isUnread { elsewhere.unseen = "what \(offer.name) has behind other bytes" }
  }

  private mutating func beginRuns(_ contents: OfferedBytes) {
    var heads = MessageHeads(fates.indices.filter { fates[$0] != .unclear }, prints)
    // Of one that was cut, what was not taken may come alone.
    if let rest, rest.taken > 0, let message = rest.message(rest.message) {
      let place = message.place(at: rest.taken)
      if UInt64(place.bytes.count) == place.length {
        heads.add(rest.message, place.bytes, contents.hash(place.bytes))
      }
    }
    for message in fates.indices where isStream && fates[message] == .pending {
      let places = [rest?.bytesTaken(of: message) ?? 0, 0]
      for place in places where prints.whole(message) == nil {
        let bytes = rest?.message(message)?.place(at: place).bytes ?? []
        let word = MessageHeads.word(bytes)
        if let word { otherRuns.beginnings?.insert(word) } else { otherRuns.beginnings = nil }
      }
    }
    otherRuns.heads = heads.isEmpty ? nil : heads
    otherRuns.budget = max(heads.byteCount &* OtherRuns.most, OtherRuns.fewestBytes)
  }

  var whyInOtherRuns: String {
    "\(otherRuns.name ?? "a send") has the same bytes, joined or cut otherwise, which may be these"
      + " or a copy"
  }
}

extension UnsentTail.OtherRuns {
  fileprivate mutating func note(_ message: Int, _ fate: MessageFate, isSame: Bool) {
    switch fate {
    case .pending where isSame: found.insert(message)
    case .pending: redirected.insert(message)
    case .sent, .uncounted: if !isSame { hasCopies = true }
    case .taken, .moved, .unclear: break
    }
  }
}
