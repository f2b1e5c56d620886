import Records

extension LossSummary {
  /// What a program did wrong with a call of which messages were lost.
  enum Blame: CaseIterable {
    /// Other data followed the call, which returned a count.
    case ignoredCount
    /// Other data followed the call, of whose last message only a part was taken.
    case ignoredLength
    /// The call returned a count, and nothing followed at all.
    case countAtEnd
    /// Other data followed the call, which returned −1.
    case ignoredFailure
    /// The call returned −1, and nothing followed at all.
    case failureAtEnd
    /// Messages were left out while later ones were sent, or were the last of their call.
    case skip
    /// Messages were left out after they had failed once more.
    case failedAgain
    /// The rest over 1,024 messages was not offered again.
    case capped
    /// Of that rest, messages were left out while later ones were sent.
    case cappedSkip
    /// The call was refused as such, and nothing followed.
    case refused
    /// The rest was offered again, and none of it went out.
    case triedInVain
    /// Nothing followed the call, since the program was killed.
    case killed
  }

  /// Why a program lost messages.
  struct Faults {
    /// Messages, and the datagrams that the kernel would have made of them.
    struct Amount: Equatable {
      var messages: UInt64 = 0
      var datagrams: UInt64 = 0

      mutating func add(messages: Int, datagrams: Int) {
        self.messages += UInt64(messages)
        self.datagrams += UInt64(datagrams)
      }

      mutating func subtract(messages: Int, datagrams: Int) {
        self.messages -= min(UInt64(messages), self.messages)
        self.datagrams -= min(UInt64(datagrams), self.datagrams)
      }
    }

    /// What one record says, or several that take one back.
    struct Loss {
      var blame: Blame
      var messages: Int
      var datagrams: Int
      var heldBack = 0
      /// How often the rest was offered again.
      var tries = 0
      var killer: String?
      /// False where its call is still counted for others.
      var isWhole = true
      var isFinal: Bool

      init(_ blame: Blame, messages: [Int], isFinal: Bool) {
        self.blame = blame
        self.messages = messages.count
        datagrams = messages.count
        self.isFinal = isFinal
      }
    }

    var lost = Amount()
    /// How many of these may still have been sent when they were waited for no longer.
    var lostSoFar = Amount()
    var isDatagrams = true
    /// Messages that were counted, and dropped with what they were held back for.
    var heldBack: UInt64 = 0
    /// Messages of which it is not known what became of them.
    var unknown = Amount()
    /// Those of them that were forgotten since there were too many.
    var forgotten: UInt64 = 0
    /// Calls with more messages than are followed, of which the last that is was not taken up.
    var beyond: UInt64 = 0
    /// How often what was lost had been offered again.
    var tries: UInt64 = 0
    /// What killed the program, each way once.
    var killers: Set<String> = []
    /// How many calls there were of each, but messages where they had failed again.
    var counts: [Blame: UInt64] = [:]

    /// Of a loss so far so many datagrams are left; where it is final these will not be sent.
    mutating func settle(_ loss: Loss, unsent: Int) {
      let sent = loss.datagrams - min(unsent, loss.datagrams)
      lost.subtract(messages: 0, datagrams: sent)
      lostSoFar.subtract(
        messages: loss.isFinal ? loss.messages : 0,
        datagrams: loss.isFinal ? loss.datagrams : sent)
    }

    /// Counts one record of a loss, or takes it back.
    mutating func add(_ loss: Loss, isTakenBack: Bool = false) {
      func change(_ count: inout UInt64, _ number: Int) {
        if isTakenBack { count -= min(UInt64(number), count) } else { count += UInt64(number) }
      }
      func change(_ amount: inout Amount) {
        if isTakenBack {
          amount.subtract(messages: loss.messages, datagrams: loss.datagrams)
        } else {
          amount.add(messages: loss.messages, datagrams: loss.datagrams)
        }
      }
      change(&lost)
      if isTakenBack || !loss.isFinal { change(&lostSoFar) }
      change(&heldBack, loss.heldBack)
      guard loss.heldBack < loss.messages else { return }
      if loss.blame == .failedAgain {
        change(&counts[loss.blame, default: 0], loss.messages)
      } else if loss.isWhole {
        change(&counts[loss.blame, default: 0], 1)
        if loss.blame == .triedInVain { change(&tries, loss.tries) }
        if loss.blame == .killed, let killer = loss.killer { killers.insert(killer) }
      }
    }
  }
}

extension UnsentTail {
  /// True where it has messages that are in no number.
  var hasUntoldRest: Bool { hasMore && !fates.isTakenUp(fates.count - 1) }

  /// False where a message is none: it was held back to be a part of one, or is of a stream.
  var isOfDatagrams: Bool { !isStream && !hasNoSocket && droppedHeldBack.isEmpty }

  /// How many of these were counted, and dropped with what they were held back for.
  func heldBackCount(of messages: [Int]) -> Int {
    messages.count { droppedHeldBack.contains($0) }
  }

  /// True where only the last message was left: who goes on behind it need not have ignored the
  /// count, since that is all that one does who leaves out what fails.
  private var isOnlyLastLeft: Bool { !hasMore && fates.dropLast().allSatisfy { $0 == .sent } }

  /// What is to blame for messages that were lost.
  func blame(_ record: FollowUp) -> LossSummary.Blame {
    let tried = record.messages.count { tries.messages.contains($0) }
    switch record.how {
    case .skipped:
      let isOfFailed = verdict.at.map { fates.indices.contains($0) && fates[$0] == .pending }
      if verdict.cause == .shortMessage, isOfFailed == true { return .ignoredLength }
      if tries.ofFailed != nil, isOfFailed == true { return .failedAgain }
      return verdict.outcome == .capped ? .cappedSkip : .skip
    case .cappedRest: return .capped
    default:
      if tried > 0, tried == record.messages.count { return .triedInVain }
      // The count was heeded, and no more was tried.
      if tried > 0, others.count > 0 { return .skip }
      switch (verdict.outcome == .failed, others.count == 0) {
      case (_, true) where killer != nil: return .killed
      case (_, true) where verdict.cause == .callError: return .refused
      case (true, true): return .failureAtEnd
      case (true, false): return .ignoredFailure
      case (false, true): return .countAtEnd
      case (false, false) where verdict.outcome == .short: return .ignoredLength
      case (false, false): return isOnlyLastLeft ? .skip : .ignoredCount
      }
    }
  }
}
