import Records

/// Words, which are eight bytes in a row wherever these stand, that only one message of a call has:
/// by them a message is known in others that it was joined to or cut into, and where it was changed.
/// One that is too short for that is known in others that have all of it.
///
/// What all messages of a call have, such as what they are made from, is in none of them. What many
/// later messages have tells nothing either. What is sent to many, each with a header of its own, is
/// known by what only one message to its destination has, in what goes there.
struct RareWords {
  /// Those that no other message has, wherever these go.
  private var anywhere: WordTable?
  /// Those that no other message to the same destination has, numbered with that; nil where all go
  /// to one.
  private var there: WordTable?
  private var short: ShortMessages?
  /// All bytes of each message of the call, hashed: one that is the same was not changed.
  private let wholes: Set<UInt64>
  /// Messages that were left of which none is known.
  private(set) var unknown: [Int] = []

  /// Longer calls are not looked through: that takes too long.
  static let mostBytes = 1 << 18
  static var mostMessages: Int { WordTable.mostMessages }

  /// Those of messages that were `left`, of a call of so many.
  init(of left: [Int], among count: Int, _ contents: OfferedBytes) {
    wholes = Set((0..<count).compactMap { contents[$0].map(contents.hash) })
    let total = (0..<count).reduce(0) { $0 + contents.known(of: $1).count }
    guard total <= Self.mostBytes, !left.isEmpty else { return }
    let kept = left.prefix(Self.mostMessages).filter { contents[$0] != nil }
    anywhere = Self.table(of: kept, among: Array(0..<count), total, contents, thirds: 1) { _ in 0 }
    let places = (0..<count).map { contents.place(of: $0) }
    if Set(places).count > 1 {
      let known = (0..<count).filter { places[$0] != nil }
      let kept = kept.filter { places[$0] != nil }
      // One message alone to a destination has what all are made from as well.
      there = Self.table(of: kept, among: known, total, contents, thirds: 2) { places[$0] ?? 0 }
    }
    let others = kept.filter { !hasWords(of: $0) }
    short = ShortMessages(of: others, among: count, contents)
    unknown = left.dropFirst(Self.mostMessages) + left.filter { contents[$0] == nil }
  }

  private static func table(
    of kept: [Int], among messages: [Int], _ total: Int, _ contents: OfferedBytes,
    thirds: Int, salt: (Int) -> UInt64
  ) -> WordTable? {
    guard !kept.isEmpty, let count = messages.max().map({ $0 + 1 }) else { return nil }
    var table = OwnerTable(capacity: total)
    for message in messages {
      let salt = salt(message)
      forEach(in: contents.known(of: message)) {
        table.note(Self.word($0, salt), of: Int32(message))
      }
    }
    return WordTable(table.words(of: count), of: kept, thirds: thirds)
  }

  /// A word of what goes to one destination.
  @inline(__always)
  static func word(_ word: UInt64, _ salt: UInt64) -> UInt64 { max(word ^ salt, 1) }

  private func hasWords(of message: Int) -> Bool {
    anywhere?.tells(message) == true || there?.tells(message) == true
  }

  var isEmpty: Bool { anywhere == nil && there == nil && short == nil }

  /// What is looked for in later messages.
  var words: [UInt64] { (anywhere?.words ?? []) + (there?.words ?? []) + (short?.words ?? []) }

  /// How many bytes these have; true where some are of what goes to one destination.
  var sizes: Set<Int> {
    (short?.sizes ?? []).union(anywhere == nil && there == nil ? [] : [8])
  }
  var hasPlaces: Bool { there != nil }

  /// The bytes it takes, roughly.
  var byteCount: Int {
    (anywhere?.byteCount ?? 0) + (there?.byteCount ?? 0) + (short?.byteCount ?? 0)
      + wholes.count * 16
  }

  /// Of so many messages that were left, at most; `areForMany` where these go to several places.
  static func byteCount(ofLeft count: Int, areForMany: Bool) -> Int {
    WordTable.byteCount(ofLeft: count) * (areForMany ? 2 : 1)
  }

  /// Notes a later message, which has these words of it, all those bytes and that `hash`, of the
  /// send of that name; `place` is where it goes.
  mutating func note(
    _ words: Set<UInt64>, of bytes: ArraySlice<UInt8>, _ hash: UInt64, to place: UInt64?,
    _ name: String
  ) {
    if wholes.contains(hash) { return }
    let hash = UInt32(truncatingIfNeeded: hash) | 1
    anywhere?.note(words, hash, name)
    there?.note(words, hash, name)
    short?.note(words, of: bytes, hash, to: place, name)
  }

  /// Messages of which later ones have enough, and the send that had it first.
  var found: [Int: String] {
    [there?.found, short?.found].reduce(anywhere?.found ?? [:]) { all, more in
      more.map { all.merging($0) { one, _ in one } } ?? all
    }
  }

  /// Calls `body` with each word of so many bytes, hashed, but where it is the one before.
  @inline(__always)
  static func forEach(in bytes: ArraySlice<UInt8>, of size: Int = 8, _ body: (UInt64) -> Void) {
    let span = unsafe bytes.span.bytes
    let count = span.byteCount
    let mask = size == 8 ? UInt64.max : 1 << UInt64(8 * size) - 1
    let key = 0x9e37_79b9_7f4a_7c15 &* UInt64(size)
    var last: UInt64?
    for offset in 0..<max(count - size + 1, 0) {
      let word =
        (count - offset >= 8 ? span.word(at: offset) : span.wordOrRest(at: offset)) & mask
      // What fills a message up says nothing twice.
      if word == last { continue }
      last = word
      let product = (word ^ key).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
      // 0 stands for no word.
      body(max(product.high ^ product.low, 1))
    }
  }
}

extension OfferedBytes {
  /// Where a message goes, as a number; nil where that is not known.
  func place(of position: Int) -> UInt64? {
    destination(of: position).map { UInt64(bitPattern: Int64($0.hashValue)) }
  }
}
