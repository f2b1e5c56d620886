/// What a program did about the messages a call left unsent.
package struct FollowUp: Sendable {
  package enum How: String, Sendable, CaseIterable {
    /// Taken up again from the first unsent message.
    case resumed
    /// Some were left out.
    case skipped
    /// Messages that had been sent were sent again.
    case resentAll = "resent_all"
    /// Other data followed, or the socket was closed, or the process ended.
    case abandoned
    /// Messages over 1,024 were never offered again.
    case cappedRest = "capped_rest"
    /// We left, or the run ended, before it could be told.
    case unknown
  }

  /// For so many nanoseconds messages are waited for while nothing is sent on their socket.
  package static let longestSilence: UInt64 = 60_000_000_000
  /// So many bytes of a message are compared where not all of them were read.
  package static let comparedBytes: UInt64 = 256

  /// The sequence number of the call that fell short.
  package var of: UInt64
  /// The sequence number of the call that followed it up, where there was one.
  package var by: UInt64?
  package var how: How
  /// The indices, in the first call, that `how` is about.
  package var messages: [Int]
  package var why: String
  /// True where sends by other system calls were not looked at.
  package var isOnlySendmmsg: Bool

  /// True where no later record changes what it says: nobody is left who could send the messages,
  /// or the minute is over for which sends are compared. Else they were not sent so far.
  package var isFinal: Bool

  /// What an earlier record, which was not final, had said of the messages, and this one takes
  /// back, or says for good where it is the same.
  package var revises: How?

  /// True where messages were known again by how they begin, and not by all of their bytes.
  package var isBeginningOnly = false

  /// Those of `messages` that the record of another call counts, so that each counts once: what was
  /// sent twice before that call, or what the call that took it up fell short of.
  package var countedElsewhere: [Int] = []

  /// Those of its messages that no other record counts.
  package var counted: [Int] {
    if countedElsewhere.isEmpty { return messages }
    let others = Set(countedElsewhere)
    return messages.filter { !others.contains($0) }
  }

  /// True where it says that messages were not sent.
  package var isLoss: Bool {
    switch how {
    case .skipped, .abandoned, .cappedRest: true
    case .resumed, .resentAll, .unknown: false
    }
  }

  /// True where another system call may have sent what it says was not sent: these were not looked
  /// at. That other data followed, or later messages of the call, shows nothing of that.
  package var isUnproven: Bool { isLoss && isOnlySendmmsg }

  package init(
    of: UInt64, by: UInt64?, how: How, messages: [Int], why: String, isOnlySendmmsg: Bool = false,
    isFinal: Bool = true
  ) {
    self.of = of
    self.by = by
    self.how = how
    self.messages = messages
    self.why = why
    self.isOnlySendmmsg = isOnlySendmmsg
    self.isFinal = isFinal
  }
}
