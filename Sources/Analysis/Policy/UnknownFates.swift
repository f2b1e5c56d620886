/// Messages of which it is not known what became of them, by why that is so.
struct UnknownFates {
  enum Doubt: CaseIterable {
    /// It could not be told.
    case untold
    /// Another system call than sendmmsg may have sent them, which was not looked at.
    case unproven
    /// They were not sent for as long as they were waited for, but may have been later, or by a
    /// send that could not be compared.
    case soFar
  }

  private var counts: [Doubt: UInt64] = [:]
  /// Those of calls that never returned, which may have been sent.
  private(set) var ofUnfinished: UInt64 = 0

  subscript(doubt: Doubt) -> UInt64 { counts[doubt] ?? 0 }

  /// Those that may be lost.
  var maybeLost: UInt64 { Doubt.allCases.reduce(0) { $0 &+ self[$1] } }
  /// Those that may have been sent twice: not what was not sent once, as far as was seen.
  var maybeTwice: UInt64 { self[.untold] &+ self[.unproven] }

  mutating func add(_ number: UInt64, _ doubt: Doubt, isUnfinished: Bool) {
    counts[doubt, default: 0] &+= number
    if isUnfinished { ofUnfinished &+= number }
  }

  /// Takes back what had been added.
  mutating func takeBack(_ number: UInt64, _ doubt: Doubt, isUnfinished: Bool) {
    counts[doubt, default: 0] -= min(number, self[doubt])
    if isUnfinished { ofUnfinished -= min(number, ofUnfinished) }
  }
}
