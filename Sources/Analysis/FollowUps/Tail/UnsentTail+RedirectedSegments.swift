// The datagrams of a message for another destination: where UDP did not cut it, a program cuts it
// by hand, or joins what it had cut, and turns to another receiver with it as well.
extension UnsentTail {
  /// Notes datagrams of unsent messages that a send has for another destination, cut or joined
  /// otherwise.
  mutating func noteSegments(
    _ match: Match, _ offer: borrowing Offer, _ there: inout Redirection
  ) {
    var (seen, found) = (elsewhere.redirected.segments, there)
    func note(_ mine: [DatagramPosition], _ theirs: [DatagramPosition]) {
      let theirs = theirs.filter { !match.isUsed[$0.message] && $0.message < offer.sent }
      if theirs.isEmpty || mine.isEmpty { return }
      let others = theirs.map { offer.whole($0) }
      for (whole, same) in Dictionary(grouping: mine, by: { prints.whole($0) }) {
        let pending = same.filter { fates[$0.message] == .pending }
        if whole == nil || others.contains(nil), !pending.isEmpty { found.hasUnread = true }
        let count = whole == nil ? 0 : others.count { $0 == whole }
        if count == 0 { continue }
        let isTelling = same.count == 1 && mayTell(same[0])
        // What is in others as well says nothing of these.
        if isTelling, fates.isSent(same[0].message) { found.hasCopies = true }
        let new = pending.filter { seen[$0.message]?.contains($0.datagram) != true }
        for place in new.prefix(count) {
          seen[place.message, default: []].insert(place.datagram)
          if isTelling || seen[place.message]?.count == prints.datagramCount(place.message) {
            found.found.insert(place.message)
          }
        }
      }
    }
    prints.respelledSegments.forEachShared(with: offer.respelledSegments) { mine, theirs in
      note(mine.map(\.segment), theirs.map(\.segment))
    }
    for whole in [offer.respelled, offer.unaddressed] {
      prints.respelledSegments.forEachShared(with: whole) { mine, theirs in
        note(
          mine.map(\.segment), theirs.map(\.whole).filter { offer.datagramCount($0.message) == 1 })
      }
    }
    for whole in [prints.respelled, prints.unaddressed] {
      whole.forEachShared(with: offer.respelledSegments) { mine, theirs in
        note(
          mine.map(\.whole).filter { prints.datagramCount($0.message) == 1 }, theirs.map(\.segment))
      }
    }
    (elsewhere.redirected.segments, there) = (seen, found)
  }

  /// False for a datagram of so few bytes that others are like it by chance.
  private func mayTell(_ datagram: DatagramPosition) -> Bool {
    let length = prints.lengths[datagram.message]
    let size = prints.segmentSizes[datagram.message] ?? length
    let start = min(UInt64(datagram.datagram) * size, length)
    return min(size, length - start) >= MessagePrinter.fewestTellingBytes
  }
}

extension PrintIndex.Slot {
  fileprivate var segment: DatagramPosition { DatagramPosition(number: position) }
  fileprivate var whole: DatagramPosition { DatagramPosition(message: position, datagram: 0) }
}
