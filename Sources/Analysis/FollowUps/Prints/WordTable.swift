/// Words that each tell one message, and what later ones had of them.
struct WordTable {
  /// Hashed, in rising order.
  private(set) var words: [UInt64] = []
  /// The message that has each.
  private var owners: [UInt16] = []
  /// How many different later messages had each, up to one more than tell, and which was the first.
  private var counts: [UInt8] = []
  private var firsts: [UInt32] = []
  /// The first send that had enough of a message.
  private var names: [Int: String] = [:]

  /// Words of one message, and messages of one call, that are kept.
  private static let (fewest, most, all) = (4, 32, 4096)
  /// Of fewer messages more are kept: one may go out in many pieces.
  private static let fewestOfAll = 128
  static let mostMessages = all / fewest
  /// So many later messages with the same are no chance: they are made from the same.
  static let mostSends: UInt8 = 2
  /// How many words of a message make it known.
  private static let telling = 4
  /// And how many thirds of all that it has.
  private let thirds: Int

  /// Of the messages that are `kept`; `own` has the words of each. Nil where there are none.
  init?(_ own: [[UInt64]], of kept: [Int], thirds: Int) {
    self.thirds = thirds
    let share = max(Self.most, Self.fewestOfAll / max(kept.count, 1))
    let limit = min(max(Self.all / max(kept.count, 1), Self.fewest), share)
    var pairs: [(word: UInt64, owner: UInt16)] = []
    for message in kept where own[message].count >= Self.telling {
      let words = own[message].count > limit ? own[message].sorted() : own[message]
      pairs += words.prefix(limit).map { ($0, UInt16(message)) }
    }
    guard !pairs.isEmpty else { return nil }
    pairs.sort { $0.word < $1.word }
    words = pairs.map(\.word)
    owners = pairs.map(\.owner)
    counts = [UInt8](repeating: 0, count: pairs.count)
    firsts = [UInt32](repeating: 0, count: pairs.count)
  }

  /// The bytes it takes, roughly.
  var byteCount: Int { Self.byteCount(words.count) }

  /// Of so many messages that were left, at most.
  static func byteCount(ofLeft count: Int) -> Int {
    byteCount(min(max(count * most, fewestOfAll), all))
  }

  /// With the place of each among those that all tails look for.
  private static func byteCount(_ count: Int) -> Int { count * 40 + 256 }

  /// True where it has words of a message.
  func tells(_ message: Int) -> Bool { owners.contains(UInt16(message)) }

  /// Notes what words a later message of that `hash` has, of a send of that name.
  mutating func note(_ words: Set<UInt64>, _ hash: UInt32, _ name: String) {
    var found: [Int: Int] = [:]
    for word in words {
      guard let place = place(of: word) else { continue }
      found[Int(owners[place]), default: 0] += 1
      if firsts[place] == hash || counts[place] > Self.mostSends { continue }
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
      return tally.found >= Self.telling && tally.found * 3 >= tally.all * thirds
    }
  }
}

/// Which message has a word; -1 for those that several have.
struct OwnerTable {
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
