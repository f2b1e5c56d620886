import Records

/// Holds records to one rule.
struct RuleEvaluator {
  let rule: PolicyRule
  var result: PolicyRuleResult
  /// One for each case of the rule.
  var tallies: [Tally]
  /// The calls that left messages unsent, until their follow-ups are known.
  var shortCalls = RecentCalls<ShortCall>()
  /// The sockets of calls behind these, by inode.
  var sockets = RecentCalls<UInt64>(most: 4096)
  /// True once there were messages of which it is not known whether the rule is about them.
  private var scopeIsOpen = false

  init(_ rule: PolicyRule) {
    self.rule = rule
    result = PolicyRuleResult(rule: rule)
    tallies = rule.cases.map { Tally($0.limits) }
  }

  mutating func beginTrace() {
    shortCalls.forgetAll()
    sockets.forgetAll()
  }

  mutating func enter(trace: String) { result.trace = trace }

  mutating func add(_ call: SendCall, _ verdict: Verdict) {
    if !shortCalls.isEmpty, let inode = call.socket?.inode {
      sockets.remember(inode, of: call.sequence)
    }
    guard let place = rule.cases.firstIndex(where: { $0.takesIn(call.comm) }) else { return }
    let messages = MessagesInScope(call, verdict, rule.destinations)
    let applied = rule.cases[place]
    result.leaveOpen(unplaced: messages.unplaced, applied.severity)
    if messages.unplaced > 0 { scopeIsOpen = true }
    guard !messages.isEmpty else { return }
    if !applied.limits.isEmpty || !applied.demands.isEmpty { result.calls += 1 }
    for index in applied.limits.indices { hold(messages, toLimit: index, ofCase: place) }
    if !applied.limits.isEmpty { tallies[place].add(call, messageCount: messages.count) }
    for demand in applied.demands {
      let judgement = demand.judge(messages)
      result.unjudged += judgement.unjudged
      result.leaveOpen(unplaced: judgement.unplaced, applied.severity)
      if let finding = judgement.finding(call, applied.severity) { result.add(finding) }
    }
    if verdict.isShort {
      let short = ShortCall(
        place: place, program: call.comm, trace: result.trace,
        isUnfinished: verdict.outcome == .unfinished,
        fix: ShortfallFix.of(verdict, on: call.socket), socket: call.socket?.inode,
        messages: messages.isAll ? nil : Set(messages.indices))
      shortCalls.remember(short, of: call.sequence)
    }
  }

  /// Adds what only the whole run shows.
  consuming func finished() -> PolicyRuleResult {
    var result = result
    for (applied, tally) in measuredCases {
      for (index, limit) in applied.limits.enumerated() {
        let undecided = tally.undecided(limit, at: index)
        if undecided > 0 {
          result.leaveOpen(undecided, tally.unknown, limit.measure, applied.severity)
        }
        guard let value = tally.value(of: limit, at: index) else {
          if limit.scope == .distribution { result.unmeasured.append(limit.measure) }
          continue
        }
        if limit.allows(value) { continue }
        if limit.scope == .count, limit.bound == .most {
          if let over = tally.overs[index] { result.add(limit.sumFinding(over, value, applied)) }
          continue
        }
        let reason = limit.excess(value, tally.shares(of: limit, at: index))
        // Of a share that is too large, the first record that is part of it is one to look at.
        if limit.bound == .most, let first = tally.firsts[index], limit.amount.isShare {
          result.addOfAll(
            PolicyFinding(
              at: first, severity: applied.severity, reason: "\(reason); this is the first",
              fix: PolicyFix.of(limit)))
          continue
        }
        result.addOfAll(
          PolicyFinding(
            call: nil, program: applied.programs.isEmpty ? nil : tally.program,
            severity: applied.severity, reason: reason, fix: PolicyFix.of(limit)))
      }
    }
    if scopeIsOpen { result.leaveOpenWhatNeedsAll() }
    return result
  }
}

extension RuleEvaluator {
  /// The cases that calls came under; without any call the last, which is about all programs that
  /// no other is about.
  private var measuredCases: [(PolicyRule.Case, Tally)] {
    let all = Array(zip(rule.cases, tallies))
    let measured = all.filter { $0.1.callCount > 0 }
    return measured.isEmpty ? Array(all.suffix(1)) : measured
  }

  /// Holds one call, or each of its messages, to a limit.
  private mutating func hold(
    _ messages: MessagesInScope, toLimit index: Int, ofCase place: Int
  ) {
    let (call, verdict) = (messages.call, messages.verdict)
    let (limit, severity) = (rule.cases[place].limits[index], rule.cases[place].severity)
    switch limit.measure.scope {
    case .distribution: return
    case .count:
      let amount = messages.amount(of: limit.measure)
      guard amount > 0 else { return }
      let record = RecordPlace(
        trace: result.trace, call: call.sequence,
        message: limit.measure.isAboutShortfalls ? verdict.at : nil, program: call.comm)
      let total = tallies[place].add(amount, at: index, record)
      guard limit.scope == .count, limit.bound == .most, !limit.allows(Double(total)) else {
        return
      }
      if limit.measure.isSum { return tallies[place].noteOver(total, at: index, record) }
      var reason = limit.excess(Double(total))
      if limit.measure.isAboutShortfalls, let why = verdict.shortfall { reason += ": \(why)" }
      result.add(
        PolicyFinding(
          at: record, severity: severity, reason: reason, fix: PolicyFix.of(limit, call, verdict)))
    case .call:
      let value = limit.measure == .batch ? UInt64(messages.count) : call.duration
      guard let value, !limit.allows(Double(value)) else { return }
      result.add(
        PolicyFinding(
          call: call.sequence, program: call.comm, severity: severity,
          reason: limit.excess(Double(value)), fix: PolicyFix.of(limit)))
    case .message:
      let judgement = messages.judge { index in
        messages.size(ofMessage: index, as: limit.measure).map { limit.allows(Double($0)) }
      }
      result.unjudged += judgement.unjudged
      guard let first = judgement.offenders.first,
        let size = messages.size(ofMessage: first, as: limit.measure)
      else { return }
      let found = judgement.saying(limit.excess(Double(size)), fix: PolicyFix.of(limit))
      if let finding = found.finding(call, severity) { result.add(finding) }
    }
  }
}

extension PolicyFinding {
  init(at place: RecordPlace, severity: PolicyRule.Severity, reason: String, fix: String?) {
    self.init(
      call: place.call, message: place.message, program: place.program, severity: severity,
      reason: reason, fix: fix)
    trace = place.trace
  }
}

extension PolicyLimit {
  /// One finding for the whole run: which record went over, and what it came to in the end.
  fileprivate func sumFinding(
    _ over: (place: RecordPlace, sum: UInt64), _ total: Double, _ applied: PolicyRule.Case
  ) -> PolicyFinding {
    let here =
      total > Double(over.sum) ? "; this call made it \(measure.unit.text(Double(over.sum)))" : ""
    return PolicyFinding(
      at: over.place, severity: applied.severity, reason: excess(total) + here,
      fix: PolicyFix.of(self))
  }

  /// `unsent comes to 3, and at most 0 is allowed`
  func excess(_ value: Double, _ shares: String? = nil) -> String {
    let amount = PolicyAmount(value, isShare: self.amount.isShare).text(as: measure.unit)
    let found = shares.map { "\(amount) (\($0))" } ?? amount
    let verb = bound == .most ? "allowed" : "needed"
    return "\(measure.rawValue) comes to \(found), and \(text) is \(verb)"
  }
}
