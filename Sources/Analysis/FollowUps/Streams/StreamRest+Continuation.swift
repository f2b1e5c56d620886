import Records

// Where in a call a later send begins: at the byte where the stream stopped, at another place of it,
// or with other data.
extension StreamRest {
  /// What a later send begins with.
  enum Continuation {
    /// The first byte that was not taken.
    case rest(String)
    /// The message that was cut, or the whole call, from its start: so many bytes of it were taken.
    case again(from: Int, bytes: UInt64, String)
    /// Another byte of what was taken, in that message, so many before the end of it.
    case within(Int, bytes: UInt64, String)
    /// The message behind the one that was cut.
    case next
    case other
    case unknown(String)

    var isRest: Bool { if case .rest = self { true } else { false } }
  }

  /// `goesOn` is true where others have taken some of it up already.
  func continuation(_ offer: borrowing Offer, _ offered: StreamPlace, goesOn: Bool) -> Continuation
  {
    guard let current = message(message) else { return .other }
    let place = current.place(at: taken)
    let sameAddress = offered.address != nil && offered.address == place.address
    switch agrees(offer, offered, with: place, goesOn: goesOn) {
    case true? where sameAddress: return .rest("begins with the byte where it stopped")
    case true?: return similar(offer, offered, place)
    case false?:
      return elsewhere(offered) ?? joined(offered) ?? within(offer, place)
        ?? displaced(offered, in: current) ?? .other
    case nil where sameAddress: return .rest("begins where the rest lies in memory")
    case nil:
      if let other = elsewhere(offered) ?? displaced(offered, in: current) { return other }
      return .unknown(Self.notKept)
    }
  }

  private static let notKept = "begins with bytes of which too few were kept to compare them"

  /// Its bytes are those of the rest; they may be those of the start too.
  private func similar(
    _ offer: borrowing Offer, _ offered: StreamPlace, _ place: StreamPlace
  ) -> Continuation {
    // Messages begin alike: where one begins, all of its bytes have to be the same.
    if taken == 0 {
      let common = min(place.length, offer.bytes)
      if compare(offer, upTo: common).same < common { return .unknown(Self.notKept) }
    }
    if message == 0, taken == 0 { return .rest("begins with the same bytes") }
    let looksLikeStart =
      taken > 0 && message(message)?.place(at: 0).agrees(with: offered) == true
      || message > 0 && beginning.place(at: 0).agrees(with: offered) == true
    guard looksLikeStart else { return .rest("begins with the bytes that were left") }
    if let other = elsewhere(offered, byAddress: true) { return other }
    return taken > 0 && offered.length == place.length
      ? .rest("offers as many bytes as were left") : .unknown(Self.notKept)
  }

  /// Another place of the call that it begins at: by where that lies in memory or, unless places
  /// alike would make that a guess, by its contents.
  private func elsewhere(_ offered: StreamPlace, byAddress: Bool = false) -> Continuation? {
    let places = self.places
    let similar = places.filter {
      $0.place.agrees(with: offered) != false && $0.place.length == offered.length
    }
    if let same = similar.first(where: { $0.place.address == offered.address }) {
      return same.continuation
    }
    if byAddress { return nil }
    let alike = similar.filter { $0.place.agrees(with: offered) == true }
    return alike.count > 1 ? .unknown(Self.notKept) : alike.first?.continuation
  }

  private var places: [(place: StreamPlace, continuation: Continuation)] {
    var places: [(place: StreamPlace, continuation: Continuation)] = []
    if taken > 0, let start = message(message)?.place(at: 0) {
      let how = "offers message \(message) from its start"
      places.append((start, .again(from: message, bytes: taken, how)))
    }
    if let next = message(message + 1)?.place(at: 0) { places.append((next, .next)) }
    if message > 0 {
      let again = Continuation.again(
        from: 0, bytes: bytesTaken(from: 0), "begins with message 0")
      places.append((beginning.place(at: 0), again))
    }
    return places
  }

  /// Another place of the call, which it sends joined with what stands behind: no other place may
  /// begin like it.
  private func joined(_ offered: StreamPlace) -> Continuation? {
    let alike = places.filter { $0.place.agrees(with: offered) == true }
    guard alike.count == 1, let (place, continuation) = alike.first,
      offered.length > place.length,
      UInt64(min(place.bytes.count, offered.bytes.count)) >= place.length,
      // Fewer different ones are like others by chance.
      Set(place.bytes.prefix(offered.bytes.count)).count >= StreamPlace.fewestTellingBytes
    else { return nil }
    return continuation
  }

  /// Another byte of what the call sent, from where on all is sent again: who takes the count for
  /// bytes goes on from there. What follows shows that it is no other data that begins like it.
  private func within(_ offer: borrowing Offer, _ place: StreamPlace) -> Continuation? {
    switch sent.place(of: offer.stream, upTo: offer.bytes, before: place.bytes) {
    case .at(let message, let bytes):
      .within(message, bytes: bytes, "begins \(bytes) bytes before the one where it stopped")
    case .unclear: .unknown("begins with bytes that were sent more than once")
    case nil: nil
    }
  }

  /// Somewhere in the memory of the message that was cut, where nothing tells that the program has
  /// put other data there: it may leave bytes out, or send some twice.
  private func displaced(_ offered: StreamPlace, in current: StreamMessage) -> Continuation? {
    guard taken > 0, let address = offered.address, let offset = current.offset(of: address),
      offset != taken, current.place(at: offset).agrees(with: offered) != false
    else { return nil }
    let distance = offset < taken ? taken - offset : offset - taken
    if offset < taken, distance < UInt64(offered.bytes.count) {
      // It reaches to bytes that are known.
      var reached = offered
      reached.bytes.removeFirst(Int(distance))
      if current.place(at: taken).agrees(with: reached) == false { return nil }
    }
    let bytes = distance == 1 ? "1 byte" : "\(distance) bytes"
    return .unknown(
      offset < taken
        ? "begins \(bytes) before the one where it stopped"
        : "begins \(bytes) behind the one where it stopped")
  }
}
