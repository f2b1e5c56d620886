/// What was lost over a whole run.
///
/// Lost is only what was seen to be left out, given up or never offered.
package struct Losses: Sendable {
  package struct Counts: Sendable, Hashable {
    /// Left unsent, and not sent later by what was looked at.
    package var dropped: UInt64 = 0
    /// Those of `dropped` that might still have been sent when they were waited for no longer.
    package var droppedSoFar: UInt64 = 0
    /// Bytes of `dropped` that never went out, as far as it is known how long the messages are: of
    /// one that a stream took in part, those that it did not take.
    package var droppedBytes: UInt64 = 0
    /// Sent, and sent again: each once.
    package var resent: UInt64 = 0
    /// Left unsent, and sent by a later call.
    package var resumed: UInt64 = 0
    /// Left unsent; what became of them is not known.
    package var unknown: UInt64 = 0
    /// Sent although the count does not say so.
    package var uncounted: UInt64 = 0

    package init() {}

    package static func += (sum: inout Self, other: Self) {
      sum.dropped &+= other.dropped
      sum.droppedSoFar &+= other.droppedSoFar
      sum.droppedBytes &+= other.droppedBytes
      sum.resent &+= other.resent
      sum.resumed &+= other.resumed
      sum.unknown &+= other.unknown
      sum.uncounted &+= other.uncounted
    }

    /// True where there is more to see in these than in others: what was lost comes first.
    package func outweigh(_ other: Self) -> Bool {
      (dropped, unknown, uncounted, resent, resumed)
        > (other.dropped, other.unknown, other.uncounted, other.resent, other.resumed)
    }
  }

  /// What one program did to one destination.
  package struct Row: Sendable {
    /// Empty for all that the table has no room for.
    package var program: String
    /// Nil where it is not known.
    package var destination: SocketAddress?
    package var counts = Counts()

    package init(program: String, destination: SocketAddress?) {
      self.program = program
      self.destination = destination
    }
  }

  /// How many calls fell short by each cause, in the order of the causes; those that did not occur
  /// are left out.
  package var causes: [(cause: Verdict.Cause, calls: UInt64)] = []
  package var total = Counts()
  /// By program and destination, those that lost most first; at the end what there is no room for.
  package var rows: [Row] = []
  /// One for each program that dropped something, or did not send it by sendmmsg where nothing else
  /// was looked at, for a bug report.
  package var sentences: [String] = []
  /// True where sends by other system calls were not looked at.
  package var isOnlySendmmsg = false

  package init() {}

  package var isEmpty: Bool { causes.isEmpty }
}
