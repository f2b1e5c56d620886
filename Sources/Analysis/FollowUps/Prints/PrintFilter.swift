/// A rough memory of prints: what it does not know was never put into it. Of 100 hashes that were
/// not it knows one, when it has 64 calls of 64 messages.
struct PrintFilter {
  private var words: [UInt64] = []
  private static let wordCount: UInt64 = 1 << 14

  mutating func insert(_ tail: UnsentTail) {
    for index in tail.prints.indices {
      for slot in index.slots { insert(slot.hash) }
    }
  }

  mutating func insert(_ hash: UInt64) {
    if words.isEmpty { words = [UInt64](repeating: 0, count: Int(Self.wordCount)) }
    words[Self.word(hash)] |= Self.bits(hash)
  }

  func mayHave(_ hash: UInt64) -> Bool {
    guard !words.isEmpty else { return false }
    let bits = Self.bits(hash)
    return words[Self.word(hash)] & bits == bits
  }

  func mayShare(with prints: PrintIndex) -> Bool { prints.slots.contains { mayHave($0.hash) } }

  /// Forgets all, and keeps the storage.
  mutating func removeAll() {
    for place in words.indices { words[place] = 0 }
  }

  private static func word(_ hash: UInt64) -> Int { Int(hash >> 18 & (wordCount - 1)) }

  /// Three of the word.
  private static func bits(_ hash: UInt64) -> UInt64 {
    1 << (hash & 63) | 1 << (hash >> 6 & 63) | 1 << (hash >> 12 & 63)
  }
}
