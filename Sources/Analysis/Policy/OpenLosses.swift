import Records

/// Losses that were told of, until no later record can take them back.
///
/// A loss holds back those behind it: what a limit is at with each of them depends on it.
struct OpenLosses {
  struct Loss {
    var call: ShortCall
    /// Its messages are those that the rule is about.
    var followUp: FollowUp
  }

  private var losses: [Loss] = []
  private var messageCount = 0

  /// What is beyond these stands, so that this does not grow with the trace: far fewer calls are
  /// waited for at once.
  private static let most = 1024
  private static let mostMessages = 1 << 16

  mutating func add(_ loss: Loss) {
    losses.append(loss)
    messageCount += loss.followUp.messages.count
  }

  /// Takes back what was said of messages of a call; gives out how many of them had been taken out
  /// before.
  mutating func takeBack(_ messages: [Int], of call: UInt64, _ how: FollowUp.How) -> Int {
    var left = Set(messages)
    for index in losses.indices
    where losses[index].followUp.of == call && losses[index].followUp.how == how {
      losses[index].followUp.messages.removeAll { left.remove($0) != nil }
    }
    losses.removeAll { $0.followUp.messages.isEmpty }
    messageCount -= messages.count - left.count
    return left.count
  }

  /// Takes out the first, where nothing before it or of it can be taken back any more.
  mutating func next() -> Loss? {
    guard let first = losses.first,
      first.followUp.isFinal || losses.count > Self.most || messageCount > Self.mostMessages
    else { return nil }
    return takeFirst()
  }

  /// Takes out the first, where no more records come.
  mutating func takeFirst() -> Loss? {
    guard let first = losses.first else { return nil }
    losses.removeFirst()
    messageCount -= first.followUp.messages.count
    return first
  }
}
