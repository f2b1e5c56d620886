import Analysis

extension PolicyReport {
  /// For people: one line a rule, and its findings below, within `width` columns where there is
  /// such.
  package func appendText(to out: inout ByteBuffer) {
    func line(_ label: StaticString, indent: Int, _ fill: (inout ByteBuffer) -> Void) {
      var text = ByteBuffer()
      fill(&text)
      out.append(label)
      out.append(
        wrapped: text.bytes.span, from: label.utf8CodeUnitCount, indent: indent, width: width)
      out.append("\n")
    }
    if let emptiness {
      line("", indent: 0) {
        $0.append(verbatim: "\(emptiness): there was nothing to hold to the policy")
      }
    }
    for rule in result.rules {
      let word: StaticString =
        rule.isBroken
        ? "BROKEN   "
        : rule.warnings > 0 ? "warning  " : isUnknown(rule) ? "unknown  " : "ok       "
      line(word, indent: 9) {
        $0.append(printable: rule.rule.id)
        guard let message = rule.rule.message else { return }
        $0.append(": ")
        $0.append(printable: message)
      }
      for finding in rule.findings {
        line("         ", indent: 9) { $0.append(verbatim: text(of: finding)) }
        guard let fix = finding.fix else { continue }
        line("           fix: ", indent: 16) { $0.append(printable: fix) }
      }
      for remark in rule.remarks {
        line("         ", indent: 9) { $0.append(verbatim: remark) }
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
