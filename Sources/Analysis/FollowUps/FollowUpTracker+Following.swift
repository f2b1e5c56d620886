import Records

// What a send does about the tails of its socket.
extension FollowUpTracker {
  func isFollowed(by pid: Int32, on key: SocketKey) -> Bool {
    tails.has(key) || families.known(pid).map { tails.hasOther(than: key, of: $0) } ?? false
  }

  /// True where the send only tried again what one of the tails has.
  mutating func follow(
    _ offer: inout Offer, on key: SocketKey, _ found: inout [FollowUp]
  ) -> Bool {
    var here = tails.take(key)
    if let family = families.known(offer.pid), offer.hasEqualMessages { repeaters.insert(family) }
    for index in here.indices where repeaters.contains(here[index].family) {
      here[index].isOfEqual = !here[index].isStream
    }
    let isTry = offer.errno.map { here.noteTry(offer, $0) } ?? false
    // Newest first: a call that fell short is what a program knows best.
    loop: for index in here.indices.reversed() where !isTry {
      guard offer.entered >= here[index].returned else {
        here[index].takeConcurrent(offer)
        continue
      }
      let isShared = here[index].noteShared(offer, at: offer.used)
      let relation =
        here[index].isStream ? here[index].takeStream(&offer, on: key) : here[index].take(&offer)
      switch relation {
      // What it has behind it may be what an older one left.
      case .tookUp where here[index].isStream && offer.isSpent: break loop
      case .unclear where here[index].isStream:
        // Nor what stands behind that.
        for older in here.indices[..<index] { _ = here[older].setUnclear(&offer) }
        break loop
      case .tookUp, .unclear: break
      case .other where offer.sent > 0 && !here[index].isStream:
        here[index].noteOther(offer)
        if isShared { here[index].shared.sends += 1 }
      case .other: break
      }
    }
    var ended: [(UnsentTail, UnsentTail.End)] = []
    for tail in here {
      if let end = tail.end(at: offer.left) { ended.append((tail, end)) }
    }
    if !ended.isEmpty { here.removeAll { $0.end(at: offer.left) != nil } }
    tails.put(here, key)
    for (tail, end) in ended { found += close(tail, end, goesOnOn: key) }
    return isTry
  }

  /// Notes a call, which may repeat what was sent before tails of its socket, and so come round.
  mutating func noteContents(
    _ call: borrowing SendCall, sent: UInt32, _ prints: [MessagePrint], known: [Bool]
  ) {
    guard let last = contents.note(call, sent: sent, prints, known: known), isWaiting,
      let socket = call.socket
    else { return }
    let (key, entered) = (SocketKey.inode(socket.inode), call.monotonic)
    tails.update(where: { $0 == key && $1.entered > last && $1.entered <= entered }) {
      $1.isOfRepeated = !$1.isStream
    }
  }
}
