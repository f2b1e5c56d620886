import Records

/// A rough memory of how unsent messages begin, to know sends that hold none of them by one look at
/// their bytes, however many messages are waited for.
struct HeadFilter {
  private var filter = PrintFilter()
  private var isEmpty = true
  /// How many more bytes are looked through.
  private var budget = 0

  /// Bytes for each tail, and for all.
  private static let (ofTail, most) = (1 << 17, 8 << 20)

  mutating func insert(_ tail: UnsentTail) {
    guard !tail.isStream else { return }
    for head in tail.prints.heads {
      guard let head else { continue }
      filter.insert(Self.mixed(head))
      isEmpty = false
    }
    budget = min(budget + Self.ofTail, Self.most)
  }

  mutating func removeAll() {
    filter.removeAll()
    isEmpty = true
  }

  /// True where a message may begin somewhere in what a send has.
  mutating func mayBegin(in offer: borrowing Offer) -> Bool {
    guard !isEmpty, budget > 0, let contents = offer.contents else { return false }
    for position in offer.lengths.indices.prefix(offer.sent) {
      guard let bytes = contents.beginning(of: position, upTo: offer.lengths[position]) else {
        continue
      }
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
