import Records

// What became of the messages that calls left unsent.
extension RuleEvaluator {
  /// Counts what became of messages that a call left unsent.
  mutating func add(_ followUp: FollowUp) {
    guard let call = shortCalls[followUp.of] else { return }
    var followUp = followUp
    followUp.messages.removeAll { !call.includes($0) }
    guard !followUp.messages.isEmpty else { return }
    if followUp.revises != nil { takeBack(followUp, of: call) }
    switch followUp.bearing(isElsewhere: isElsewhere(followUp, than: call)) {
    case .harmless: break
    case .lost: count(followUp, as: .abandoned, of: call)
    case .sentTwice: count(followUp, as: .duplicates, of: call)
    case .open(let doubt): leaveOpen(followUp, doubt, of: call)
    }
  }

  private func isElsewhere(_ followUp: FollowUp, than call: ShortCall) -> Bool {
    guard let by = followUp.by, let socket = call.socket, let other = sockets[by] else {
      return false
    }
    return other != socket
  }

  private mutating func count(
    _ followUp: FollowUp, as measure: PolicyMeasure, of call: ShortCall
  ) {
    let counted = followUp.counted
    guard let first = counted.first else { return }
    let applied = rule.cases[call.place]
    for (index, limit) in applied.limits.enumerated() where limit.measure == measure {
      let record = RecordPlace(
        trace: call.trace, call: followUp.of, message: first,
        program: call.program)
      let total = tallies[call.place].add(UInt64(counted.count), at: index, record)
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

  private mutating func leaveOpen(
    _ followUp: FollowUp, _ doubt: UnknownFates.Doubt, of call: ShortCall
  ) {
    let count = UInt64(followUp.counted.count)
    tallies[call.place].unknown.add(count, doubt, isUnfinished: call.isUnfinished)
    if followUp.isLoss { shortCalls.update(followUp.of) { $0.lostSoFar &+= count } }
  }

  /// What had been said of the messages does not hold any more: it was not final, and so had been
  /// left open.
  private mutating func takeBack(_ followUp: FollowUp, of call: ShortCall) {
    let count = min(UInt64(followUp.messages.count), call.lostSoFar)
    shortCalls.update(followUp.of) { $0.lostSoFar -= count }
    tallies[call.place].unknown.takeBack(
      count, followUp.revisedDoubt, isUnfinished: call.isUnfinished)
  }
}
