import Records

/// Adds up what was lost over a whole run: by program and destination, and in sentences.
struct LossSummary {
  typealias Counts = Losses.Counts

  private var total = Counts()
  private var rows: [Losses.Row] = []
  private var faults: [(program: String, faults: Faults)] = []
  /// Of the programs that have no sentence of their own, and their names.
  private var faultsOfOthers = Faults()
  private var others: Set<String> = []

  static let maximumRows = 64
  static let maximumPrograms = 16
  /// Further programs that are told apart.
  static let maximumOthers = 1024

  /// `totals` are those of the same calls.
  func losses(_ totals: TraceTotals, isOnlySendmmsg: Bool) -> Losses {
    var losses = Losses()
    losses.causes = totals.causeCounts
    losses.total = total
    losses.rows =
      rows.filter { !$0.program.isEmpty }.sorted { $0.counts.outweigh($1.counts) }
      + rows.filter { $0.program.isEmpty }
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
    let number = followUp.messages.count
    count(program, destination, UInt64(number), \.unknown)
    change(faultsOf: program) { $0.unknown.add(messages: number, datagrams: number) }
  }

  /// Counts what was found out about a tail, which ended like that.
  mutating func add(_ records: [FollowUp], of tail: UnsentTail, _ end: UnsentTail.End) {
    for record in records {
      let byDestination = Dictionary(grouping: record.messages) { tail.prints.destination(of: $0) }
      let counted = Set(record.counted)
      for (destination, messages) in byDestination {
        func change(_ number: UInt64, _ kind: WritableKeyPath<Counts, UInt64>, by change: Change) {
          count(tail.program, destination, number, kind, change)
        }
        let number = UInt64(messages.count)
        if record.revises != nil {
          change(number, \.dropped, by: .less)
          change(number, \.droppedSoFar, by: .less)
          change(tail.bytesTold(of: messages), \.droppedBytes, by: .less)
        }
        change(UInt64(messages.count(where: counted.contains)), record.how.kind, by: .more)
        guard record.isLoss else { continue }
        change(tail.bytesUnsent(of: messages), \.droppedBytes, by: .more)
        if !record.isFinal { change(number, \.droppedSoFar, by: .more) }
      }
    }
    let isForgotten = if case .forgotten = end { true } else { false }
    addFaults(records, of: tail, isForgotten)
    if tail.told != nil { settle(tail, but: records, isFinal: tail.isFinal(at: end)) }
  }

  /// What was said of a tail not to be sent so far is waited for no longer, all but what these
  /// records take back: what went out since of messages that were not sent as a whole is not lost,
  /// and where it `isFinal` nobody is left who could send the rest.
  private mutating func settle(_ tail: UnsentTail, but records: [FollowUp], isFinal: Bool) {
    let revised = Set(records.filter { $0.revises != nil }.flatMap(\.messages))
    for told in tail.told?.lost ?? [] {
      let left = told.messages.filter { !revised.contains($0) }
      for (destination, messages) in Dictionary(grouping: left, by: tail.prints.destination) {
        let (before, now) = (tail.bytesTold(of: messages), tail.bytesUnsent(of: messages))
        count(tail.program, destination, before - min(now, before), \.droppedBytes, .less)
        if isFinal {
          count(tail.program, destination, UInt64(messages.count), \.droppedSoFar, .less)
        }
      }
      var loss = Faults.Loss(told.blame, messages: left, isFinal: isFinal)
      loss.datagrams = tail.datagramsTold(of: left)
      change(faultsOf: tail.program) {
        $0.settle(loss, unsent: tail.datagramsUnsent(of: left))
      }
    }
  }

  private enum Change { case more, less }

  private mutating func count(
    _ program: String, _ destination: SocketAddress?, _ number: UInt64,
    _ kind: WritableKeyPath<Counts, UInt64>, _ change: Change = .more
  ) {
    if number == 0 { return }
    var index = rows.firstIndex { $0.program == program && $0.destination == destination }
    if index == nil, rows.count >= Self.maximumRows - 1 {
      index = rows.firstIndex { $0.program.isEmpty }
      if index == nil { rows.append(Losses.Row(program: "", destination: nil)) }
    } else if index == nil {
      rows.append(Losses.Row(program: program, destination: destination))
    }
    let row = index ?? rows.count - 1
    switch change {
    case .more:
      total[keyPath: kind] += number
      rows[row].counts[keyPath: kind] += number
    case .less:
      total[keyPath: kind] -= min(number, total[keyPath: kind])
      rows[row].counts[keyPath: kind] -= min(number, rows[row].counts[keyPath: kind])
    }
  }

  private mutating func addFaults(
    _ records: [FollowUp], of tail: UnsentTail, _ isForgotten: Bool
  ) {
    if tail.hasUntoldRest, tail.told == nil { change(faultsOf: tail.program) { $0.beyond += 1 } }
    let unknown = records.filter { $0.how == .unknown }.flatMap(\.counted)
    guard !unknown.isEmpty || records.contains(where: { $0.isLoss || $0.revises != nil }) else {
      return
    }
    change(faultsOf: tail.program) { faults in
      faults.isDatagrams = faults.isDatagrams && tail.isOfDatagrams
      faults.unknown.add(
        messages: unknown.count, datagrams: tail.datagramsUnsent(of: unknown))
      if isForgotten { faults.forgotten += UInt64(unknown.count) }
      for record in records where record.isLoss {
        var loss = Faults.Loss(
          tail.blame(record), messages: record.messages, isFinal: record.isFinal)
        loss.datagrams = tail.datagramsUnsent(of: record.messages)
        loss.heldBack = tail.heldBackCount(of: record.messages)
        (loss.tries, loss.killer) = (tail.tries.count, tail.killer)
        faults.add(loss)
      }
      // A loss is taken back by several records where its messages fared differently.
      for told in tail.told?.lost ?? [] {
        let revised = records.filter { $0.revises == told.how }.flatMap(\.messages)
        guard !revised.isEmpty else { continue }
        var loss = Faults.Loss(told.blame, messages: revised, isFinal: false)
        loss.datagrams = tail.datagramsTold(of: revised)
        loss.heldBack = tail.heldBackCount(of: revised)
        loss.tries = told.tries
        loss.isWhole = told.messages.count == revised.count
        faults.add(loss, isTakenBack: true)
      }
    }
  }

  private mutating func change(faultsOf program: String, _ change: (inout Faults) -> Void) {
    if let index = faults.firstIndex(where: { $0.program == program }) {
      change(&faults[index].faults)
    } else if faults.count < Self.maximumPrograms {
      faults.append((program, Faults()))
      change(&faults[faults.count - 1].faults)
    } else {
      if others.count < Self.maximumOthers { others.insert(program) }
      change(&faultsOfOthers)
    }
  }

  /// One sentence for each program that lost messages, and one for all that there is no room for.
  private func sentences(isOnlySendmmsg: Bool) -> [String] {
    func sentence(_ faults: Faults, of program: String, isOne: Bool) -> String? {
      LossSentence(faults, isOne: isOne, isOnlySendmmsg: isOnlySendmmsg).text(of: program)
    }
    let all = faults.compactMap { sentence($1, of: $0, isOne: true) }
    let number = others.count < Self.maximumOthers ? "\(others.count)" : "\(others.count) or more"
    let name = others.count == 1 ? "1 other program" : "\(number) other programs"
    return all
      + [sentence(faultsOfOthers, of: name, isOne: others.count == 1)].compactMap(\.self)
  }
}

extension FollowUp.How {
  /// What its messages count as.
  fileprivate var kind: WritableKeyPath<Losses.Counts, UInt64> {
    switch self {
    case .resumed: \.resumed
    case .resentAll: \.resent
    case .skipped, .abandoned, .cappedRest: \.dropped
    case .unknown: \.unknown
    }
  }
}
