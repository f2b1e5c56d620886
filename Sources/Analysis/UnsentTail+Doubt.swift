import Records

// What makes it unclear whether messages were sent.
extension UnsentTail {
  /// The first send that may have sent some, and how many more there are.
  struct Doubt {
    var name: String
    /// What is said of it; nil where no more is known than that it may have.
    var why: String?
    var others = 0
  }

  mutating func noteDoubt(_ offer: borrowing Offer, _ why: String? = nil) {
    if doubt == nil { doubt = Doubt(name: offer.name, why: why) } else { doubt?.others += 1 }
  }

  var whyUnclear: String {
    if let lookalikeWhy { return lookalikeWhy }
    guard let doubt else { return "it could not be told" }
    return why(doubt)
      + (doubt.others == 0
        ? "" : "; so may \(doubt.others) later send\(doubt.others == 1 ? "" : "s")")
  }

  private func why(_ doubt: Doubt) -> String {
    let name = doubt.name
    if hasUnreadRest {
      return
        "what \(name) sends may be these: messages over 1024 are not read when they are offered"
    }
    if !hasContents {
      return "\(name) offers as long messages for the same destinations, and no contents were kept"
    }
    if let why = doubt.why { return "\(name) \(why)" }
    return "\(name) may have sent them: others of the call look the same, or it was not seen whole"
  }
}
