/// How far a later send has the bytes that a stream was left with.
struct StreamComparison {
  /// Bytes that are the same, one behind the other from the first one on.
  var same: UInt64 = 0
  /// True where others stand behind these; false where they are not known.
  var differs = false
}

extension StreamRest {
  /// Compares what is left with what a send has, wherever either has its messages end: so many
  /// bytes at most.
  func compare(_ offer: borrowing Offer, upTo limit: UInt64) -> StreamComparison {
    var comparison = StreamComparison()
    var cursor = offer.stream
    var (number, offset) = (message, taken)
    while comparison.same < limit, let mine = message(number) {
      guard offset < mine.length else {
        (number, offset) = (number + 1, 0)
        continue
      }
      guard let theirs = cursor.place else { break }
      let place = mine.place(at: offset)
      let length = min(place.length, theirs.length, limit - comparison.same)
      let count = min(place.bytes.count, theirs.bytes.count, Int(clamping: length))
      guard place.bytes.prefix(count) == theirs.bytes.prefix(count) else {
        comparison.differs = true
        break
      }
      comparison.same += UInt64(count)
      guard UInt64(count) == length, count > 0 else { break }
      _ = cursor.advance(by: length)
      offset += length
    }
    return comparison
  }

  /// True where a send has the bytes that are left; nil where too few are known of both.
  ///
  /// Within a message it is no matter of chance: whoever reads the stream gets these bytes to the
  /// end of the message, or of the send. The same holds behind others that went on with it.
  func agrees(
    _ offer: borrowing Offer, _ offered: StreamPlace, with place: StreamPlace, goesOn: Bool
  ) -> Bool? {
    let common = min(place.length, offer.bytes)
    let start = compare(offer, upTo: common)
    // Where a message begins, one with other bytes further on is another one.
    if taken == 0, start.differs { return false }
    let agreement = place.agrees(with: offered)
    guard agreement == nil else { return agreement }
    if start.same == common, common > 0, taken > 0 || goesOn { return true }
    let telling = UInt64(StreamPlace.fewestTellingBytes)
    return compare(offer, upTo: min(telling, offer.bytes)).same >= telling ? true : nil
  }
}
