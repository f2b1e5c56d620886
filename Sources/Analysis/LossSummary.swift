import Records

/// Adds up what was lost over a whole run: by program and destination, and in sentences.
struct LossSummary {
  typealias Counts = Losses.Counts

  /// Why a program lost messages.
  private struct Faults {
    var messages: UInt64 = 0
    var isDatagrams = true
    /// Calls that returned a count, after which other data followed.
    var ignoredCounts: UInt64 = 0
    /// Calls that returned −1, after which other data followed.
    var ignoredFailures: UInt64 = 0
    /// Calls of which messages were left out while later ones were sent.
    var skips: UInt64 = 0
    /// Messages that were left out after they had failed once more.
    var failedAgain: UInt64 = 0
    /// Calls over 1,024 messages whose rest was not offered again.
    var capped: UInt64 = 0
    /// Calls after which nothing followed at all.
    var ends: UInt64 = 0
  }

  private var causes: [Verdict.Cause: UInt64] = [:]
  private var total = Counts()
  private var rows: [Losses.Row] = []
  private var faults: [(program: String, faults: Faults)] = []

  static let maximumRows = 64
  static let maximumPrograms = 16

  func losses(isOnlySendmmsg: Bool) -> Losses {
    var losses = Losses()
    losses.causes = Verdict.Cause.allCases.compactMap { cause in causes[cause].map { (cause, $0) } }
    losses.total = total
    losses.rows = rows
    losses.sentences = sentences
    losses.isOnlySendmmsg = isOnlySendmmsg
    return losses
  }

  /// Counts a call.
  mutating func add(_ call: SendCall, _ verdict: Verdict) {
    guard let cause = verdict.cause else { return }
    causes[cause, default: 0] += 1
    guard verdict.uncounted > 0 else { return }
    let message = verdict.at.flatMap {
      call.messages.indices.contains($0) ? call.messages[$0] : nil
    }
    count(call.comm, message?.name ?? call.socket?.peer, 1, \.uncounted)
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
      var numbers: [SocketAddress?: UInt64] = [:]
      for message in record.messages { numbers[tail.destination(of: message), default: 0] += 1 }
      for (destination, number) in numbers { count(tail.program, destination, number, kind) }
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
    let lost = records.filter { [.skipped, .abandoned, .cappedRest].contains($0.how) }
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
    fault.isDatagrams = fault.isDatagrams && !tail.isStream
    for record in lost {
      fault.messages += UInt64(record.messages.count)
      switch record.how {
      case .skipped:
        if let again = tail.tries.ofFailed, again.errno != .again {
          fault.failedAgain += UInt64(record.messages.count)
        } else {
          fault.skips += 1
        }
      case .cappedRest: fault.capped += 1
      default:
        if tail.others.count == 0 {
          fault.ends += 1
        } else if tail.verdict.outcome == .failed {
          fault.ignoredFailures += 1
        } else {
          fault.ignoredCounts += 1
        }
      }
    }
  }

  /// One sentence for each program that lost messages, to be put into a bug report as it is.
  private var sentences: [String] {
    faults.map { program, faults in
      let what = faults.isDatagrams ? "datagram" : "message"
      var why: [String] = []
      if faults.ignoredCounts > 0 {
        why.append("ignored the count of \(Self.calls(faults.ignoredCounts, "partial "))")
      }
      if faults.ignoredFailures > 0 {
        why.append("did not try again after \(Self.calls(faults.ignoredFailures, "failed "))")
      }
      if faults.skips > 0 {
        why.append("went on behind what \(Self.calls(faults.skips, "")) could not send")
      }
      if faults.failedAgain > 0 {
        why.append("left out \(faults.failedAgain) that had failed again")
      }
      if faults.capped > 0 {
        why.append(
          "did not offer what \(Self.calls(faults.capped, "")) had over the 1024 that one takes")
      }
      if faults.ends > 0 {
        why.append("ended with the rest of \(Self.calls(faults.ends, "")) unsent")
      }
      let number = faults.messages == 1 ? "1 \(what)" : "\(faults.messages) \(what)s"
      return "\(program) dropped \(number): it \(why.joined(separator: "; it "))"
    }
  }

  private static func calls(_ number: UInt64, _ kind: String) -> String {
    number == 1 ? "1 \(kind)call" : "\(number) \(kind)calls"
  }
}
