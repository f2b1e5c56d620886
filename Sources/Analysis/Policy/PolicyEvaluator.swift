package import Records

/// Holds the records of a trace, as they come, to a policy.
///
/// What it keeps does not grow with the trace.
package struct PolicyEvaluator: Sendable {
  private var rules: [RuleEvaluator]
  private var calls: UInt64 = 0
  private var wholeness = TraceWholeness()

  package init(_ policy: Policy) { rules = policy.rules.map { RuleEvaluator($0) } }

  /// What comes next is of this saved trace.
  package mutating func enter(trace: String) {
    for index in rules.indices { rules[index].enter(trace: trace) }
  }

  package mutating func add(_ event: TraceEvent) {
    wholeness.add(event)
    switch event {
    case .call(let call, let verdict):
      calls += 1
      for index in rules.indices { rules[index].add(call, verdict) }
    case .followUp(let followUp):
      for index in rules.indices { rules[index].add(followUp) }
    // Numbers of calls begin anew with each trace, but not in a further file of the same one.
    case .start(let start):
      if start.previous == nil { for index in rules.indices { rules[index].beginTrace() } }
    case .process, .end: break
    }
  }

  /// No more records come.
  package consuming func finish() -> PolicyResult {
    PolicyResult(rules: rules.map { $0.finished() }, calls: calls, gap: wholeness.gap())
  }
}
