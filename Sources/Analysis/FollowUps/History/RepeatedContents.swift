import Records

/// What sockets have sent of late, message by message, to know those of which a program sends the
/// same contents again without a call that fell short: gauges, counters, lists that it goes round.
struct RepeatedContents {
  /// Hashes, each at the place that it tells itself: a newer one takes an older one's.
  private var sent: [UInt64] = []
  /// CLOCK_MONOTONIC when each was sent.
  private var times: [UInt64] = []
  private let hasher = ContentHash()

  private static let places = 1 << 14

  /// Notes a call that sent so many of its messages. `prints` are of these, as far as they were
  /// made; what calls that fell short account for is `known`. Gives out when the last of what it
  /// repeats had been sent; nil where it is no batch of such.
  mutating func note(
    _ call: borrowing SendCall, sent count: UInt32, _ prints: [MessagePrint], known: [Bool]
  ) -> UInt64? {
    guard let socket = call.socket, socket.type != .stream, count > 0 else { return nil }
    var (repeated, last, keys): (Int, UInt64, [UInt64]) = (0, 0, [])
    for (index, message) in call.messages.enumerated() {
      let whole = prints.indices.contains(index) ? prints[index].whole : nil
      guard let key = key(message, whole, socket.inode) else {
        if index < count, let look = look(message, socket.inode) { keys.append(look) }
        continue
      }
      let isKnown = known.indices.contains(index) && known[index]
      if !isKnown, !sent.isEmpty, sent[place(key)] == key {
        repeated += 1
        last = max(last, times[place(key)])
      }
      if index < count { keys.append(key) }
    }
    if sent.isEmpty {
      sent = [UInt64](repeating: 0, count: Self.places)
      times = sent
    }
    for key in keys { (sent[place(key)], times[place(key)]) = (key, call.monotonic) }
    // A heartbeat or two between new messages make no batch.
    return repeated > 1 && repeated * 2 >= call.messages.count ? last : nil
  }

  /// Messages of a call that are the same as some that were sent before, `besides` those that it
  /// is known to send again.
  func repeated(
    by call: borrowing SendCall, _ prints: [MessagePrint], besides known: Set<Int>
  ) -> Set<Int> {
    guard let socket = call.socket, socket.type != .stream, !sent.isEmpty else { return [] }
    return Set(
      call.messages.indices.filter { index in
        if known.contains(index) { return false }
        let whole = prints.indices.contains(index) ? prints[index].whole : nil
        return key(call.messages[index], whole, socket.inode).map { sent[place($0)] == $0 } == true
      })
  }

  /// True where nothing like a message of a call was sent before on its socket, as far as that is
  /// remembered, and its bytes are enough to tell it from what will be.
  func isNew(
    _ index: Int, of call: borrowing SendCall, _ prints: [MessagePrint]
  ) -> Bool {
    guard let socket = call.socket, call.messages.indices.contains(index),
      prints.indices.contains(index),
      let key = key(call.messages[index], prints[index].whole, socket.inode),
      let look = look(call.messages[index], socket.inode),
      Set(call.messages[index].payload.data ?? []).count >= StreamPlace.fewestTellingBytes
    else { return false }
    return sent.isEmpty || sent[place(key)] != key && sent[place(look)] != look
  }

  /// How a message begins, its length and where it goes, for one of which not all was read.
  private func look(_ message: borrowing Message, _ inode: UInt64) -> UInt64? {
    guard let bytes = message.bytes, let kept = message.payload.data else { return nil }
    return hash(hasher.hash(~bytes, kept), message, inode)
  }

  private func hash(_ bytes: UInt64, _ message: borrowing Message, _ inode: UInt64) -> UInt64 {
    let name = message.name.map { UInt64(bitPattern: Int64($0.hashValue)) } ?? 0
    return hasher.hash(hasher.hash(inode, name), bytes)
  }

  private func place(_ key: UInt64) -> Int { Int(key % UInt64(Self.places)) }

  /// All bytes of a message and where it goes; nil where not all bytes are known.
  private func key(_ message: borrowing Message, _ whole: UInt64?, _ inode: UInt64) -> UInt64? {
    guard let bytes = message.bytes, let kept = message.payload.data else { return nil }
    let isShort = UInt64(kept.count) == bytes
    guard let all = isShort ? hasher.hash(bytes, kept) : whole else { return nil }
    return hash(all, message, inode)
  }
}
