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
    let here = tails.on(key)
    if let family = families.known(offer.pid), offer.hasEqualMessages { repeaters.insert(family) }
    for one in here where repeaters.contains(one.tail.family) {
      one.tail.isOfEqual = !one.tail.isStream
    }
    let isTry = offer.errno.map { here.noteTry(offer, $0) } ?? false
    // Newest first: a call that fell short is what a program knows best.
    loop: for (index, one) in here.enumerated().reversed() where !isTry {
      guard offer.entered >= one.tail.returned else {
        one.tail.takeConcurrent(offer)
        continue
      }
      let isShared = one.tail.noteShared(offer, at: offer.used)
      let whole = offer
      let relation =
        one.tail.isStream
        ? one.tail.takeStream(&offer, on: key, spare: &tails.spareBytes) : one.tail.take(&offer)
      switch relation {
      // What it has behind it may be what an older one left.
      case .tookUp where one.tail.isStream && offer.isSpent:
        // So may this be, which that one knows by its bytes.
        for older in here[..<index] where older.tail.isCutOff {
          _ = older.tail.takeStream(&offer, on: key, spare: &tails.spareBytes)
        }
        for older in here[..<index] where !older.tail.isCutOff {
          older.tail.noteTakenByNewer(whole, on: key, spare: &tails.spareBytes)
        }
        break loop
      case .unclear where one.tail.isStream:
        // Nor what stands behind that.
        for older in here[..<index] { _ = older.tail.setUnclear(&offer) }
        break loop
      case .tookUp, .unclear: break
      case .other where offer.sent > 0 && !one.tail.isStream:
        one.tail.noteOther(offer)
        if isShared { one.tail.shared.sends += 1 }
      case .other: break
      }
    }
    tails.noteChanged(offer, on: key, of: families.known(offer.pid))
    let left = offer.left
    found += conclude(among: here, goesOn: true) { $1.end(at: left) }
    return isTry
  }

  /// Notes a call, which may repeat what was sent before tails of its socket, and so come round.
  mutating func noteContents(
    _ call: borrowing SendCall, sent: UInt32, _ prints: [MessagePrint], known: [Bool]
  ) {
    guard let last = contents.note(call, sent: sent, prints, known: known), isWaiting,
      let socket = call.socket
    else { return }
    let entered = call.monotonic
    for one in tails.on(.inode(socket.inode))
    where one.tail.entered > last && one.tail.entered <= entered {
      one.tail.isOfRepeated = !one.tail.isStream
    }
  }
}
