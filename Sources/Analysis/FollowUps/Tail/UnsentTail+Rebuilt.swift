import Records

// A protocol that numbers or encrypts what it sends (QUIC, DTLS, RTP) makes other bytes of what it
// sends again, and another server has another address: only the lengths are still the same. Where
// as many of these follow at once, nobody can say that what was left was not sent.
extension UnsentTail {
  /// Sends right behind the call whose messages are as long as those that were left, one by one.
  struct Rebuilt {
    /// The socket they are on; nil for the tail's own.
    fileprivate var key: UnsentTails.SocketKey?
    /// How many datagrams there are in a row from the first message that was left, and from the one
    /// behind.
    fileprivate var counts = [0, 0]
    /// True where some are cut (UDP_SEGMENT) and those that were left are not, or the other way
    /// round: few change that between one message and the next.
    fileprivate var isReshaped = false
    /// False once others follow.
    fileprivate var isAlike = [true, true]
    /// Messages of which the first send has the lengths, in their order, among others.
    fileprivate var among: [Int]?
    /// True where the next send of the thread is what was left one by one, and nothing else.
    fileprivate var isExact = false
    fileprivate var exactName = ""
    /// True where its call may be what an earlier one left, rebuilt.
    fileprivate var isOfRest = false
    /// The first of these sends, and how many there are.
    fileprivate var name = ""
    fileprivate var sends = 0
  }

  /// Notes a send on the tail's own socket that has none of it. What other processes send there, as
  /// the workers of one server, they have not built from what this one left.
  mutating func noteOwnLengths(_ offer: borrowing Offer) {
    guard !isStream, offer.pid == pid else { return }
    if mayBeAll(offer), verdict.outcome != .failed || rebuilt.isOfRest, !isKnown(offer) {
      (rebuilt.isExact, rebuilt.exactName) = (true, offer.name)
    }
    guard rebuilt.isAlike.contains(true) else { return }
    if isKnown(offer) { rebuilt.isAlike = [false, false] }
    var found = rebuilt
    noteLengths(offer, &found)
    rebuilt = found
  }

  /// True where a send is the next one of the thread, and as many messages of the same lengths for
  /// the same destinations as were left, cut alike.
  private func mayBeAll(_ offer: borrowing Offer) -> Bool {
    guard offer.tid == tid, others.ofThread == 0, offer.asked == fates.pendingCount,
      offer.lengths.count == offer.asked
    else { return false }
    let left = fates.indices.filter { fates[$0] == .pending }
    return zip(left, offer.lengths.indices).allSatisfy {
      prints.lengths[$0] == offer.lengths[$1] && offer.lengths[$1] > 0
        && prints.segmentSizes[$0] == offer.segmentSize($1)
        && offer.contents?.spelled(prints.destination(of: $0))
          == offer.contents?.destination(of: $1)
    }
  }

  /// True where a call that fell short may be what this one left behind its count, or what came of
  /// that. Of one that sent none a program that sends one by one has as many in any other data.
  func mayBeRest(_ offer: borrowing Offer) -> Bool {
    !isStream && verdict.outcome != .failed && mayBeAll(offer)
  }

  mutating func noteOfRest() { rebuilt.isOfRest = true }

  /// Notes a send of its thread on another socket.
  mutating func noteLengths(_ offer: borrowing Offer, elsewhere key: UnsentTails.SocketKey) {
    if isKnown(offer) { return }
    if rebuiltElsewhere?.key != key {
      let isBegun = rebuiltElsewhere != nil
      if isBegun || others.ofThread > 0 { return }
      rebuiltElsewhere = Rebuilt(key: key)
    }
    var found = rebuiltElsewhere ?? Rebuilt()
    noteLengths(offer, &found)
    let isLike = found.isAlike.contains(true) || found.among?.isEmpty == false
    rebuiltElsewhere = isLike ? found : nil
  }

  /// True where the contents of a send tell what it is.
  private func isKnown(_ offer: borrowing Offer) -> Bool {
    offer.mayBeKnown && matched(with: offer).isUsed.contains(true)
  }

  /// True where a send on another socket, `key`, may be what was left or go on with it, as far as
  /// lengths tell at a glance.
  func mayBeRebuilt(by offer: borrowing Offer, on key: UnsentTails.SocketKey) -> Bool {
    guard !isStream, told == nil, fates.pendingCount > 1, offer.tid == tid,
      offer.entered >= returned
    else { return false }
    if let rebuiltElsewhere { return rebuiltElsewhere.key == key }
    guard others.ofThread == 0 else { return false }
    return mayBeginAlike(offer) || mayHaveAmong(offer)
  }

  private func mayBeginAlike(_ offer: borrowing Offer) -> Bool {
    guard offer.asked <= fates.pendingCount, let length = offer.lengths.first else { return false }
    return fates.lazy.indices.filter { fates[$0] == .pending }.prefix(2)
      .contains { prints.lengths[$0] == length }
  }

  /// New messages stand among such as are unlike each other in length.
  private func mayHaveAmong(_ offer: borrowing Offer) -> Bool {
    guard offer.lengths.count + 1 >= fates.pendingCount,
      let last = fates.lastIndex(of: .pending),
      let other = fates[..<last].lastIndex(of: .pending)
    else { return false }
    return prints.lengths[last] != prints.lengths[other]
  }

  private func noteLengths(_ offer: borrowing Offer, _ found: inout Rebuilt) {
    guard found.isAlike.contains(true) else { return }
    let left = fates.indices.filter { fates[$0] == .pending }
    if found.among == nil {
      found.name = offer.name
      let rests = mayLackFirst(of: left) ? [left[...], left.dropFirst()] : [left[...]]
      found.among = rests.first { isAmong(offer, $0) }.map(Array.init) ?? []
    }
    let offered = offer.datagramLengths
    for start in 0...1 where found.isAlike[start] {
      let messages = left.dropFirst(start)
      let next = datagramLengths(of: messages).dropFirst(found.counts[start])
      // All that was left has followed.
      if next.isEmpty, found.counts[start] > 0 { continue }
      found.isAlike[start] =
        offered.count <= next.count && offer.lengths.count == offer.asked
        && (start == 0 || mayLackFirst(of: left))
        && zip(next, offered).allSatisfy { $0 == $1 && $1 > 0 }
      guard found.isAlike[start] else { continue }
      found.counts[start] += offered.count
      let isCut = messages.contains { prints.datagramCount($0) > 1 }
      found.isReshaped = found.isReshaped || isCut != (offered.count > offer.lengths.count)
    }
    guard found.isAlike.contains(true) else { return }
    if found.sends == 0 { found.name = offer.name }
    found.sends += 1
  }

  /// How long the datagrams of messages are.
  private func datagramLengths(of messages: some Sequence<Int>) -> [UInt64] {
    messages.flatMap { DatagramPosition.lengths(of: prints.lengths[$0], prints.segmentSizes[$0]) }
  }

  /// True where the first of these may be left out since it failed by itself.
  private func mayLackFirst(of left: [Int]) -> Bool {
    verdict.outcome != .capped && left.first.map(hasFailed) == true
  }

  /// True where new messages stand among such as are as long as these, which have to be unlike each
  /// other in length: of one length there are as many in any other data.
  private func isAmong(_ offer: borrowing Offer, _ messages: ArraySlice<Int>) -> Bool {
    guard messages.count > 1, Set(messages.map { prints.lengths[$0] }).count == messages.count
    else { return false }
    var next = messages.startIndex
    for length in offer.lengths where next < messages.endIndex && length > 0 {
      if prints.lengths[messages[next]] == length { next += 1 }
    }
    return next == messages.endIndex
  }

  /// Unsent messages that may be among what followed, built anew.
  var maybeRebuilt: (messages: Set<Int>, by: Rebuilt)? {
    let left = fates.indices.filter { fates[$0] == .pending }
    if rebuilt.isExact, !left.isEmpty { return (Set(left), rebuilt) }
    for found in [rebuilt, rebuiltElsewhere].compactMap(\.self) {
      for start in 0...1 {
        let messages = left.dropFirst(start)
        // One that is as long as another says nothing.
        guard
          messages.count > 1 || !messages.isEmpty && found.isReshaped
            || messages.first.map(isUnlikeOthersInLength) == true
        else { continue }
        let count = found.counts[start]
        if count > 0, count == messages.reduce(0, { $0 + prints.datagramCount($1) }) {
          return (Set(messages), found)
        }
      }
      if let among = found.among, !among.isEmpty, among.allSatisfy({ fates[$0] == .pending }) {
        return (Set(among), found)
      }
    }
    return nil
  }

  /// True where no other message of the call, of several, is as long as one.
  private func isUnlikeOthersInLength(_ message: Int) -> Bool {
    fates.count > 2 && prints.lengths.count { $0 == prints.lengths[message] } == 1
  }

  var whyRebuilt: String {
    guard let found = maybeRebuilt?.by else { return "" }
    if found.isExact {
      return "\(found.exactName) has as many of the same lengths, which may be these, rebuilt"
    }
    let there = found.key == nil ? "" : " on another socket"
    if found.among?.isEmpty == false, found.sends == 0 {
      return "\(found.name)\(there) has such lengths among others, which may be these, rebuilt"
    }
    let behind = found.sends > 1 ? " and those right behind it have" : " has"
    return "\(found.name)\(there)\(behind) as many of the same lengths, which may be these, rebuilt"
  }
}
