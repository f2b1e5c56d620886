/// The keys of one kind of object, in the order in which records hold them.
///
/// Each key is looked for where the last one makes us expect it, and only then among all: our own
/// records are read without a search, and those that another program sorted are read too.
struct JSONKeys<Key: RawRepresentable<String> & CaseIterable & Sendable>: Sendable {
  let keys = Array(Key.allCases)
  /// Each with its quotes.
  let texts = Key.allCases.map { Array("\"\($0.rawValue)\"".utf8) }
}

/// How far an object has been read.
struct JSONProgress {
  fileprivate var isFirst = true
  fileprivate var expected = 0
  /// The last key, where it was none of those that were looked for.
  fileprivate(set) var unknown: JSONText?
}

extension JSONCursor {
  mutating func beginObject() throws(JSONFault) -> JSONProgress {
    try expect(UInt8(ascii: "{"), "{")
    return JSONProgress()
  }

  /// The next key there is among `keys`, at whose value we then stand; nil behind the object. The
  /// values of other keys are passed over.
  mutating func nextKey<Key>(
    _ progress: inout JSONProgress, _ keys: borrowing JSONKeys<Key>
  ) throws(JSONFault) -> Key? {
    while try hasMember(&progress) {
      if let key = try known(&progress, keys) { return key }
      _ = try unknownKey()
      try skipValue()
    }
    return nil
  }

  /// The same, but stops at keys that are not known, too: they are nil, and `progress.unknown` says
  /// where they stand. False behind the object.
  mutating func nextMember<Key>(
    _ progress: inout JSONProgress, _ keys: borrowing JSONKeys<Key>, _ key: inout Key?
  ) throws(JSONFault) -> Bool {
    guard try hasMember(&progress) else { return false }
    key = try known(&progress, keys)
    progress.unknown = key == nil ? try unknownKey() : nil
    return true
  }

  private mutating func hasMember(_ progress: inout JSONProgress) throws(JSONFault) -> Bool {
    if take(UInt8(ascii: "}")) { return false }
    if !progress.isFirst { try expect(UInt8(ascii: ","), ", or }") }
    progress.isFirst = false
    return true
  }

  private mutating func known<Key>(
    _ progress: inout JSONProgress, _ keys: borrowing JSONKeys<Key>
  ) throws(JSONFault) -> Key? {
    let count = keys.keys.count
    var index = progress.expected
    for _ in 0..<count {
      if index == count { index = 0 }
      if take(key: keys.texts[index]) {
        try expect(UInt8(ascii: ":"), ":")
        progress.expected = index + 1
        return keys.keys[index]
      }
      index += 1
    }
    return nil
  }

  /// Steps over `"key"`.
  private mutating func take(key text: [UInt8]) -> Bool {
    guard bytes.count - position >= text.count else { return false }
    // Most keys differ in their first letter, or their length.
    let last = text.count - 1
    guard bytes[position + 1] == text[1], bytes[position + last] == text[last] else { return false }
    for index in 0..<last where bytes[position + index] != text[index] { return false }
    position += text.count
    return true
  }

  private mutating func unknownKey() throws(JSONFault) -> JSONText {
    let key = try text()
    try expect(UInt8(ascii: ":"), ":")
    return key
  }
}
