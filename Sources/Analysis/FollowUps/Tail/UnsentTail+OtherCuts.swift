import Records

// What was left may go out in other datagrams, where a program joins small messages, or cuts long
// ones. These are not those of the call; but nobody can say that what they hold was never sent.
extension UnsentTail {
  struct OtherCuts {
    fileprivate var heads: MessageHeads?
    /// How many more bytes of later sends are looked through; nil before the first.
    fileprivate var budget: Int?
    /// What may be the beginning of a message, and where it went.
    fileprivate var begun: [UInt8] = []
    fileprivate var destination: SocketAddress?

    /// So many times as many bytes as were left, and as many at least.
    fileprivate static let most = 2
    fileprivate static let fewestBytes = 1 << 14
    /// Longer messages are not put together again: none that UDP takes whole is.
    fileprivate static let longest = 1 << 16
  }

  /// Looks for unsent messages in others that went out, or that were cut into these; true where
  /// there are any. What is `used` was recognized as it is.
  mutating func takeOtherCuts(_ used: [Bool], _ offer: borrowing Offer) -> Bool {
    guard !isStream, told == nil, offer.isRead, offer.sent > 0, let contents = offer.contents,
      fates.pendingCount > 0
    else { return false }
    if otherCuts.budget == nil { beginSearch() }
    guard let heads = otherCuts.heads, var budget = otherCuts.budget else { return false }
    var search = otherCuts
    var found: [Int] = []
    for position in offer.lengths.indices.prefix(offer.sent)
    where !used[position] && budget > 0 {
      let length = Int(clamping: offer.lengths[position])
      guard heads.mayBeJoinedOrCut(in: length), let bytes = contents[position] else {
        budget -= length
        continue
      }
      let destination = contents.destination(of: position)
      func isFound(_ bytes: ArraySlice<UInt8>) -> Bool {
        let message = heads.messages(contents.hash(bytes)).first {
          fates[$0] == .pending && !found.contains($0)
            && contents.spelled(prints.destination(of: $0)) == destination
        }
        if let message { found.append(message) }
        return message != nil
      }
      let count = found.count
      heads.search(bytes, &budget, isFound)
      if found.count == count {
        search.add(bytes, to: destination, heads, isFound)
        if !search.begun.isEmpty { budget -= length }
      }
    }
    search.budget = budget
    if budget <= 0 { search.end() }
    otherCuts = search
    guard let first = found.min() else { return false }
    takers.note(offer, beginningAt: first)
    noteDoubt(offer, "has the bytes of these in datagrams that are joined or cut otherwise")
    for message in found { fates.settle(message, as: .unclear, by: offer.sequence) }
    return true
  }

  private mutating func beginSearch() {
    let heads = MessageHeads(fates.indices.filter { fates[$0] == .pending }, prints)
    otherCuts.heads = heads.isEmpty ? nil : heads
    otherCuts.budget = max(heads.byteCount &* OtherCuts.most, OtherCuts.fewestBytes)
  }
}

extension UnsentTail.OtherCuts {
  /// Adds a message that may be the next piece of one.
  fileprivate mutating func add(
    _ piece: ArraySlice<UInt8>, to destination: SocketAddress?, _ heads: MessageHeads,
    _ isFound: (ArraySlice<UInt8>) -> Bool
  ) {
    if !begun.isEmpty, self.destination == destination {
      begun += piece
      if heads.hasOne(asLongAs: begun[...]), isFound(begun[...]) { return begun = [] }
      if begun.count <= Self.longest, heads.hasLonger(than: begun[...]) { return }
    }
    self.destination = destination
    begun = heads.hasLonger(than: piece) ? Array(piece) : []
  }

  /// Nothing more is looked for.
  mutating func end() { (heads, begun) = (nil, []) }
}
