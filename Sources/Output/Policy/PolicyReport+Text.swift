import Analysis

extension PolicyReport {
  /// For people: one line a rule, and its findings below.
  package func appendText(to out: inout ByteBuffer) {
    if let emptiness {
      out.append(verbatim: emptiness)
      out.append(": there was nothing to hold to the policy\n")
    }
    for rule in result.rules {
      let word: StaticString =
        rule.isBroken
        ? "BROKEN   "
        : rule.warnings > 0 ? "warning  " : isUnknown(rule) ? "unknown  " : "ok       "
      out.append(word)
      out.append(printable: rule.rule.id)
      if let message = rule.rule.message {
        out.append(": ")
        out.append(printable: message)
      }
      out.append("\n")
      for finding in rule.findings {
        out.append("         ")
        out.append(verbatim: text(of: finding))
        out.append("\n")
        guard let fix = finding.fix else { continue }
        out.append("           fix: ")
        out.append(printable: fix)
        out.append("\n")
      }
      for remark in rule.remarks {
        out.append("         ")
        out.append(verbatim: remark)
        out.append("\n")
      }
    }
  }

  /// Workflow commands that GitHub Actions shows as annotations of the policy's lines.
  package func appendGitHub(to out: inout ByteBuffer) {
    if let gap {
      out.append("::error title=mmsgtrace::")
      out.append(gitHub: gap, isProperty: false)
      out.append("\n")
    }
    if let emptiness {
      out.append("::warning title=mmsgtrace::")
      out.append(gitHub: emptiness, isProperty: false)
      out.append("\n")
    }
    for rule in result.rules {
      for finding in rule.findings {
        out.append(verbatim: finding.severity == .error ? "::error" : "::warning")
        out.append(" file=")
        out.append(gitHub: policy, isProperty: true)
        out.append(verbatim: ",line=\(rule.rule.line),title=")
        out.append(gitHub: rule.rule.id, isProperty: true)
        out.append("::")
        out.append(gitHub: text(of: finding), isProperty: false)
        if let fix = finding.fix { out.append(gitHub: " (fix: \(fix))", isProperty: false) }
        out.append("\n")
      }
    }
  }
}

extension ByteBuffer {
  /// Escapes what would end a workflow command, or a property of one.
  fileprivate mutating func append(gitHub text: String, isProperty: Bool) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": append("%25")
      case "\r": append("%0D")
      case "\n": append("%0A")
      case ":" where isProperty: append("%3A")
      case "," where isProperty: append("%2C")
      default: append(printable: String(scalar))
      }
    }
  }
}
