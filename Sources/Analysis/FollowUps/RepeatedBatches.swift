import Records

/// The batches that sockets have sent whole of late, as few numbers, to know one that a program
/// sends over and over.
struct RepeatedBatches {
  fileprivate struct Batch {
    /// Of the first message, of one in the middle, and of the last.
    var looks: (UInt64, UInt64, UInt64)
    var count: Int
    /// False where not all bytes of these were kept.
    var isTelling: Bool
    /// CLOCK_MONOTONIC at entry of the last call with it.
    var time: UInt64
    /// Nanoseconds between that one and the one before; nil where it was the first.
    var period: UInt64?
    /// The thread; nil where several have sent it.
    var tid: Int32?
  }

  private struct Recent {
    var batches: [Batch] = []
    var next = 0
  }

  /// By inode.
  private var sockets = RecentCalls<Recent>(most: 1024)
  private let hasher = ContentHash()

  private static let mostBatches = 4
  private static let keptBytes = 32
  /// Messages that only begin alike follow one another quickly: so slow is a clock.
  private static let clock: UInt64 = 10_000_000

  /// Notes a call: after how many nanoseconds the same batch came in calls before; nil where it did
  /// not.
  mutating func note(_ call: borrowing SendCall, isWhole: Bool) -> UInt64? {
    let count = call.messages.count
    guard let socket = call.socket, socket.type != .stream, count > 0,
      let one = look(call.messages[0]), let two = look(call.messages[count / 2]),
      let three = look(call.messages[count - 1])
    else { return nil }
    var batch = Batch(
      looks: (one.hash, two.hash, three.hash), count: count,
      isTelling: one.isAll && two.isAll && three.isAll, time: call.monotonic,
      tid: call.tid)
    var period: UInt64?
    func add(to recent: inout Recent) {
      let same = recent.batches.firstIndex { $0.isLike(batch) }
      if let same {
        let gap = batch.time &- recent.batches[same].time
        let before = recent.batches[same]
        // Of a clock whose ticks fell short at times, the shortest gap is the pace; several threads
        // have none together.
        batch.tid = before.tid == batch.tid ? batch.tid : nil
        batch.period = batch.tid == nil ? 0 : min(gap, before.period ?? gap)
        period = batch.tid == nil ? 0 : before.period ?? gap
      }
      guard isWhole else { return }
      if let same {
        recent.batches[same] = batch
      } else if recent.batches.count < Self.mostBatches {
        recent.batches.append(batch)
      } else {
        recent.batches[recent.next] = batch
        recent.next = (recent.next + 1) % Self.mostBatches
      }
    }
    if isWhole, sockets[socket.inode] == nil { sockets.remember(Recent(), of: socket.inode) }
    sockets.update(socket.inode) { add(to: &$0) }
    guard let period, batch.isTelling || period >= Self.clock else { return nil }
    return period
  }

  /// What a message looks like; nil where nothing of it was kept.
  private func look(_ message: borrowing Message) -> (hash: UInt64, isAll: Bool)? {
    guard let bytes = message.bytes, let kept = message.payload.data, bytes == 0 || !kept.isEmpty
    else { return nil }
    return (
      hasher.hash(bytes, kept.prefix(Self.keptBytes)),
      bytes <= UInt64(min(kept.count, Self.keptBytes))
    )
  }
}

extension RepeatedBatches.Batch {
  /// A value or two may have changed since.
  fileprivate func isLike(_ other: Self) -> Bool {
    guard count == other.count else { return false }
    let same = [
      looks.0 == other.looks.0, looks.1 == other.looks.1, looks.2 == other.looks.2,
    ]
    return same.count { $0 } >= 2
  }
}
