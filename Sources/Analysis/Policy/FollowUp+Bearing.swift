import Records

extension FollowUp {
  /// What a record shows of its messages to whoever judges a program by it.
  enum Bearing: Hashable {
    /// Nothing that a rule could be broken by.
    case harmless
    case lost
    case sentTwice
    case open(UnknownFates.Doubt)
  }

  /// `isElsewhere` is true where what followed is on another socket than the call that fell short.
  func bearing(isElsewhere: Bool) -> Bearing {
    switch how {
    // That all went out was seen, whatever else may come.
    case .resumed: .harmless
    case .unknown: .open(.untold)
    case .skipped, .abandoned, .cappedRest: doubt.map { .open($0) } ?? .lost
    // A batch that is made again on another socket is a new attempt where what the first had left
    // may have been sent there before, by another system call.
    case .resentAll: isOnlySendmmsg && isElsewhere ? .open(.unproven) : .sentTwice
    }
  }

  /// What it leaves open where it says that messages were not sent; nil for nothing.
  private var doubt: UnknownFates.Doubt? {
    if isUnproven { return .unproven }
    return isFinal ? nil : .soFar
  }

  /// What the record that this one takes back had left open: it was not final.
  var revisedDoubt: UnknownFates.Doubt { isOnlySendmmsg ? .unproven : .soFar }
}
