import Records

/// The batches that sockets have sent of late, as few numbers, to know one that a program sends
/// over and over. Of one that never went out whole only a clock's pace tells that from second
/// tries.
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
    /// Sent whole.
    var batches: [Batch] = []
    var next = 0
    /// Never sent whole.
    var unsent: [Batch] = []
    var nextUnsent = 0
  }

  /// By inode.
  private var sockets = RecentCalls<Recent>(most: 1024)
  private let hasher = ContentHash()

  fileprivate static let mostBatches = 4
  private static let keptBytes = 32
  /// Messages that only begin alike follow one another quickly: so slow is a clock.
  static let clock: UInt64 = 10_000_000

  struct Pace {
    /// Nanoseconds after which the same batch came.
    var period: UInt64
    /// True where it was never sent whole.
    var isOfTries: Bool
  }

  /// Notes a call: at what pace the same batch came in calls before; nil where it did not.
  mutating func note(_ call: borrowing SendCall, isWhole: Bool) -> Pace? {
    let count = call.messages.count
    guard let socket = call.socket, socket.type != .stream, count > 0,
      let one = look(call.messages[0]), let two = look(call.messages[count / 2]),
      let three = look(call.messages[count - 1])
    else { return nil }
    var batch = Batch(
      looks: (one.hash, two.hash, three.hash), count: count,
      isTelling: one.isAll && two.isAll && three.isAll, time: call.monotonic,
      tid: call.tid)
    var pace: Pace?
    func add(to recent: inout Recent) {
      if let same = recent.batches.firstIndex(where: { $0.isLike(batch) }) {
        pace = Pace(period: batch.follow(recent.batches[same]), isOfTries: false)
        if isWhole { recent.batches[same] = batch }
      } else if isWhole {
        recent.unsent.removeAll { $0.isLike(batch) }
        recent.batches.add(batch, at: &recent.next)
      } else if let same = recent.unsent.firstIndex(where: { $0.isLike(batch) }) {
        pace = Pace(period: batch.follow(recent.unsent[same]), isOfTries: true)
        recent.unsent[same] = batch
      } else {
        recent.unsent.add(batch, at: &recent.nextUnsent)
      }
    }
    if sockets[socket.inode] == nil { sockets.remember(Recent(), of: socket.inode) }
    sockets.update(socket.inode) { add(to: &$0) }
    guard let pace, batch.isTelling && !pace.isOfTries || pace.period >= Self.clock else {
      return nil
    }
    return pace
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

extension [RepeatedBatches.Batch] {
  /// Adds one in the place of the oldest, where there are enough.
  fileprivate mutating func add(_ batch: RepeatedBatches.Batch, at next: inout Int) {
    if count < RepeatedBatches.mostBatches {
      append(batch)
    } else {
      next = next < count ? next : 0
      self[next] = batch
      next = (next + 1) % RepeatedBatches.mostBatches
    }
  }
}

extension RepeatedBatches.Batch {
  /// Takes over what is known of the same one before; gives out at what pace it came by then.
  fileprivate mutating func follow(_ before: Self) -> UInt64 {
    let gap = time &- before.time
    // Of a clock whose ticks fell short at times, the shortest gap is the pace; several threads
    // have none together.
    tid = before.tid == tid ? tid : nil
    period = tid == nil ? 0 : min(gap, before.period ?? gap)
    return tid == nil ? 0 : before.period ?? gap
  }

  /// A value or two may have changed since.
  fileprivate func isLike(_ other: Self) -> Bool {
    guard count == other.count else { return false }
    let same = [
      looks.0 == other.looks.0, looks.1 == other.looks.1, looks.2 == other.looks.2,
    ]
    return same.count { $0 } >= 2
  }
}
