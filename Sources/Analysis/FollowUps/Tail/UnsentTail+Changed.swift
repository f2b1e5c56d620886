import Records

// What was left may go out changed: with another header, a hop less, in pieces that have headers of
// their own, or joined with others. What nothing else knows again is looked for by the words that
// only these messages have; nobody can say of what is in there that it was not sent.
extension UnsentTail {
  /// What was left, as it is known when it was changed.
  enum Changed {
    /// All bytes of the call: in most cases nothing but what was left follows, and they are not
    /// needed.
    case untouched(OfferedBytes, byteCount: Int)
    case looking(RareWords)
    case unknown

    /// Bytes it takes to remember it, roughly.
    var byteCount: Int {
      switch self {
      case .untouched(_, let count): count
      case .looking(let words): words.byteCount
      case .unknown: 0
      }
    }
  }

  /// Keeps what the messages of the call hold, to look for it.
  mutating func keepContents(_ contents: OfferedBytes) {
    let count = fates.count
    guard !isStream, fates.pendingCount > 0 else { return }
    let total = (0..<count).reduce(0) { $0 + contents.known(of: $1).count }
    guard total <= RareWords.mostBytes else {
      notLooked.why = .isLong
      return
    }
    let words =
      RareWords.byteCount(ofLeft: fates.pendingCount, areForMany: prints.destinations.areMany)
      + count * 16
    changed = .untouched(contents, byteCount: max(total, words))
  }

  /// True where a send is to be looked through for it.
  func looksForChanged(in offer: borrowing Offer) -> Bool {
    guard fates.pendingCount > 0, offer.entered >= returned else { return false }
    switch changed {
    case .untouched, .looking: return true
    case .unknown: return notLooked.why != nil || !notLooked.unsearched.isEmpty
    }
  }

  /// Gives out the words to look for, where that begins only now, and how many bytes it took.
  mutating func beginLooking() -> (words: RareWords, cost: Int)? {
    guard case .untouched(let own, let byteCount) = changed else { return nil }
    let left = fates.indices.filter { fates[$0] == .pending }
    let words = RareWords(of: left, among: fates.count, own)
    notLooked.unsearched = words.unknown
    changed = words.isEmpty ? .unknown : .looking(words)
    // It takes as long as looking through some times as many.
    return (words, 4 * byteCount)
  }

  /// Has its words note a later message.
  mutating func noteWords(_ note: (inout RareWords) -> Void) {
    guard case .looking(var words) = changed else { return }
    changed = .unknown
    note(&words)
    changed = .looking(words)
  }

  /// Unsent messages that may be among what followed, changed, and the sends that may have them.
  var maybeChanged: [Int: String] {
    switch changed {
    case .looking(let words): words.found
    case .untouched, .unknown: [:]
    }
  }

  func whyChanged(_ messages: [Int]) -> String {
    let found = maybeChanged
    let names = messages.compactMap { found[$0] }
    let others = Set(names).count > 1 ? " and others have" : " has"
    return "\(names.first ?? "a send")\(others) bytes that only these messages of the call have,"
      + " which may be these, changed, joined or cut"
  }
}
