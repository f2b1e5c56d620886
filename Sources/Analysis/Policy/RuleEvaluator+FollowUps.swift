import Records

// What became of the messages that calls left unsent.
extension RuleEvaluator {
  /// Counts what became of messages that a call left unsent.
  mutating func add(_ followUp: FollowUp) {
    guard let call = shortCalls[followUp.of] else { return }
    var followUp = followUp
    followUp.messages.removeAll { !call.includes($0) }
    guard !followUp.messages.isEmpty else { return }
    if let revised = followUp.revises { takeBack(revised, followUp, of: call) }
    switch followUp.how {
    case .skipped, .abandoned, .cappedRest:
      openLosses.add(OpenLosses.Loss(call: call, followUp: followUp))
    case .resentAll where isUnprovenRetry(followUp, of: call): addUnproven(followUp, of: call)
    case .resentAll: count(followUp, as: .duplicates, of: call)
    case .resumed: break
    case .unknown: addUnknown(followUp, of: call)
    }
    while let loss = openLosses.next() { count(loss) }
  }

  private mutating func count(_ loss: OpenLosses.Loss) {
    if loss.followUp.isUnproven { return addUnproven(loss.followUp, of: loss.call) }
    count(loss.followUp, as: .abandoned, of: loss.call)
  }

  /// True where a batch is sent again on another socket, and what the first one's call had left may
  /// have been sent there before, by another system call: then it is a new attempt.
  private func isUnprovenRetry(_ followUp: FollowUp, of call: ShortCall) -> Bool {
    guard followUp.isOnlySendmmsg, let by = followUp.by, let socket = call.socket else {
      return false
    }
    return sockets[by].map { $0 != socket } ?? false
  }

  /// Counts messages that another system call may have sent, which was not looked at.
  private mutating func addUnproven(_ followUp: FollowUp, of call: ShortCall) {
    let count = UInt64(followUp.messages.count)
    tallies[call.place].unproven &+= count
    shortCalls.update(followUp.of) { $0.unproven &+= count }
    addUnknown(followUp, of: call)
  }

  private mutating func count(
    _ followUp: FollowUp, as measure: PolicyMeasure, of call: ShortCall
  ) {
    let applied = rule.cases[call.place]
    for (index, limit) in applied.limits.enumerated() where limit.measure == measure {
      let record = RecordPlace(
        trace: call.trace, call: followUp.of, message: followUp.messages.first,
        program: call.program)
      let total = tallies[call.place].add(UInt64(followUp.messages.count), at: index, record)
      guard limit.scope == .count, limit.bound == .most, !limit.allows(Double(total)) else {
        continue
      }
      result.add(
        PolicyFinding(
          at: record, severity: applied.severity,
          reason: "\(limit.excess(Double(total))): \(followUp.why)",
          fix: PolicyFix.of(limit, followUp.how, shortfall: call.fix)))
    }
  }

  /// What had been said of the messages does not hold any more.
  private mutating func takeBack(
    _ revised: FollowUp.How, _ followUp: FollowUp, of call: ShortCall
  ) {
    var counted = UInt64(openLosses.takeBack(followUp.messages, of: followUp.of, revised))
    let unproven = min(counted, shortCalls[followUp.of]?.unproven ?? 0)
    shortCalls.update(followUp.of) { $0.unproven -= unproven }
    tallies[call.place].takeBackUnproven(unproven)
    counted -= unproven
    for (index, limit) in rule.cases[call.place].limits.enumerated()
    where limit.measure == .abandoned {
      tallies[call.place].takeBack(counted, at: index)
    }
  }

  private mutating func addUnknown(_ followUp: FollowUp, of call: ShortCall) {
    let count = UInt64(followUp.messages.count)
    tallies[call.place].unknown.all &+= count
    if call.isUnfinished { tallies[call.place].unknown.ofUnfinished &+= count }
  }

  mutating func countAllLosses() {
    while let loss = openLosses.takeFirst() { count(loss) }
  }
}
