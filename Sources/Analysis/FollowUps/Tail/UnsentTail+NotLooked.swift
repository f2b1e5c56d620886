import Records

// What is not compared with what was left, or not looked through for it, may have it: as long as so
// many bytes are sent that it can, nobody can say for good that it was not.
extension UnsentTail {
  struct NotLooked {
    enum Why: String {
      case isLong = "the call has over 256 KiB"
      case noMemory = "too much else was left unsent"
      case noTime = "too much else was looked through"
      case isUnread = "not all of it was read"
      case isUnreadItself = "not all of these was read"
      case isJoined = "it may have them joined, encoded otherwise"
    }

    /// Why nothing is looked through for any of it.
    var why: Why?
    /// Messages of which too little is known to look for them.
    var unsearched: [Int] = []
    /// What was not looked through for any, and for these.
    fileprivate var missed = Missed()
    fileprivate var missedOfUnsearched = Missed()

    fileprivate struct Missed {
      var bytes: UInt64 = 0
      /// The first send of them.
      var name = ""
      var why = Why.isUnread

      mutating func add(_ count: UInt64, of name: String, _ why: Why) {
        if count == 0 { return }
        if bytes == 0 { (self.name, self.why) = (name, why) }
        bytes &+= count
      }

      var sentence: String { "\(name) was not searched for bytes of them: \(why.rawValue)" }
    }
  }

  /// Notes that a send of that name has so many bytes that may be some of these, of which so many
  /// were looked through.
  mutating func noteLooked(
    _ name: String, through count: UInt64, of bytes: UInt64, _ why: NotLooked.Why = .isUnread
  ) {
    let looked = notLooked.why == nil ? min(count, bytes) : 0
    notLooked.missed.add(bytes - looked, of: name, notLooked.why ?? why)
    guard !notLooked.unsearched.isEmpty else { return }
    notLooked.missedOfUnsearched.add(bytes, of: name, .isUnreadItself)
  }

  /// A send right behind the call may have all that was left in fewer messages, where each of these
  /// is longer than any of it, and they are as long together: encoded otherwise it is known by
  /// nothing.
  mutating func noteJoined(_ offer: borrowing Offer, as name: String) {
    let isRightBehind =
      others.ofThread == 0 || others.ofThread == 1 && others.lastEntered == offer.entered
    guard offer.tid == tid, isRightBehind, told == nil, takers.count == 0,
      fates.pendingCount > 1, offer.asked < fates.pendingCount, !offer.used.contains(true)
    else { return }
    let left = fates.indices.filter { fates[$0] == .pending }.map { bytesUnsent(of: [$0]) }
    let all = offer.lengths.prefix(offer.sent).reduce(0, &+)
    guard let longest = left.max(), all >= left.reduce(0, &+),
      offer.lengths.allSatisfy({ $0 > longest })
    else { return }
    notLooked.missed.add(all, of: name, .isJoined)
  }

  /// What is said of sends that may have it and were not looked through; nil where none can.
  var whyNotLooked: String? {
    let (any, unsearched) = (notLooked.missed, notLooked.missedOfUnsearched)
    if any.bytes > 0, any.bytes >= shortest(of: fates.indices) { return any.sentence }
    if unsearched.bytes > 0, unsearched.bytes >= shortest(of: notLooked.unsearched) {
      return unsearched.sentence
    }
    return nil
  }

  /// How many bytes the shortest of them has that were not sent, but for empty ones.
  private func shortest(of messages: some Sequence<Int>) -> UInt64 {
    messages.lazy.filter { fates[$0] == .pending }.map { bytesUnsent(of: [$0]) }
      .filter { $0 > 0 }.min() ?? .max
  }
}
