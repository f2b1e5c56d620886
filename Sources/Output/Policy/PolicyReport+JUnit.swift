import Analysis

extension PolicyReport {
  /// A JUnit XML file: one test case a rule, and one that fails where not everything was seen.
  package func appendJUnit(to out: inout ByteBuffer) {
    out.append(verbatim: #"<?xml version="1.0" encoding="UTF-8"?>"#)
    out.append("\n<testsuites>\n")
    out.append(verbatim: "  <testsuite name=\"")
    out.append(xml: policy)
    let errors = gap == nil ? 0 : 1
    let skipped = result.rules.count { isUnknown($0) }
    out.append(
      verbatim: "\" tests=\"\(result.rules.count + errors)\" failures=\"\(result.broken)\""
        + " errors=\"\(errors)\" skipped=\"\(skipped)\">\n")
    if let gap {
      out.append("    <testcase classname=\"mmsgtrace\" name=\"everything was seen\">\n")
      out.append("      <error message=\"")
      out.append(xml: gap)
      out.append("\"/>\n    </testcase>\n")
    }
    for rule in result.rules {
      out.append("    <testcase classname=\"mmsgtrace.policy\" name=\"")
      out.append(xml: rule.rule.id)
      out.append("\">\n")
      let lines = rule.findings.map { line(of: $0) } + rule.remarks
      if rule.isBroken {
        out.append("      <failure type=\"policy\" message=\"")
        let number = rule.errors == 1 ? "1 finding" : "\(rule.errors) findings"
        let about = rule.rule.message.map { " (\($0))" } ?? ""
        out.append(xml: "the rule \(rule.rule.id) is broken\(about): \(number)")
        out.append("\">")
        out.append(xml: lines.joined(separator: "\n"))
        out.append("</failure>\n")
      } else if isUnknown(rule) {
        out.append("      <skipped message=\"")
        out.append(
          xml: rule.isUndecided ? lines.joined(separator: "\n") : "not everything was seen")
        out.append("\"/>\n")
      } else if !lines.isEmpty {
        out.append("      <system-out>")
        out.append(xml: lines.joined(separator: "\n"))
        out.append("</system-out>\n")
      }
      out.append("    </testcase>\n")
    }
    if let emptiness {
      out.append("    <system-out>")
      out.append(xml: emptiness)
      out.append("</system-out>\n")
    }
    out.append("  </testsuite>\n</testsuites>\n")
  }

  private func line(of finding: PolicyFinding) -> String {
    let text = "\(finding.severity.rawValue): \(text(of: finding))"
    return finding.fix.map { "\(text) (fix: \($0))" } ?? text
  }
}

extension ByteBuffer {
  /// Escapes markup; what XML cannot hold, or nobody can see, becomes a C escape.
  fileprivate mutating func append(xml text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": append("&lt;")
      case ">": append("&gt;")
      case "&": append("&amp;")
      case "\"": append("&quot;")
      case "\n": append("\n")
      default: append(printable: String(scalar))
      }
    }
  }
}
