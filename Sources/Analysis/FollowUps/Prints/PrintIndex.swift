/// A datagram of a call: which one of a message that UDP cuts into many.
struct DatagramPosition: Hashable {
  static let bits = 8

  var message: Int
  /// 0 for a message that is not cut.
  var datagram: Int

  /// As one number, for a `PrintIndex`.
  var number: Int { message << Self.bits | datagram }

  init(message: Int, datagram: Int) {
    self.message = message
    self.datagram = datagram
  }

  init(number: Int) {
    message = number >> Self.bits
    datagram = number & (1 << Self.bits - 1)
  }

  /// How long the datagrams of a message of that length are, where it is cut into such of `size`.
  static func lengths(of length: UInt64, _ size: UInt64?) -> [UInt64] {
    guard let size, size > 0, length / size < 1 << bits else { return [length] }
    let whole = [UInt64](repeating: size, count: Int(length / size))
    return length % size == 0 ? whole : whole + [length % size]
  }
}

/// The prints of a call's messages in the order of their hashes, so that what two calls share is
/// found in one walk along both.
struct PrintIndex {
  struct Slot {
    var hash: UInt64
    /// The message's position in its call.
    var position: Int
  }

  private(set) var slots: [Slot] = []

  init(_ hashes: some Sequence<(position: Int, hash: UInt64)>) {
    slots = hashes.map { Slot(hash: $0.hash, position: $0.position) }
    slots.sort { ($0.hash, $0.position) < ($1.hash, $1.position) }
  }

  /// Calls `body` for every hash that is in both, with the positions in each, ascending.
  func forEachShared(
    with other: PrintIndex, _ body: (ArraySlice<Slot>, ArraySlice<Slot>) -> Void
  ) {
    var mine = slots.startIndex
    var theirs = other.slots.startIndex
    while mine < slots.endIndex, theirs < other.slots.endIndex {
      let (left, right) = (slots[mine].hash, other.slots[theirs].hash)
      if left < right {
        mine += 1
      } else if left > right {
        theirs += 1
      } else {
        let myEnd = end(ofHashAt: mine)
        let theirEnd = other.end(ofHashAt: theirs)
        body(slots[mine..<myEnd], other.slots[theirs..<theirEnd])
        mine = myEnd
        theirs = theirEnd
      }
    }
  }

  private func end(ofHashAt start: Int) -> Int {
    var end = start + 1
    while end < slots.endIndex, slots[end].hash == slots[start].hash { end += 1 }
    return end
  }
}

extension [MessagePrint] {
  func known(_ hash: (MessagePrint) -> UInt64?) -> [(position: Int, hash: UInt64)] {
    enumerated().compactMap { position, print in
      guard print.isKnown, let hash = hash(print) else { return nil }
      return (position, hash)
    }
  }

  /// Hashes of datagrams, which are numbered as `DatagramPosition` does.
  func datagrams(_ hashes: (MessagePrint) -> [UInt64]) -> [(position: Int, hash: UInt64)] {
    enumerated().flatMap { message, print in
      hashes(print).enumerated().map { datagram, hash in
        (DatagramPosition(message: message, datagram: datagram).number, hash)
      }
    }
  }
}
