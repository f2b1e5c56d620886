import Records

// What was left may go out on another socket in other shapes: by TCP behind its length, as DNS has
// it, joined with others, or in pieces. Each socket is looked through as one run of bytes, and that
// of a stream whose order is lost as well. Nobody can say of what is in there that it was not sent.
extension UnsentTail {
  struct OtherRuns {
    fileprivate(set) var heads: MessageHeads?
    /// How those of a stream begin of which not all bytes are known; nil where too few are of one.
    fileprivate(set) var beginnings: Set<UInt64>? = []
    /// How many more bytes are looked through; nil before the first.
    fileprivate var budget: Int?
    /// Of each socket the last bytes, where a message may have begun.
    fileprivate var begun: [UnsentTails.SocketKey: [UInt8]] = [:]
    /// The first send that completed one.
    fileprivate var name: String?
    /// Messages that went to the same destination, and to others.
    fileprivate var found: Set<Int> = []
    fileprivate var redirected: Set<Int> = []
    /// When the last send to others ended that has what the call had sent as well: copies.
    fileprivate(set) var copied: UInt64?

    /// True once no more is looked through.
    var isOver: Bool { budget != nil && heads == nil }

    func hasBegun(on key: UnsentTails.SocketKey) -> Bool { begun[key] != nil }

    /// Unsent messages that may be among those bytes.
    func candidates(areCopies: Bool) -> Set<Int> { areCopies ? found : found.union(redirected) }

    /// So many times as many bytes as the call has, and as many at least.
    fileprivate static let most = 2
    fileprivate static let fewestBytes = 1 << 17
    fileprivate static let mostSockets = 8
    /// Longer messages are not put together: none that UDP takes whole is.
    fileprivate static let longest = 1 << 16
  }

  /// False where no send on another socket is worth a look.
  var hasRuns: Bool {
    fates.pendingCount > 0 && (!otherRuns.isOver || isStream && elsewhere.unseen == nil)
  }

  /// True where a send on another socket is worth a look, or that it could not be read a word.
  func wantsBytes(areRead: Bool) -> Bool {
    hasRuns && !elsewhere.isUndecidable && (areRead || elsewhere.unseen == nil)
  }

  /// Looks through what a send has, on the socket that `key` is. `spare` is what all tails may look
  /// through besides.
  mutating func noteBytes(
    _ offer: borrowing Offer, on key: UnsentTails.SocketKey, spare: inout Int, isOwn: Bool = false
  ) {
    guard offer.sent > 0, offer.entered >= returned, fates.pendingCount > 0,
      let contents = offer.contents
    else { return }
    if otherRuns.budget == nil { beginRuns(contents) }
    if isStream { noteBeginnings(offer, contents, isOwn: isOwn) }
    guard let heads = otherRuns.heads, var budget = otherRuns.budget, budget > 0 else { return }
    var search = otherRuns
    var run = search.begun.removeValue(forKey: key) ?? []
    var left = offer.isStream ? offer.bytesTaken : .max
    let time = offer.left
    for position in offer.lengths.indices.prefix(offer.sent) {
      let length = min(offer.lengths[position], left)
      left -= length
      guard let piece = contents.beginning(of: position, upTo: length) else {
        run = []
        let isMeant = isStream && offer.isStream || goes(to: contents.destination(of: position))
        if !isOwn, length > 0, isMeant { noteUnseen(offer) }
        continue
      }
      // A message as it was is known by what it looks like.
      if !isStream, !offer.isStream, heads.hasOne(asLongAs: piece),
        !heads.messages(contents.hash(piece)).isEmpty
      {
        run = []
        continue
      }
      run += piece
      let destination = contents.destination(of: position)
      func isFound(_ bytes: ArraySlice<UInt8>) -> Bool {
        let messages = heads.messages(contents.hash(bytes))
        for message in messages {
          let own = contents.spelled(prints.destination(of: message))
          let isSame = isOwn || own == destination || isStream && own == nil
          search.note(message, fates[message], isSame: isSame, at: time)
        }
        return !messages.isEmpty
      }
      run.removeFirst(heads.scan(run[...], &budget, isFound))
      while budget <= 0, spare > 0 {
        budget += OtherRuns.fewestBytes
        spare -= OtherRuns.fewestBytes
        run.removeFirst(heads.scan(run[...], &budget, isFound))
      }
      if run.count > OtherRuns.longest { run = [] }
    }
    if search.name == nil, !search.candidates(areCopies: hasCopies).isEmpty {
      search.name = isOwn ? offer.name : offer.nameElsewhere
    }
    search.budget = budget
    if budget <= 0 {
      (search.heads, search.begun) = (nil, [:])
      if isStream, !isOwn { noteUnseen(offer) }
    } else if !run.isEmpty, search.begun.count < OtherRuns.mostSockets {
      search.begun[key] = run
    }
    otherRuns = search
  }

  private mutating func beginRuns(_ contents: OfferedBytes) {
    var heads = MessageHeads(fates.indices.filter { fates[$0] != .unclear }, prints)
    for piece in streamPieces {
      for message in piece.messages { heads.add(message, piece.bytes, contents.hash(piece.bytes)) }
    }
    otherRuns.beginnings = streamBeginnings
    otherRuns.heads = heads.isEmpty ? nil : heads
    otherRuns.budget = max(heads.byteCount &* OtherRuns.most, OtherRuns.fewestBytes)
  }

  /// True where the program sends copies. What is left of a stream is no copy where nothing more
  /// is sent on that: a program that turns to another server may send it all from the start.
  private var hasCopies: Bool {
    guard let copied = otherRuns.copied else { return false }
    return !isStream || others.lastEntered >= copied || !elsewhere.tookUp && takers.lastEnd > copied
  }

  /// Unsent messages that may be among the bytes of sends on other sockets, or behind other bytes.
  var inOtherRuns: Set<Int> {
    let found = otherRuns.candidates(areCopies: hasCopies)
    return isStream ? withShortOnes(beside: found) : found
  }

  var whyInOtherRuns: String {
    let name = otherRuns.name ?? "a send"
    if isStream, otherRuns.found.isEmpty { return "\(name) has the same for another destination" }
    return "\(name) has the same bytes, joined or cut otherwise, which may be these or a copy"
  }
}

extension UnsentTail.OtherRuns {
  fileprivate mutating func note(
    _ message: Int, _ fate: MessageFate, isSame: Bool, at time: UInt64
  ) {
    switch fate {
    case .pending where isSame: found.insert(message)
    case .pending: redirected.insert(message)
    case .sent, .uncounted: if !isSame { copied = time }
    case .taken, .moved, .unclear: break
    }
  }
}
