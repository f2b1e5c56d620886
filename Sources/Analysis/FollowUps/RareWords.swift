/// Words, which are eight bytes in a row wherever these stand, that only one message of a call has:
/// by them a message is known in others that it was joined to or cut into, and where it was changed.
///
/// What all messages of a call have, such as what they are made from, is in none of them. What many
/// later messages have tells nothing either.
struct RareWords {
  /// Hashed, in rising order.
  private var words: [UInt64] = []
  /// The message that has each.
  private var owners: [UInt16] = []
  /// How many different later messages had each, up to one more than tell, and which was the first.
  private var counts: [UInt8] = []
  private var firsts: [UInt32] = []
  /// A bit for each hash, by its first bits.
  private var filter: [UInt64]
  private let shift: UInt64
  /// All bytes of each message of the call, hashed: one that is the same was not changed.
  private let wholes: Set<UInt64>
  /// The first send that had enough of a message.
  private var names: [Int: String] = [:]

  /// Words of one message, and messages of one call, that are kept.
  private static let (fewest, most, all) = (8, 48, 4096)
  static let mostMessages = all / fewest
  /// Longer calls are not looked through: that takes too long.
  static let mostBytes = 1 << 18
  /// So many later messages with the same are no chance: they are made from the same.
  private static let mostSends: UInt8 = 2
  /// How many words of a message make it known, and which part of all that it has.
  private static let (telling, part) = (4, 3)

  /// Those of messages that were `left`, of a call of so many; nil where there are none.
  init?(of left: [Int], among count: Int, _ contents: OfferedBytes) {
    wholes = Set((0..<count).compactMap { contents[$0].map(contents.hash) })
    let total = (0..<count).reduce(0) { $0 + contents.known(of: $1).count }
    guard total <= Self.mostBytes, !left.isEmpty else { return nil }
    var table = OwnerTable(capacity: total)
    for message in 0..<count {
      RareWords.forEach(in: contents.known(of: message)) { table.note($0, of: Int32(message)) }
    }
    var found = table.words(of: count)
    let kept = left.prefix(Self.mostMessages).filter { contents[$0] != nil }
    let limit = min(max(Self.all / max(kept.count, 1), Self.fewest), Self.most)
    var pairs: [(word: UInt64, owner: UInt16)] = []
    for message in kept where found[message].count >= Self.telling {
      if found[message].count > limit { found[message].sort() }
      pairs += found[message].prefix(limit).map { ($0, UInt16(message)) }
    }
    guard !pairs.isEmpty else { return nil }
    pairs.sort { $0.word < $1.word }
    words = pairs.map(\.word)
    owners = pairs.map(\.owner)
    counts = [UInt8](repeating: 0, count: pairs.count)
    firsts = [UInt32](repeating: 0, count: pairs.count)
    // Eight bits for each.
    let bits = max((pairs.count * 8 - 1).bitWidth - (pairs.count * 8 - 1).leadingZeroBitCount, 6)
    shift = UInt64(64 - bits)
    filter = [UInt64](repeating: 0, count: 1 << (bits - 6))
    for word in words { filter[Int(word >> shift) >> 6] |= 1 << (word >> shift & 63) }
  }

  /// The bytes it takes, roughly.
  var byteCount: Int { Self.byteCount(words.count) + wholes.count * 16 }

  /// Of so many messages that were left, at most.
  static func byteCount(ofLeft count: Int) -> Int { byteCount(min(count * most, all)) }

  private static func byteCount(_ count: Int) -> Int { count * 17 + 256 }

  /// Notes a later message, which has that `hash`, of the send of that name.
  mutating func note(_ bytes: ArraySlice<UInt8>, _ hash: UInt64, _ name: String) {
    if wholes.contains(hash) { return }
    let hash = UInt32(truncatingIfNeeded: hash) | 1
    var found: [Int: Int] = [:]
    RareWords.forEach(in: bytes) { word in
      let bit = word >> shift
      guard filter[Int(bit) >> 6] & 1 << (bit & 63) != 0, let place = place(of: word) else {
        return
      }
      found[Int(owners[place]), default: 0] += 1
      if firsts[place] == hash || counts[place] > Self.mostSends { return }
      counts[place] += 1
      if firsts[place] == 0 { firsts[place] = hash }
    }
    for (message, count) in found where count >= Self.telling && names[message] == nil {
      names[message] = name
    }
  }

  private func place(of word: UInt64) -> Int? {
    var (low, high) = (0, words.count)
    while low < high {
      let middle = (low + high) / 2
      if words[middle] < word { low = middle + 1 } else { high = middle }
    }
    return low < words.count && words[low] == word ? low : nil
  }

  /// Messages of which later ones have enough, and the send that had it first.
  var found: [Int: String] {
    if names.isEmpty { return [:] }
    var tallies: [Int: (all: Int, found: Int)] = [:]
    for (place, owner) in owners.enumerated() where counts[place] <= Self.mostSends {
      tallies[Int(owner), default: (0, 0)].all += 1
      if counts[place] > 0 { tallies[Int(owner), default: (0, 0)].found += 1 }
    }
    return names.filter { message, _ in
      guard let tally = tallies[message] else { return false }
      return tally.found >= Self.telling && tally.found * Self.part >= tally.all
    }
  }

  @inline(__always)
  fileprivate static func forEach(in bytes: ArraySlice<UInt8>, _ body: (UInt64) -> Void) {
    let span = unsafe bytes.span.bytes
    var last: UInt64?
    for offset in 0..<max(span.byteCount - 7, 0) {
      let word = span.word(at: offset)
      // What fills a message up says nothing twice.
      if word == last { continue }
      last = word
      let product = (word ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
      // 0 stands for no word.
      body(max(product.high ^ product.low, 1))
    }
  }
}

/// Which message has a word; -1 for those that several have.
private struct OwnerTable {
  private var words: [UInt64]
  private var owners: [Int32]
  private let mask: Int

  /// For at most so many.
  init(capacity: Int) {
    let size = 1 << max((capacity * 2).bitWidth - (capacity * 2).leadingZeroBitCount, 4)
    mask = size - 1
    words = [UInt64](repeating: 0, count: size)
    owners = [Int32](repeating: 0, count: size)
  }

  mutating func note(_ word: UInt64, of message: Int32) {
    var place = Int(truncatingIfNeeded: word) & mask
    while words[place] != word {
      if words[place] == 0 {
        (words[place], owners[place]) = (word, message)
        return
      }
      place = (place + 1) & mask
    }
    if owners[place] != message { owners[place] = -1 }
  }

  /// Those of each of so many messages that no other has.
  func words(of count: Int) -> [[UInt64]] {
    var found = [[UInt64]](repeating: [], count: count)
    for (place, word) in words.enumerated() where word != 0 && owners[place] >= 0 {
      found[Int(owners[place])].append(word)
    }
    return found
  }
}
