import Records

// What makes it unclear whether messages were sent.
extension UnsentTail {
  /// Messages over the 1,024 whose contents were not read: a call of as many, or from where they
  /// lie, may be them. What it holds now cannot be compared, so that no more than that is said.
  mutating func takeUnread(_ offer: inout Offer) -> Relation? {
    guard hasUnreadRest, verdict.outcome == .capped, offer.errno == nil,
      offer.vector == restVector || offer.asked == fates.pendingCount
    else { return nil }
    return setUnclear(&offer)
  }

  mutating func setUnclear(_ offer: inout Offer, _ why: String? = nil) -> Relation {
    let unsent = fates.indices.filter { fates[$0] == .pending }
    for message in unsent { fates.settle(message, as: .unclear, by: offer.sequence) }
    fates.noteLeft(unsent, to: &offer)
    takers.note(offer, beginningAt: verdict.at ?? 0)
    noteDoubt(offer, why)
    return .unclear
  }

  mutating func noteDoubt(_ offer: borrowing Offer, _ why: String? = nil) {
    recognition.note(Recognition.Doubt(name: offer.name, why: why))
  }

  var whyUnclear: String {
    if let why = recognition.lookalikeWhy { return why }
    guard let doubt = recognition.doubt else { return "it could not be told" }
    return why(doubt)
      + (doubt.others == 0
        ? "" : "; so may \(doubt.others) later send\(doubt.others == 1 ? "" : "s")")
  }

  private func why(_ doubt: Recognition.Doubt) -> String {
    let name = doubt.name
    if hasUnreadRest {
      return
        "what \(name) sends may be these: messages over 1024 are not read when they are offered"
    }
    if !prints.hasContents {
      return "\(name) offers as long messages for the same destinations, and no contents were kept"
    }
    if let why = doubt.why { return "\(name) \(why)" }
    return "\(name) may have sent them: others of the call look the same, or it was not seen whole"
  }
}
