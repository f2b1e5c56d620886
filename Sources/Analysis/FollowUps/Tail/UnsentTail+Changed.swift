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
    case looking(RareWords, budget: Int)
    /// No more is looked through.
    case over(RareWords)
    case unknown

    /// True while more is looked through.
    fileprivate var isOpen: Bool {
      switch self {
      case .untouched, .looking: true
      case .over, .unknown: false
      }
    }

    /// Bytes it takes to remember it, roughly.
    var byteCount: Int {
      switch self {
      case .untouched(_, let count): count
      case .looking(let words, _), .over(let words): words.byteCount
      case .unknown: 0
      }
    }

    /// So many times as many bytes as were left are looked through, and as many at least.
    fileprivate static let most = 4
    fileprivate static let fewestBytes = 1 << 17
  }

  /// What is not looked through for want of time or memory.
  struct NotLooked {
    enum Why: String {
      case isLong = "the call has over 256 KiB"
      case noMemory = "too much else was left unsent"
      case noTime = "too much else was looked through"
    }

    var why: Why?
    /// The first send that may have it.
    fileprivate(set) var missed: String?

    fileprivate mutating func note(_ name: String, _ why: Why) {
      self.why = self.why ?? why
      missed = missed ?? name
    }

    /// What is said of it; nil where nothing was missed.
    var sentence: String? {
      guard let why, let missed else { return nil }
      return "\(missed) was not searched for bytes of them: \(why.rawValue)"
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
    let words = RareWords.byteCount(ofLeft: fates.pendingCount) + count * 16
    changed = .untouched(contents, byteCount: max(total, words))
  }

  /// Notes what a later send has of it that is not known otherwise. `spare` is how many bytes of all
  /// may be looked through; the send has that `name`.
  mutating func noteChanged(_ offer: borrowing Offer, as name: String, spare: inout Int) {
    let isMissed = notLooked.why != nil && notLooked.missed == nil
    guard changed.isOpen || isMissed, offer.sent > 0, offer.entered >= returned,
      fates.pendingCount > 0, let contents = offer.contents
    else { return }
    let fresh = offer.lengths.indices.prefix(offer.sent).filter {
      !(offer.used.indices.contains($0) && offer.used[$0])
    }
    if fresh.isEmpty { return }
    guard changed.isOpen, spare > 0 else { return notLooked.note(name, .noTime) }
    if case .untouched(let own, let byteCount) = changed { beginLooking(own, byteCount, &spare) }
    guard case .looking(var words, var budget) = changed else { return }
    changed = .unknown
    let before = budget
    for position in fresh where budget > 0 {
      let bytes = contents.known(of: position)
      words.note(bytes, contents.hash(bytes), to: contents.place(of: position), name)
      budget -= bytes.count
    }
    spare -= before - budget
    changed = budget > 0 ? .looking(words, budget: budget) : .over(words)
  }

  private mutating func beginLooking(_ own: OfferedBytes, _ byteCount: Int, _ spare: inout Int) {
    let left = fates.indices.filter { fates[$0] == .pending }
    // It takes as long as looking through as many times as many.
    spare -= byteCount * Changed.most
    let budget = max(bytesUnsent(of: left) * UInt64(Changed.most), UInt64(Changed.fewestBytes))
    changed =
      RareWords(of: left, among: fates.count, own)
      .map { .looking($0, budget: Int(clamping: budget)) } ?? .unknown
  }

  /// Unsent messages that may be among what followed, changed, and the sends that may have them.
  var maybeChanged: [Int: String] {
    switch changed {
    case .looking(let words, _), .over(let words): words.found
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
