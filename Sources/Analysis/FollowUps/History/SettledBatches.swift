/// The batches of calls that fell short of which all has been accounted for since. Where one is made
/// again within some seconds, and gets less far, nobody can say that what it did not send was lost.
struct SettledBatches {
  private struct Batch {
    var call: UInt64
    var key: UnsentTails.SocketKey
    var messages: [Known?]
    /// CLOCK_MONOTONIC when the last of it was taken up.
    var end: UInt64
  }

  /// What a message looks like, with where it goes, and what became of it.
  fileprivate struct Known {
    var look: UInt64
    /// All of its bytes; nil where these were not read.
    var whole: UInt64?
    /// False where a later call offered it in vain: what became of it then is that call's matter.
    var isSent: Bool
  }

  /// Messages of a call that may be no more than those of an earlier one, made again.
  struct Copies {
    var call: UInt64
    var messages: Set<Int>
  }

  private var batches: [Batch] = []
  private var messageCount = 0

  private static let most = 512
  private static let mostMessages = 1 << 16
  /// Fewer in a row may be others that are the same, unless they are the whole batch.
  private static let fewestInRow = 2

  /// Nothing more is waited for of a tail.
  mutating func remember(_ tail: borrowing UnsentTail, on key: UnsentTails.SocketKey) {
    guard tail.isSettled, tail.fates.contains(where: { $0 == .taken || $0 == .moved }) else {
      return
    }
    let messages = tail.fates.indices.map { message in
      tail.fates[message] == .pending ? nil : known(message, of: tail)
    }
    batches.append(
      Batch(
        call: tail.call, key: key, messages: messages,
        end: max(tail.returned, tail.takers.lastEnd)))
    messageCount += messages.count
    while batches.count > Self.most || messageCount > Self.mostMessages, batches.count > 1 {
      messageCount -= batches.removeFirst().messages.count
    }
  }

  /// What a call has of a batch that was settled shortly before, where it is that which is made again.
  /// What it took over itself from a tail, `isUsed`, is its own matter.
  mutating func copies(
    _ tail: borrowing UnsentTail, on key: UnsentTails.SocketKey, isUsed: [Bool]
  ) -> Copies? {
    var copies: Copies?
    var own: [Known?]?
    for index in batches.indices.reversed()
    where batches[index].key == key
      && tail.entered < batches[index].end &+ FollowUpTracker.Limits.patience
    {
      let mine = own ?? tail.fates.indices.map { known($0, of: tail) }
      own = mine
      let found = Self.run(mine, in: batches[index].messages).filter { message, isSent in
        isSent || !isUsed.indices.contains(message) || !isUsed[message]
      }
      guard !found.isEmpty else { continue }
      copies = copies ?? Copies(call: batches[index].call, messages: [])
      copies?.messages.formUnion(found.map(\.message))
      batches[index].end = max(batches[index].end, tail.returned)
    }
    return copies
  }

  /// The first messages of a call that stand in a row in another one, too; empty where these are
  /// too few to tell.
  private static func run(
    _ mine: [Known?], in others: [Known?]
  ) -> [(message: Int, isSent: Bool)] {
    for start in others.indices where mine[0]?.mayBe(others[start]) == true {
      let row = zip(mine, others[start...]).prefix { $0?.mayBe($1) == true }
      guard row.count >= fewestInRow || row.count == mine.count && mine.count == others.count
      else { continue }
      return row.enumerated().map { ($0, $1.1?.isSent == true) }
    }
    return []
  }

  private func known(_ message: Int, of tail: borrowing UnsentTail) -> Known? {
    tail.prints.look(message).map {
      Known(
        look: $0, whole: tail.prints.whole(message),
        isSent: tail.fates.isSent(message) || tail.fates[message] == .taken)
    }
  }
}

extension SettledBatches.Known {
  /// False where they are known to be different.
  fileprivate func mayBe(_ other: Self?) -> Bool {
    guard let other, look == other.look else { return false }
    return whole == nil || other.whole == nil || whole == other.whole
  }
}

extension UnsentTail {
  var whyCopies: String {
    let call = copies.map { "call \($0.call)" } ?? "another call"
    return
      "\(call) had the same, which was sent or taken up shortly before: it may be that, made again"
  }
}
