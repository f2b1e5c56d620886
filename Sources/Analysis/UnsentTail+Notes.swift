import Records

// What is remembered of the sends that follow.
extension UnsentTail {
  struct Others {
    var count = 0
    /// Those of the thread that made the call.
    var ofThread = 0
    /// Messages they offered.
    var messages = 0
    /// So many of the first of them are as long as those that were left, one by one.
    var alikeCount = 0
    var first: UInt64?
    var firstName: String?
    var firstEntered: UInt64 = 0
  }

  /// `isBehind`: it has others before that message.
  mutating func noteTaker(
    _ offer: borrowing Offer, beginningAt message: Int, isBehind: Bool = false
  ) {
    if takerCount == 0 { (begunAt, isBegunBehind) = (message, isBehind) }
    takerCount += 1
    firstTaker = firstTaker ?? offer.sequence
    lastTaken = offer.left
    if takers.count < 2 { takers.append(offer.name) } else { takers[1] = offer.name }
    if offer.sequence == nil { otherSyscall = offer.name }
  }

  mutating func noteOther(_ offer: borrowing Offer) {
    noteLengths(offer)
    if others.count == 0 {
      others.first = offer.sequence
      others.firstName = offer.name
      others.firstEntered = offer.entered
    }
    others.count += 1
    if offer.tid == tid { others.ofThread += 1 }
    others.messages += offer.asked
  }

  /// Unclear ones that are likely those that a later call offered, and may be among those that it
  /// did not send: they are its own matter, and counted once.
  mutating func noteLeft(_ unclear: some Sequence<Int>, to offer: inout Offer) {
    offer.unsentCount -= min(movedCount, offer.unsentCount)
    movedCount = 0
    let left = unclear.filter { fates[$0] == .unclear }.suffix(offer.unsentCount)
    leftToOthers.formUnion(left)
    offer.unsentCount -= left.count
  }

  /// Of messages that fared alike, those that no other tail counts.
  func own(_ messages: [Int], _ how: FollowUp.How) -> [Int] {
    switch how {
    case .resumed: messages.filter { fates[$0] == .taken }
    case .resentAll: messages.filter { !sentBefore.contains($0) }
    case .unknown: messages.filter { !leftToOthers.contains($0) }
    case .skipped, .abandoned, .cappedRest: messages
    }
  }

  /// A protocol that numbers or encrypts what it sends (QUIC, DTLS, RTP) makes other bytes of what
  /// it sends again, and another server has another address: only the lengths are still the same.
  private mutating func noteLengths(_ offer: borrowing Offer) {
    guard others.messages == others.alikeCount, others.alikeCount < pendingCount else { return }
    let left = fates.indices.filter { fates[$0] == .pending }.dropFirst(others.alikeCount)
    let isAlike =
      offer.asked <= left.count && offer.lengths.count == offer.asked
      && zip(left, offer.lengths).allSatisfy { lengths[$0] == $1 && $1 > 0 }
    if isAlike { others.alikeCount += offer.asked }
  }

  /// How many sends with other data came between the call and this one: of the thread that made the
  /// call what it sends itself is right behind, whatever others send meanwhile.
  func othersCount(before offer: borrowing Offer) -> Int {
    offer.tid == tid ? others.ofThread : others.count
  }

  mutating func noteTry(_ offer: borrowing Offer, _ errno: Errno, _ try: Try) {
    tries.count += 1
    if tries.first == nil { tries.first = offer.sequence }
    if tries.errnos.count < 4 { tries.errnos.insert(errno) }
    guard let head = `try`.head else { return }
    if head == verdict.at { tries.ofFailed = (offer.name, errno) }
    if tries.heads.count < Tries.mostHeads { tries.heads.insert(head) }
  }
}
