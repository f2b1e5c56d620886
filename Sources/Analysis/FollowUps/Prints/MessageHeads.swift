/// Messages by their first eight bytes, to find them in others.
struct MessageHeads {
  private var lengths: [UInt64: Set<Int>] = [:]
  /// By all of their bytes, hashed.
  private var messages: [UInt64: [Int]] = [:]
  /// False where no message begins with eight bytes of that kind.
  private var filter = [Bool](repeating: false, count: 1 << Self.filterBits)
  private var (shortest, longest) = (Int.max, 0)
  /// How long these are together.
  private(set) var byteCount = 0
  private static let filterBits = 12

  /// Those of which all bytes are known, where they are enough to tell them from others.
  init(_ wanted: some Sequence<Int>, _ prints: CallPrints) {
    for message in wanted {
      guard prints.heads.indices.contains(message), let head = prints.heads[message],
        let whole = prints.whole(message), let length = Int(exactly: prints.lengths[message])
      else { continue }
      lengths[head, default: []].insert(length)
      messages[whole, default: []].append(message)
      filter[Self.place(head)] = true
      shortest = min(shortest, length)
      longest = max(longest, length)
      byteCount &+= length
    }
  }

  /// Adds bytes that stand for a message as well; `whole` is what they come to, hashed.
  mutating func add(_ message: Int, _ bytes: ArraySlice<UInt8>, _ whole: UInt64) {
    let span = unsafe bytes.span.bytes
    guard span.byteCount >= 8 else { return }
    let head = span.word(at: 0)
    lengths[head, default: []].insert(span.byteCount)
    messages[whole, default: []].append(message)
    filter[Self.place(head)] = true
    shortest = min(shortest, span.byteCount)
    longest = max(longest, span.byteCount)
  }

  var isEmpty: Bool { messages.isEmpty }

  /// False where a message of so many bytes is too short to hold one, and too long to be a part.
  func mayBeJoinedOrCut(in count: Int) -> Bool { count > shortest || count < longest }

  /// The messages of which all bytes are these.
  func messages(_ whole: UInt64) -> [Int] { messages[whole] ?? [] }

  /// True where a message begins as these bytes do, and has more of them.
  func hasLonger(than bytes: ArraySlice<UInt8>) -> Bool {
    lengths(of: bytes).contains { $0 > bytes.count }
  }

  /// True where a message begins as these bytes do, and has as many of them.
  func hasOne(asLongAs bytes: ArraySlice<UInt8>) -> Bool {
    lengths(of: bytes).contains(bytes.count)
  }

  /// Of the messages that begin as these bytes do.
  private func lengths(of bytes: ArraySlice<UInt8>) -> Set<Int> {
    let span = unsafe bytes.span.bytes
    return span.byteCount >= 8 ? lengths[span.word(at: 0)] ?? [] : []
  }

  /// Calls `isFound` with the bytes wherever a message may stand in longer ones, and goes on behind
  /// it where it does. `budget` is how many bytes may be looked at.
  func search(
    _ bytes: ArraySlice<UInt8>, _ budget: inout Int, _ isFound: (ArraySlice<UInt8>) -> Bool
  ) {
    let span = unsafe bytes.span.bytes
    var offset = 0
    while budget > 0, span.byteCount - offset >= shortest {
      let word = span.word(at: offset)
      guard filter[Self.place(word)], let lengths = lengths[word] else {
        offset += 1
        budget -= 1
        continue
      }
      let start = bytes.startIndex + offset
      let found = lengths.first { length in
        guard length < span.byteCount, length <= span.byteCount - offset else { return false }
        budget -= length
        return isFound(bytes[start..<start + length])
      }
      offset += found ?? 1
    }
  }

  /// The first eight bytes; nil where there are fewer.
  static func word(_ bytes: ArraySlice<UInt8>) -> UInt64? {
    let span = unsafe bytes.span.bytes
    return span.byteCount >= 8 ? span.word(at: 0) : nil
  }

  /// True where eight bytes in a row are such.
  static func hasWord(in bytes: ArraySlice<UInt8>, _ isMeant: (UInt64) -> Bool) -> Bool {
    let span = unsafe bytes.span.bytes
    for offset in 0..<max(span.byteCount - 7, 0) where isMeant(span.word(at: offset)) {
      return true
    }
    return false
  }

  /// True where a message begins with these eight bytes.
  func has(_ head: UInt64) -> Bool { filter[Self.place(head)] && lengths[head] != nil }

  /// Calls `isFound` with the bytes wherever a message may stand in a run of bytes that may go on,
  /// and gives out how many of them need not be looked at again when it does.
  func scan(
    _ bytes: ArraySlice<UInt8>, _ budget: inout Int, _ isFound: (ArraySlice<UInt8>) -> Bool
  ) -> Int {
    let span = unsafe bytes.span.bytes
    var (offset, open) = (0, nil as Int?)
    while budget > 0, span.byteCount - offset >= 8 {
      budget -= 1
      let word = span.word(at: offset)
      guard filter[Self.place(word)], let lengths = lengths[word] else {
        offset += 1
        continue
      }
      let (start, left) = (bytes.startIndex + offset, span.byteCount - offset)
      let found = lengths.first { length in
        guard length <= left else { return false }
        budget -= length
        return isFound(bytes[start..<start + length])
      }
      if found == nil, lengths.contains(where: { $0 > left }) { open = open ?? offset }
      offset += found ?? 1
    }
    return open ?? offset
  }

  private static func place(_ head: UInt64) -> Int {
    Int((head &* 0x9e37_79b9_7f4a_7c15) >> UInt64(64 - filterBits))
  }
}
