import Records

/// A rough memory of how unsent messages begin, to know sends that hold none of them by one look at
/// their bytes, however many messages are waited for.
struct HeadFilter {
  private var filter = PrintFilter()
  private var isEmpty = true
  /// True where it has some of streams: what is not looked through may hold these.
  private var hasStreams = false
  /// True where it is not known how one begins.
  private var hasUnknown = false
  /// How many more bytes are looked through.
  private var budget = 0

  /// Bytes for each tail, and for all.
  private static let (ofTail, most) = (1 << 17, 8 << 20)

  mutating func insert(_ tail: UnsentTail) {
    for head in tail.prints.heads {
      guard let head else { continue }
      filter.insert(Self.mixed(head))
      isEmpty = false
    }
    if tail.isStream { insertStream(tail) }
    budget = min(budget + Self.ofTail, Self.most)
  }

  private mutating func insertStream(_ tail: UnsentTail) {
    (isEmpty, hasStreams) = (false, true)
    guard let beginnings = tail.streamBeginnings else { return hasUnknown = true }
    for word in beginnings { filter.insert(Self.mixed(word)) }
    for piece in tail.streamPieces {
      if let word = MessageHeads.word(piece.bytes) { filter.insert(Self.mixed(word)) }
    }
  }

  mutating func removeAll() {
    filter.removeAll()
    (isEmpty, hasStreams, hasUnknown) = (true, false, false)
  }

  /// True where a message may begin somewhere in what a send has.
  mutating func mayBegin(in offer: borrowing Offer) -> Bool {
    guard !isEmpty, let contents = offer.contents else { return false }
    if hasUnknown || budget <= 0 { return hasStreams }
    for position in offer.lengths.indices.prefix(offer.sent) {
      let bytes = contents.known(of: position)
      budget -= bytes.count
      if MessageHeads.hasWord(in: bytes, { filter.mayHave(Self.mixed($0)) }) { return true }
    }
    return false
  }

  private static func mixed(_ head: UInt64) -> UInt64 {
    let product = head.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    return product.high ^ product.low
  }
}
