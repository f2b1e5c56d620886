package import Analysis

/// What became of a policy, to be written in one of several forms.
package struct PolicyReport: Sendable {
  /// The file of the policy, as it was named.
  package var policy: String
  package var result: PolicyResult
  /// Of mmsgtrace.
  package var version: String
  /// Why not everything was seen, so that a rule that is not broken may be all the same; nil where
  /// it was.
  package var gap: String?
  /// The columns that its text for people is to keep to; nil for as long as lines come.
  package var width: Int?

  package init(policy: String, result: PolicyResult, version: String, gap: String? = nil) {
    self.policy = policy
    self.result = result
    self.version = version
    self.gap = gap
  }

  /// `1 of 3 rules is broken, 1 gave a warning`
  package var summary: String {
    let (broken, all) = (result.broken, result.rules.count)
    let rules = all == 1 ? "1 rule" : "\(all) rules"
    var text =
      switch broken {
      case 0 where !isSettled: "no rule is broken as far as could be seen"
      case 0 where all == 1: "the rule holds"
      case 0: "all \(rules) hold"
      case 1: "1 of \(rules) is broken"
      default: "\(broken) of \(rules) are broken"
      }
    if result.warned > 0 {
      if broken == 0, isSettled, result.warned == all {
        text = "no rule is broken"
      } else if broken == 0, isSettled {
        text = "no rule of \(all) is broken"
      }
      text += ", \(result.warned) gave a warning"
    }
    if let emptiness { text += "; \(emptiness)" }
    return text
  }

  /// Says that there was nothing to hold to the policy: a run of something else may be why. Nil
  /// where there was.
  var emptiness: String? { result.calls == 0 && gap == nil ? "no call was seen" : nil }

  private var isSettled: Bool { gap == nil && result.openness == nil }

  /// True where a rule is not broken as far as was seen, and may be all the same.
  func isUnknown(_ rule: PolicyRuleResult) -> Bool {
    !rule.isBroken && (gap != nil || rule.isUndecided)
  }

  /// `call 7, message 3 (app): … : 10.0.0.1:53`, without control characters.
  func text(of finding: PolicyFinding) -> String {
    var line = ByteBuffer()
    line.append(verbatim: finding.place)
    if let program = finding.program {
      line.append(" (")
      line.append(printable: program)
      line.append(")")
    }
    line.append(": ")
    line.append(printable: finding.reason)
    if let destination = finding.destination {
      line.append(": ")
      line.append(text: destination)
    }
    return String(decoding: line.bytes, as: UTF8.self)
  }

  /// What the author says of a rule, or what it is called.
  func title(of rule: PolicyRule) -> String { rule.message ?? "the rule \(rule.id) is kept" }
}

extension PolicyRuleResult {
  /// What is to be said besides the findings.
  var remarks: [String] {
    var remarks: [String] = []
    let hidden = findingCount - UInt64(findings.count)
    if hidden > 0 { remarks.append("and \(hidden) more \(hidden == 1 ? "finding" : "findings")") }
    if !unmeasured.isEmpty {
      let names = unmeasured.map(\.rawValue).joined(separator: ", ")
      remarks.append("nothing to measure: no call came under \(names)")
    } else if calls == 0 {
      remarks.append("no call came under this rule")
    }
    for reason in openReasons {
      remarks.append("as far as was seen, which is not all, \(reason)")
    }
    if isUndecided, unplaced > 0 {
      remarks.append(PolicyResult.unplaced(unplaced) + ": the rule may be broken")
    }
    if isUndecided, undecided > 0 {
      remarks.append(
        undecided == 1
          ? "what became of 1 message is not known: it may break this rule"
          : "what became of \(undecided) messages is not known: they may break this rule")
      if unproven > 0 {
        remarks.append(
          "\(PolicyResult.messages(unproven)) may have been sent by another call than sendmmsg:"
            + " trace with --watch-retries to see these")
      }
      if soFar > 0 {
        remarks.append(
          "\(PolicyResult.messages(soFar)) had not been sent when waited for no longer, or a send"
            + " that may have held them could not be compared")
      }
    }
    if unjudged > 0 {
      remarks.append(
        "\(PolicyResult.messages(unjudged)) could not be judged: what the rule is about was not readable"
      )
    }
    return remarks
  }
}
