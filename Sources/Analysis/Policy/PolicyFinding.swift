package import Records

/// One thing that breaks a rule.
package struct PolicyFinding: Sendable {
  /// The saved trace that the record is in; nil where there is only one.
  package var trace: String?
  /// The record, by the number of its call; nil for the run as a whole.
  package var call: UInt64?
  /// The message of that call; nil for the call as a whole.
  package var message: Int?
  /// The program that made it (`comm`); nil for the run as a whole.
  package var program: String?
  package var severity: PolicyRule.Severity
  package var reason: String
  /// Where the message goes, for a reason that is about that.
  package var destination: SocketAddress?
  /// What to do about it; nil where nothing is known.
  package var fix: String?
  /// True where records that were not seen could undo it.
  package var needsAll = false

  package init(
    call: UInt64?, message: Int? = nil, program: String? = nil, severity: PolicyRule.Severity,
    reason: String, destination: SocketAddress? = nil, fix: String? = nil
  ) {
    self.call = call
    self.message = message
    self.program = program
    self.severity = severity
    self.reason = reason
    self.destination = destination
    self.fix = fix
  }

  /// `call 7, message 3`, `b.jsonl: call 7`, `the run`.
  package var place: String {
    guard let call else { return "the run" }
    let record = message.map { "call \(call), message \($0)" } ?? "call \(call)"
    return trace.map { "\($0): \(record)" } ?? record
  }
}

/// How one rule fared.
package struct PolicyRuleResult: Sendable {
  package var rule: PolicyRule
  /// The first findings: no more than `maximumFindings`.
  package private(set) var findings: [PolicyFinding] = []
  package private(set) var errors: UInt64 = 0
  package private(set) var warnings: UInt64 = 0
  /// What would have been found, had all been seen.
  package private(set) var openReasons: [String] = []
  /// Calls that the rule was about.
  package var calls: UInt64 = 0
  /// Limits for which there was nothing to measure.
  package var unmeasured: [PolicyMeasure] = []
  /// Messages that could not be judged, since what the rule is about could not be read.
  package var unjudged: UInt64 = 0
  /// Messages of which nobody told where they go, and for which the rule may be broken.
  package private(set) var unplaced: UInt64 = 0
  /// Messages whose fate is not known, with which the rule would be broken.
  package private(set) var undecided: UInt64 = 0
  /// Those among them that another system call than sendmmsg may have sent, which was not looked
  /// at.
  package private(set) var unproven: UInt64 = 0
  /// Those among them that were not sent as far as was seen, and may have been all the same.
  package private(set) var soFar: UInt64 = 0
  /// The highest severity that they would break it with.
  package private(set) var undecidedSeverity = PolicyRule.Severity.warning
  /// The findings that need all, one at most for a limit, also those that are not kept.
  private var needingAll: [PolicyFinding] = []
  /// The saved trace that findings are from; nil where there is only one.
  var trace: String?

  package static let maximumFindings = 20

  init(rule: PolicyRule) { self.rule = rule }

  package var isBroken: Bool { errors > 0 }
  /// True where it may be broken by messages whose fate or way is not known, and is not already.
  package var isUndecided: Bool { (undecided > 0 || unplaced > 0) && !isBroken }
  package var findingCount: UInt64 { errors + warnings }

  mutating func leaveOpen(
    _ messages: UInt64, _ unknown: UnknownFates, _ measure: PolicyMeasure,
    _ severity: PolicyRule.Severity
  ) {
    undecided = max(undecided, messages)
    unproven = max(unproven, unknown[.unproven])
    if measure == .abandoned { soFar = max(soFar, unknown[.soFar]) }
    if severity == .error { undecidedSeverity = .error }
  }

  mutating func leaveOpen(unplaced messages: UInt64, _ severity: PolicyRule.Severity) {
    guard messages > 0 else { return }
    unplaced += messages
    if severity == .error { undecidedSeverity = .error }
  }

  /// Not all was seen: what more of it could undo is not found.
  package mutating func leaveOpenWhatNeedsAll() {
    for finding in needingAll {
      switch finding.severity {
      case .error: errors -= 1
      case .warning: warnings -= 1
      }
      openReasons.append(finding.reason)
    }
    needingAll.removeAll()
    findings.removeAll { $0.needsAll }
  }

  /// Adds one that records which were not seen could undo.
  mutating func addOfAll(_ finding: PolicyFinding) {
    var finding = finding
    finding.needsAll = true
    add(finding)
  }

  mutating func add(_ finding: PolicyFinding) {
    switch finding.severity {
    case .error: errors += 1
    case .warning: warnings += 1
    }
    if finding.needsAll { needingAll.append(finding) }
    guard findings.count < Self.maximumFindings else { return }
    findings.append(finding)
    if finding.trace == nil, finding.call != nil { findings[findings.count - 1].trace = trace }
  }
}

/// How a policy fared.
package struct PolicyResult: Sendable {
  package var rules: [PolicyRuleResult]
  package var calls: UInt64
  /// Why the records are not all that there were; nil where they are.
  package var gap: String?

  package init(rules: [PolicyRuleResult], calls: UInt64, gap: String? = nil) {
    self.rules = rules
    self.calls = calls
    self.gap = gap
  }

  /// `1 message`, `2 messages`.
  package static func messages(_ count: UInt64) -> String {
    count == 1 ? "1 message" : "\(count) messages"
  }

  /// Rules with a finding of severity error.
  package var broken: Int { rules.count { $0.isBroken } }
  /// Rules with nothing but warnings.
  package var warned: Int { rules.count { !$0.isBroken && $0.warnings > 0 } }
  /// Messages whose unknown fate leaves it open whether a rule of severity error is broken.
  package var undecided: UInt64 {
    rules.filter { $0.isUndecided && $0.undecidedSeverity == .error }.map(\.undecided).max() ?? 0
  }
  /// Those among them that another system call than sendmmsg may have sent, which was not looked
  /// at.
  package var unproven: UInt64 {
    rules.filter { $0.isUndecided && $0.undecidedSeverity == .error }.map(\.unproven).max() ?? 0
  }
  /// Messages of which nobody told where they go, which leaves it open likewise.
  package var unplaced: UInt64 {
    rules.filter { $0.isUndecided && $0.undecidedSeverity == .error }.map(\.unplaced).max() ?? 0
  }
  /// Why it is open whether a rule of severity error is broken; nil where it is not.
  package var openness: String? {
    if undecided > 0 { return "what became of \(Self.messages(undecided)) is not known" }
    return unplaced > 0 ? Self.unplaced(unplaced) : nil
  }

  /// `where 1 message goes is not known`
  package static func unplaced(_ count: UInt64) -> String {
    "where \(messages(count)) \(count == 1 ? "goes" : "go") is not known"
  }
}
