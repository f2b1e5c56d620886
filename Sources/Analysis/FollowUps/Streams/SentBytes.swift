import Records

/// What a call put into a stream up to where that stopped, as far back as it is known: a program
/// that takes the count for bytes goes on from somewhere within.
struct SentBytes {
  private var bytes: [UInt8] = []
  /// The messages that these are of, and where each ends, last first.
  private var ends: [(message: Int, end: Int)] = []

  private static let most = 1 << 18
  private static let mostOfRest = 64
  /// More comparisons than that many times as many bytes show that all are alike.
  private static let mostCompared = 4

  init() {}

  /// `taken` bytes of message `last` were. `contents` are the bytes of each, as far as more is known
  /// than is kept.
  init(_ messages: [Message], _ contents: [ArraySlice<UInt8>?], upTo last: Int, _ taken: UInt64) {
    var pieces: [ArraySlice<UInt8>] = []
    var (message, left) = (last, Self.most)
    while message >= 0, left > 0 {
      let all = messages[message].bytes ?? 0
      let wanted = Int(clamping: message == last ? min(taken, all) : all)
      let kept = messages[message].payload.data ?? []
      let known = (contents.indices.contains(message) ? contents[message] : nil) ?? kept
      guard known.count >= wanted else { break }
      pieces.append(known.prefix(wanted).suffix(left))
      ends.append((message, left))
      left -= min(wanted, left)
      message -= 1
    }
    bytes = Array(pieces.reversed().joined())
    ends = ends.map { ($0.message, $0.end - (Self.most - bytes.count)) }
  }

  var byteCount: Int { bytes.count + ends.count * 16 }

  enum Place {
    /// In a message, so many bytes before the end.
    case at(Int, bytes: UInt64)
    /// At one of several.
    case unclear
  }

  /// Where a send of so many bytes begins that goes on with the `rest`, which is what was not taken;
  /// nil where it is other data, as far as is known.
  func place(
    of cursor: StreamCursor, upTo length: UInt64, before rest: ArraySlice<UInt8>
  ) -> Place? {
    let fewest = StreamPlace.fewestTellingBytes
    if bytes.isEmpty { return nil }
    let all = bytes + rest.prefix(Self.mostOfRest)
    let offered = cursor.known(upTo: Int(clamping: min(length, UInt64(all.count))))
    guard offered.count >= fewest else { return nil }
    let (mine, theirs) = unsafe (all.span.bytes, offered.span.bytes)
    let head = theirs.word(at: 0)
    var (found, compared): (Place?, Int) = (nil, 0)
    for start in bytes.indices where start + fewest <= all.count && mine.word(at: start) == head {
      let common = all.count - start
      compared += common
      if compared > Self.mostCompared * all.count { return nil }
      guard common <= offered.count, all[start...] == offered[..<common],
        Set(offered[..<common]).count >= fewest
      else { continue }
      if found != nil { return .unclear }
      found = .at(message(at: start), bytes: UInt64(bytes.count - start))
    }
    return found
  }

  private func message(at offset: Int) -> Int {
    ends.last { offset < $0.end }?.message ?? 0
  }
}

extension StreamCursor {
  /// So many bytes from there on, as far as they are known.
  fileprivate func known(upTo limit: Int) -> [UInt8] {
    var (cursor, bytes): (StreamCursor, [UInt8]) = (self, [])
    while bytes.count < limit, let place = cursor.place {
      bytes += place.bytes.prefix(limit - bytes.count)
      // One of unknown length has none: there is no way past it.
      guard place.length > 0, UInt64(place.bytes.count) >= place.length else { break }
      _ = cursor.advance(by: place.length)
    }
    return bytes
  }
}
