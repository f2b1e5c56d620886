import Records

// How each message of a tail has fared in the end.
extension UnsentTail {
  /// Unsent messages of which nobody can say that it is they that were left out, since others look
  /// the same as far as they were kept, and were taken up.
  var interchangeable: Set<Int> {
    var found: Set<Int> = []
    if isStream { return [] }
    prints.exact.forEachShared(with: prints.exact) { alike, _ in
      let messages = alike.map(\.position)
      guard messages.count > 1, messages.contains(where: { recognition.unsure.contains($0) })
      else { return }
      found.formUnion(messages.filter { fates[$0] == .pending })
    }
    return found
  }

  /// How the messages of a tail have fared.
  struct Groups {
    var again: [Int] = []
    var againBy: UInt64?
    var resumed: [Int] = []
    var resumedBy: UInt64?
    /// How many of these the sends that took them up fell short of.
    var movedCount = 0
    var skipped: [Int] = []
    var skippedBy: UInt64?
    var abandoned: [Int] = []
    var beyondCap: [Int] = []
    var unclear: [Int] = []
    /// Went out, and nobody knows how much of it.
    var partly: [Int] = []
    /// The same went out on another socket.
    var elsewhere: [Int] = []
    /// The same went out, and other calls had left it as well.
    var shared: [Int] = []
    /// The same went to another destination.
    var redirected: [Int] = []
    /// The same went out with other control messages, or was short and went elsewhere.
    var almostSame: [Int] = []
    /// Its bytes went out joined or cut otherwise.
    var otherRuns: [Int] = []
    /// Bytes that only these have went out in other messages.
    var changed: [Int] = []
    /// As many of the same lengths followed.
    var rebuilt: [Int] = []
    /// The same had gone out shortly before.
    var copies: [Int] = []
    var untold: [Int] = []

    init() {}

    init(_ tail: UnsentTail, _ end: End) {
      let lastTaken = tail.fates.lastIndex { $0 == .taken || $0 == .moved }
      // What followed a call over 1,024 may be any of its rest, whose contents were not read.
      let mayHavePassed = tail.hasUnreadRest && tail.others.messages > 0
      let interchangeable = tail.fates.pendingCount > 0 ? tail.interchangeable : []
      let maybeShared = tail.fates.pendingCount > 0 ? tail.maybeShared : []
      let inOtherRuns = tail.inOtherRuns
      let maybeChanged = tail.maybeChanged
      let maybeRebuilt = end.isConclusive ? tail.maybeRebuilt?.messages ?? [] : []
      for (message, fate) in tail.fates.enumerated() {
        switch fate {
        case .sent: continue
        case .uncounted:
          if tail.partlyUncounted == message, !tail.fates.isSentAgain(message) {
            partly.append(message)
          }
        case .taken, .moved:
          addResumed(message, of: tail)
        case .unclear:
          unclear.append(message)
        case .pending:
          if tail.perhapsWhole == message {
            partly.append(message)
          } else if tail.elsewhere.candidates.contains(message) {
            elsewhere.append(message)
          } else if tail.elsewhere.redirected.candidates.contains(message) {
            redirected.append(message)
          } else if maybeShared.contains(message) {
            shared.append(message)
          } else if tail.almostSame.candidates.contains(message) {
            almostSame.append(message)
          } else if inOtherRuns.contains(message) {
            otherRuns.append(message)
          } else if maybeRebuilt.contains(message) {
            rebuilt.append(message)
          } else if maybeChanged[message] != nil {
            changed.append(message)
          } else if tail.copies?.messages.contains(message) == true {
            copies.append(message)
          } else if !end.isConclusive || mayHavePassed || interchangeable.contains(message)
            || tail.elsewhere.unseenRest != nil
          {
            untold.append(message)
          } else if let lastTaken, message < lastTaken {
            skipped.append(message)
          } else if message >= SendArguments.maximumEntries, tail.verdict.outcome == .capped {
            beyondCap.append(message)
          } else if tail.others.count > 0 || end.isGone {
            abandoned.append(message)
          } else {
            untold.append(message)
          }
        }
      }
      // A message of a stream can take many sends, of which the last one settles it.
      if tail.isStream, !resumed.isEmpty { resumedBy = tail.takers.firstCall ?? resumedBy }
      if let first = skipped.first {
        for message in tail.fates.indices.dropFirst(first + 1)
        where tail.fates[message] == .taken || tail.fates[message] == .moved {
          skippedBy = Self.first(skippedBy, tail.fates.takenBy[message])
        }
      }
      noteAgain(tail)
    }

    /// Sending again is told of only where unsent messages were taken up as well, or went out
    /// uncounted: a program may have reasons of its own to send the same twice.
    private mutating func noteAgain(_ tail: UnsentTail) {
      let isRetry = !resumed.isEmpty
      for (message, call) in tail.fates.resentBy.enumerated() where call != 0 {
        guard isRetry || tail.fates[message] == .uncounted else { continue }
        addAgain(message, by: call)
      }
    }

    mutating func addAgain(_ message: Int, by call: UInt64) {
      again.append(message)
      againBy = Self.first(againBy, call)
    }

    /// A message that a later send took up.
    mutating func addResumed(_ message: Int, of tail: UnsentTail) {
      resumed.append(message)
      if tail.fates[message] == .moved { movedCount += 1 }
      resumedBy = Self.first(resumedBy, tail.fates.takenBy[message])
    }

    private static func first(_ one: UInt64?, _ other: UInt64) -> UInt64? {
      other == 0 || other == .max ? one : min(one ?? other, other)
    }
  }
}
