/// Messages that are too short to have words that only they have, and what later ones have all of
/// them, among other bytes: programs join such.
struct ShortMessages {
  fileprivate struct One {
    var message: Int
    var bytes: [UInt8]
    /// The word that it begins with, hashed, and where it goes.
    var head: UInt64
    var place: UInt64?
    /// How many different later messages had it, up to one more than tell, and which was the first.
    var count: UInt8 = 0
    var first: UInt32 = 0
    var name = ""
  }

  private var all: [One] = []

  /// Longer ones have such words, or are like others.
  private static let longest = 24

  /// Those of some messages of a call that has so many; nil where there are none. What stands in a
  /// longer message of the call says nothing.
  init?(of messages: [Int], among count: Int, _ contents: OfferedBytes) {
    var byHead: [UInt64: [Int]] = [:]
    for message in messages {
      guard let bytes = contents[message], (1..<Self.longest).contains(bytes.count)
      else { continue }
      var one = One(
        message: message, bytes: Array(bytes), head: 0, place: contents.place(of: message))
      let size = Self.size(bytes.count)
      RareWords.forEach(in: bytes.prefix(size), of: size) { one.head = $0 }
      byHead[one.head, default: []].append(all.count)
      all.append(one)
    }
    var areInOthers: Set<Int> = []
    for other in 0..<count {
      let (bytes, place) = (contents.known(of: other), contents.place(of: other))
      var seen: Set<UInt64> = []
      for size in sizes {
        RareWords.forEach(in: bytes, of: size) { word in
          guard let same = byHead[word], seen.insert(word).inserted else { return }
          areInOthers.formUnion(same.filter { all[$0].stands(in: bytes, to: place) })
        }
      }
    }
    all = all.indices.filter { !areInOthers.contains($0) }.map { all[$0] }
    if all.isEmpty { return nil }
  }

  /// How many bytes the word has that one of so many begins with.
  private static func size(_ count: Int) -> Int { count >= 8 ? 8 : min(count, 4) }

  var words: [UInt64] { all.map(\.head) }
  var sizes: Set<Int> { Set(all.map { Self.size($0.bytes.count) }) }

  /// The bytes it takes, roughly.
  var byteCount: Int { all.count * 160 }

  /// Notes a later message, which has these words, all those bytes and that `hash`, of a send of
  /// that name.
  mutating func note(
    _ words: Set<UInt64>, of bytes: ArraySlice<UInt8>, _ hash: UInt32, to place: UInt64?,
    _ name: String
  ) {
    for index in all.indices where words.contains(all[index].head) {
      let one = all[index]
      guard one.first != hash, one.count <= WordTable.mostSends, one.stands(in: bytes, to: place)
      else { continue }
      all[index].count += 1
      if one.count == 0 { (all[index].first, all[index].name) = (hash, name) }
    }
  }

  /// Those that later ones have, and the send that had it first.
  var found: [Int: String] {
    var found: [Int: String] = [:]
    for one in all where (1...WordTable.mostSends).contains(one.count) {
      found[one.message] = one.name
    }
    return found
  }
}

extension ShortMessages.One {
  /// True where a longer message to the same destination has all of its bytes.
  fileprivate func stands(in others: ArraySlice<UInt8>, to place: UInt64?) -> Bool {
    guard place == self.place, others.count > bytes.count, let first = bytes.first else {
      return false
    }
    var start = others.startIndex
    while others.endIndex - start >= bytes.count,
      let next = others[start...].firstIndex(of: first)
    {
      if others[next...].starts(with: bytes) { return true }
      start = next + 1
    }
    return false
  }
}
