/// Which tails look for a word, so that what a send has is looked through once for all of them.
struct WordHolders {
  private var holders = PrintHolders()
  /// How many bytes their words have.
  private var sizes: Set<Int> = []
  private var hasPlaces = false

  /// Adds the words of a call's tail, if it does not know them.
  mutating func insert(_ words: RareWords, of call: UInt64) {
    holders.insert(words.words, of: call)
    sizes.formUnion(words.sizes)
    hasPlaces = hasPlaces || words.hasPlaces
  }

  mutating func removeAll() {
    holders.removeAll()
    (sizes, hasPlaces) = ([], false)
  }

  /// The words of a message that goes to that `place`, by the calls whose tails look for them.
  func found(in bytes: ArraySlice<UInt8>, to place: UInt64?) -> [UInt64: Set<UInt64>] {
    var found: [UInt64: Set<UInt64>] = [:]
    let place = hasPlaces ? place : nil
    func look(for word: UInt64) {
      holders.forEachCall(having: word) { found[$0, default: []].insert(word) }
    }
    for size in sizes {
      RareWords.forEach(in: bytes, of: size) { word in
        look(for: word)
        if let place { look(for: RareWords.word(word, place)) }
      }
    }
    return found
  }
}
