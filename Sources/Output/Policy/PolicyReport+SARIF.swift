import Analysis

extension PolicyReport {
  /// A SARIF 2.1.0 file: findings at the lines of the policy, with the number of the call.
  package func appendSARIF(to out: inout ByteBuffer) {
    out.append(#"{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","#)
    out.append(#""runs":[{"tool":{"driver":{"name":"mmsgtrace","version":"#)
    out.append(jsonString: version)
    out.append(#","rules":["#)
    for (index, rule) in result.rules.enumerated() {
      if index > 0 { out.append(",") }
      appendDescriptor(of: rule.rule, to: &out)
    }
    out.append(#"]}},"invocations":["#)
    if let gap = gap ?? result.openness {
      appendInvocation(isSuccess: false, says: gap, level: "error", to: &out)
    } else if let emptiness {
      appendInvocation(isSuccess: true, says: emptiness, level: "warning", to: &out)
    } else {
      out.append(#"{"executionSuccessful":true}"#)
    }
    out.append(#"],"results":["#)
    var isFirst = true
    for (index, rule) in result.rules.enumerated() {
      for finding in rule.findings {
        if !isFirst { out.append(",") }
        isFirst = false
        appendResult(finding, of: rule, at: index, to: &out)
      }
    }
    out.append("]}]}\n")
  }

  private func appendInvocation(
    isSuccess: Bool, says text: String, level: String, to out: inout ByteBuffer
  ) {
    out.append(#"{"executionSuccessful":"#)
    out.append(verbatim: isSuccess ? "true" : "false")
    out.append(#","toolExecutionNotifications":[{"level":"#)
    out.append(jsonString: level)
    out.append(#","message":{"text":"#)
    out.append(jsonString: text)
    out.append("}}]}")
  }

  private func appendDescriptor(of rule: PolicyRule, to out: inout ByteBuffer) {
    out.append(#"{"id":"#)
    out.append(jsonString: rule.id)
    out.append(#","shortDescription":{"text":"#)
    out.append(jsonString: title(of: rule))
    out.append(#"},"fullDescription":{"text":"#)
    out.append(jsonString: rule.explanation.joined(separator: "\n"))
    out.append(#"},"defaultConfiguration":{"level":"#)
    out.append(jsonString: (rule.cases.last?.severity ?? .error).rawValue)
    out.append("}}")
  }

  private func appendResult(
    _ finding: PolicyFinding, of rule: PolicyRuleResult, at index: Int, to out: inout ByteBuffer
  ) {
    out.append(#"{"ruleId":"#)
    out.append(jsonString: rule.rule.id)
    out.append(#","ruleIndex":"#)
    out.append(decimal: UInt64(index))
    out.append(#","level":"#)
    out.append(jsonString: finding.severity.rawValue)
    out.append(#","message":{"text":"#)
    let fix = finding.fix.map { " (fix: \($0))" } ?? ""
    out.append(jsonString: text(of: finding) + fix)
    out.append(#"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"#)
    out.append(jsonString: Self.uri(policy))
    out.append(#"},"region":{"startLine":"#)
    out.append(decimal: UInt64(clamping: rule.rule.line))
    out.append("}}}]")
    out.append(#","properties":{"call":"#)
    if let call = finding.call { out.append(decimal: call) } else { out.append("null") }
    out.append(#","message":"#)
    if let message = finding.message {
      out.append(decimal: UInt64(clamping: message))
    } else {
      out.append("null")
    }
    if let trace = finding.trace {
      out.append(#","trace":"#)
      out.append(jsonString: trace)
    }
    out.append(#","findings":"#)
    out.append(decimal: rule.findingCount)
    out.append("}}")
  }

  /// A path as a relative reference, or `file:` where it is absolute (RFC 3986).
  private static func uri(_ path: String) -> String {
    var uri = path.hasPrefix("/") ? "file://" : ""
    for byte in path.utf8 {
      let scalar = Unicode.Scalar(byte)
      let isPlain =
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        || "-._~/".unicodeScalars.contains(scalar)
      if isPlain {
        uri.unicodeScalars.append(scalar)
      } else {
        let hex = String(byte, radix: 16, uppercase: true)
        uri += "%" + (hex.count == 1 ? "0" + hex : hex)
      }
    }
    return uri
  }
}
