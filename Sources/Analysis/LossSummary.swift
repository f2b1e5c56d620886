import Records

/// Adds up what was lost over a whole run: by program and destination, and in sentences.
struct LossSummary {
  typealias Counts = Losses.Counts

  /// Why a program lost messages.
  fileprivate struct Faults {
    var messages: UInt64 = 0
    /// How many of these may still have been sent when they were waited for no longer.
    var messagesSoFar: UInt64 = 0
    var isDatagrams = true
    /// Calls that returned a count, after which other data followed.
    var ignoredCounts: UInt64 = 0
    /// Calls that returned a count, after which nothing followed at all.
    var countsAtEnd: UInt64 = 0
    /// Calls that returned −1, after which other data followed.
    var ignoredFailures: UInt64 = 0
    /// Calls that returned −1, after which nothing followed at all.
    var failuresAtEnd: UInt64 = 0
    /// Calls of which messages were left out while later ones were sent.
    var skips: UInt64 = 0
    /// Messages that were left out after they had failed once more.
    var failedAgain: UInt64 = 0
    /// Messages that were counted, and dropped with what they were held back for.
    var heldBack: UInt64 = 0
    /// Calls over 1,024 messages whose rest was not offered again.
    var capped: UInt64 = 0
    /// Calls that were refused as such, after which nothing followed.
    var refused: UInt64 = 0
  }

  private var total = Counts()
  private var rows: [Losses.Row] = []
  private var faults: [(program: String, faults: Faults)] = []

  static let maximumRows = 64
  static let maximumPrograms = 16

  /// `totals` are those of the same calls.
  func losses(_ totals: TraceTotals, isOnlySendmmsg: Bool) -> Losses {
    var losses = Losses()
    losses.causes = totals.causeCounts
    losses.total = total
    losses.rows = rows
    losses.sentences = sentences(isOnlySendmmsg: isOnlySendmmsg)
    losses.isOnlySendmmsg = isOnlySendmmsg
    return losses
  }

  /// Counts what a call sent without counting it.
  mutating func add(_ call: SendCall, _ verdict: Verdict, of program: String) {
    guard verdict.uncounted > 0 else { return }
    let message = verdict.at.flatMap {
      call.messages.indices.contains($0) ? call.messages[$0] : nil
    }
    count(program, message?.destination(on: call.socket), 1, \.uncounted)
  }

  /// Counts pieces of one datagram of which it cannot be told whether it went out.
  mutating func add(
    _ followUp: FollowUp, of program: String, to destination: SocketAddress?
  ) {
    count(program, destination, UInt64(followUp.messages.count), \.unknown)
  }

  /// Counts what was found out about a tail.
  mutating func add(_ records: [FollowUp], of tail: UnsentTail) {
    for record in records {
      let kind: WritableKeyPath<Counts, UInt64> =
        switch record.how {
        case .resumed: \.resumed
        case .resentAll: \.resent
        case .skipped, .abandoned, .cappedRest: \.dropped
        case .unknown: \.unknown
        }
      let byDestination = Dictionary(grouping: record.messages) { tail.destination(of: $0) }
      for (destination, messages) in byDestination {
        let number = UInt64(messages.count)
        count(tail.program, destination, number, kind)
        guard record.isLoss else { continue }
        count(tail.program, destination, tail.bytesUnsent(of: messages), \.droppedBytes)
        if !record.isFinal { count(tail.program, destination, number, \.droppedSoFar) }
      }
    }
    addFaults(records, of: tail)
  }

  private mutating func count(
    _ program: String, _ destination: SocketAddress?, _ number: UInt64,
    _ kind: WritableKeyPath<Counts, UInt64>
  ) {
    total[keyPath: kind] += number
    var index = rows.firstIndex { $0.program == program && $0.destination == destination }
    if index == nil, rows.count >= Self.maximumRows - 1 {
      index = rows.firstIndex { $0.program.isEmpty }
      if index == nil { rows.append(Losses.Row(program: "", destination: nil)) }
    } else if index == nil {
      rows.append(Losses.Row(program: program, destination: destination))
    }
    rows[index ?? rows.count - 1].counts[keyPath: kind] += number
  }

  private mutating func addFaults(_ records: [FollowUp], of tail: UnsentTail) {
    let lost = records.filter(\.isLoss)
    guard !lost.isEmpty else { return }
    var index = faults.firstIndex { $0.program == tail.program }
    if index == nil {
      guard faults.count < Self.maximumPrograms else { return }
      faults.append((tail.program, Faults()))
      index = faults.count - 1
    }
    guard let index else { return }
    var fault = faults[index].faults
    defer { faults[index].faults = fault }
    fault.isDatagrams = fault.isDatagrams && !tail.isStream && !tail.hasNoSocket
    for record in lost {
      fault.messages += UInt64(record.messages.count)
      if !record.isFinal { fault.messagesSoFar += UInt64(record.messages.count) }
      let heldBack = record.messages.count { tail.droppedHeldBack.contains($0) }
      fault.heldBack += UInt64(heldBack)
      if heldBack == record.messages.count { continue }
      switch record.how {
      case .skipped:
        if let again = tail.tries.ofFailed, again.errno != .again {
          fault.failedAgain += UInt64(record.messages.count)
        } else {
          fault.skips += 1
        }
      case .cappedRest: fault.capped += 1
      default:
        switch (tail.verdict.outcome == .failed, tail.others.count == 0) {
        case (_, true) where tail.verdict.cause == .callError: fault.refused += 1
        case (true, true): fault.failuresAtEnd += 1
        case (true, false): fault.ignoredFailures += 1
        case (false, true): fault.countsAtEnd += 1
        case (false, false): fault.ignoredCounts += 1
        }
      }
    }
  }

  /// One sentence for each program that lost messages, to be put into a bug report as it is: it
  /// says no more than was seen.
  private func sentences(isOnlySendmmsg: Bool) -> [String] {
    faults.map { program, faults in
      let seen = isOnlySendmmsg ? "sendmmsg" : "sendmmsg, sendmsg, sendto, write and writev"
      return "\(program) \(faults.loss): it \(faults.reasons.joined(separator: "; it "))"
        + " (sends by other calls than \(seen) were not looked at)"
    }
  }
}

extension LossSummary.Faults {
  /// `dropped 5 datagrams`, where nobody is left to send them.
  fileprivate var loss: String {
    let what = isDatagrams ? "datagram" : "message"
    let number = messages == 1 ? "1 \(what)" : "\(messages) \(what)s"
    if messagesSoFar == 0 { return "dropped \(number)" }
    if messagesSoFar == messages { return "had not sent \(number) as far as was seen" }
    return "dropped \(number), \(messagesSoFar) of them as far as was seen"
  }

  fileprivate var reasons: [String] {
    var why: [String] = []
    if ignoredCounts > 0 {
      let last = countsAtEnd > 0 ? ", after \(countsAtEnd) of which nothing followed" : ""
      why.append("ignored the count of \(calls(ignoredCounts + countsAtEnd, "partial "))\(last)")
    }
    if ignoredFailures > 0 {
      why.append("did not try again after \(calls(ignoredFailures + failuresAtEnd, "failed "))")
    }
    if skips > 0 { why.append("went on behind what \(calls(skips, "")) could not send") }
    if failedAgain > 0 { why.append("left out \(failedAgain) that had failed again") }
    if heldBack > 0 {
      why.append(
        "lost \(heldBack) that \(heldBack == 1 ? "was" : "were") counted, held back by MSG_MORE or"
          + " UDP_CORK, with a later one that failed")
    }
    if capped > 0 {
      why.append("did not offer what \(calls(capped, "")) had over the 1024 that one takes")
    }
    if refused > 0 { why.append("left all of \(calls(refused, "refused ")) unsent") }
    let ends =
      (ignoredCounts > 0 ? 0 : countsAtEnd) + (ignoredFailures > 0 ? 0 : failuresAtEnd)
    if ends > 0 { why.append("ended with the rest of \(calls(ends, "")) unsent") }
    return why
  }

  private func calls(_ number: UInt64, _ kind: String) -> String {
    number == 1 ? "1 \(kind)call" : "\(number) \(kind)calls"
  }
}
