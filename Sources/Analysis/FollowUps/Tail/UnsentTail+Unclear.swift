import Records

// What makes it unclear whether messages were sent.
extension UnsentTail {
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
