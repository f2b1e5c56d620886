import Records

// Sends that failed, and offered nothing but what was left unsent: they are no calls of their own.
extension UnsentTail {
  struct Tries {
    var count = 0
    var first: UInt64?
    var errnos: Set<Errno> = []
    /// What a retry that began with the message that had failed came to.
    var ofFailed: (name: String, errno: Errno)?
    /// Messages that such sends offered.
    var messages: Set<Int> = []
    /// Messages that such a send began with, and which failed therefore.
    var heads: Set<Int> = []

    static let mostHeads = 1024
  }

  /// What a send that failed has of the tail.
  struct Try {
    /// The message that it begins with; nil where it begins with another.
    var head: Int?
    /// All that it has of it.
    var messages: [Int]

    init(head: Int?, _ messages: [Int]) { (self.head, self.messages) = (head, messages) }

    /// By what it was found to offer.
    init(_ match: Match) {
      messages = match.unsent
      let first = match.pending.min { $0.position < $1.position }
      head = first?.position == 0 ? first?.message : nil
    }
  }

  /// Takes off a send what it has of the tail; nil where it has nothing.
  func takeTry(_ offer: inout Offer) -> Try? {
    if isCutOff { return nil }
    guard isStream, let start = offer.start, let (rest, continuation) = place(of: offer, start)
    else { return takeWhole(&offer) }
    var (place, head) = (rest, Int?.some(rest.message))
    switch continuation {
    case .rest: break
    // Nothing of it was sent again: whether that will be, the next send tells.
    case .within(let first, let bytes, _):
      offer.advance(by: min(bytes, offer.bytes))
      if first < rest.message { head = nil }
    case .again(let first, let bytes, _) where rest.taken > 0:
      offer.advance(by: min(bytes, offer.bytes))
      if first < rest.message { head = nil }
    // It tried what is behind that: what was cut may still go on.
    case .next where rest.taken > 0:
      place.skip()
      head = place.message
    case .again, .next, .other, .unknown: return rest.taken == 0 ? takeWhole(&offer) : nil
    }
    let first = place.message
    if place.follow(&offer, { _, _ in }).hasOther { return nil }
    return Try(head: head, Array(first..<place.message + (place.taken > 0 ? 1 : 0)))
  }

  /// By their contents.
  private func takeWhole(_ offer: inout Offer) -> Try? {
    var match = matched(with: offer)
    match.possible = []
    if beginsAnew(match) { return nil }
    if !isTriedAtPace, isNextPeriod(offer), !goesOnFromCount(match) { return nil }
    guard !(match.unsent.isEmpty || match.hasOtherDatagrams) else { return nil }
    offer.used = match.isUsed
    offer.passUsed()
    return Try(match)
  }

  /// A call on another socket that failed has messages of it beside others: they are its matter.
  mutating func handOver(_ match: Match, to offer: inout Offer) {
    _ = apply(match, offer)
    fates.noteLeft(match.unsent, to: &offer)
    elsewhere.tookUp = true
  }

  mutating func noteTry(_ offer: borrowing Offer, _ errno: Errno, _ try: Try) {
    tries.count += 1
    tries.messages.formUnion(`try`.messages)
    if tries.first == nil { tries.first = offer.sequence }
    if tries.errnos.count < 4 { tries.errnos.insert(errno) }
    guard let head = `try`.head else { return }
    if head == verdict.at { tries.ofFailed = (offer.name, errno) }
    if tries.heads.count < Tries.mostHeads { tries.heads.insert(head) }
  }
}

extension [WaitingTail] {
  /// Notes a send that failed where it offered what these have left unsent and nothing else; true
  /// then, and for all that another system call failed to send, which leaves no tail of its own.
  func noteTry(_ offer: borrowing Offer, _ errno: Errno) -> Bool {
    var left = copy offer
    var found: [(one: WaitingTail, try: UnsentTail.Try)] = []
    for one in reversed() where offer.entered >= one.tail.returned && !left.isSpent {
      if let `try` = one.tail.takeTry(&left) { found.append((one, `try`)) }
    }
    let isOther = offer.sequence == nil
    guard left.isSpent && !found.isEmpty || isOther else { return false }
    for (one, `try`) in found { one.tail.noteTry(offer, errno, `try`) }
    return true
  }
}
