import Analysis
import Output
import Records
import Testing

/// Reports of a policy hold what a program and a policy's author wrote, and nothing of it acts.
@Suite struct PolicyReportTests {
  /// A program's name, and an author's words, that are after whoever reads them.
  private static let hostile = "</x>\"&,:%\u{1b}[31m\u{202e}\n]]>"

  private static func report() throws -> PolicyReport {
    let rule = PolicyRule(
      id: "r-1", message: hostile, line: 3, destinations: [],
      cases: [
        PolicyRule.Case(
          programs: [], severity: .error, limits: [PolicyLimit(.calls, .most, 0)], demands: [])
      ])
    let call = SendCall(
      sequence: 7, time: 0, monotonic: 0, duration: 1, pid: 1, tid: 1, comm: hostile, abi: .x86_64,
      syscall: .sendmmsg, arguments: nil, socket: nil, result: .unfinished, messages: [], notes: [])
    var evaluator = PolicyEvaluator(Policy(rules: [rule]))
    evaluator.add(.call(call, Verdict(outcome: .unfinished, asked: 1)))
    return PolicyReport(policy: "a b,c.yaml", result: evaluator.finish(), version: "1")
  }

  private static func written(
    _ form: (PolicyReport) -> (inout ByteBuffer) -> Void
  ) throws -> String {
    var buffer = ByteBuffer()
    form(try report())(&buffer)
    return String(decoding: buffer.bytes, as: UTF8.self)
  }

  @Test func nothingActsOnATerminal() throws {
    for form in [
      PolicyReport.appendText, PolicyReport.appendGitHub, PolicyReport.appendJUnit,
      PolicyReport.appendSARIF,
    ] {
      let text = try Self.written(form)
      let dangers = text.unicodeScalars.filter {
        $0 != "\n" && ($0.value < 0x20 || $0.value == 0x202e)
      }
      #expect(dangers.isEmpty && !text.isEmpty)
    }
  }

  @Test func forPeople() throws {
    #expect(
      try Self.written(PolicyReport.appendText) == #"""
        BROKEN   r-1: </x>"&,:%\x1b[31m\xe2\x80\xae\n]]>
                 call 7 (</x>"&,:%\x1b[31m\xe2\x80\xae\n]]>): calls comes to 1, and at most 0 is allowed

        """#)
  }

  @Test func oneAnnotationIsOneLine() throws {
    #expect(
      try Self.written(PolicyReport.appendGitHub) == #"""
        ::error file=a b%2Cc.yaml,line=3,title=r-1::call 7 (</x>"&,:%25\x1b[31m\xe2\x80\xae\n]]>): calls comes to 1, and at most 0 is allowed

        """#)
  }

  @Test func markupIsEscaped() throws {
    let text = try Self.written(PolicyReport.appendJUnit)
    #expect(text.contains(#"message="the rule r-1 is broken (&lt;/x&gt;"#))
    #expect(text.contains(#": 1 finding">"#))
    #expect(text.contains(#"error: call 7 (&lt;/x&gt;&quot;&amp;,:%\x1b[31m"#))
    #expect(!text.contains("</x>") && !text.contains("]]>"))
  }

  @Test func notEverythingWasSeen() throws {
    let rule = PolicyRule(
      id: "r", message: nil, line: 1, destinations: [],
      cases: [
        PolicyRule.Case(
          programs: [], severity: .error, limits: [PolicyLimit(.calls, .most, 0)], demands: [])
      ])
    let report = PolicyReport(
      policy: "p", result: PolicyEvaluator(Policy(rules: [rule])).finish(), version: "1",
      gap: "records were <lost>")
    func text(_ form: (inout ByteBuffer) -> Void) -> String {
      var buffer = ByteBuffer()
      form(&buffer)
      return String(decoding: buffer.bytes, as: UTF8.self)
    }
    #expect(report.summary == "no rule is broken as far as could be seen")
    #expect(text { report.appendText(to: &$0) }.hasPrefix("unknown  r\n"))
    #expect(
      text { report.appendGitHub(to: &$0) } == "::error title=mmsgtrace::records were <lost>\n")
    let junit = text { report.appendJUnit(to: &$0) }
    #expect(junit.contains(#"tests="2" failures="0" errors="1" skipped="1""#))
    #expect(junit.contains(#"<error message="records were &lt;lost&gt;"/>"#))
    #expect(text { report.appendSARIF(to: &$0) }.contains(#""executionSuccessful":false"#))
  }

  /// A run that sent nothing keeps most policies, and may be one of the wrong program.
  @Test func noCallWasSeen() throws {
    let rule = PolicyRule(
      id: "r", message: nil, line: 1, destinations: [],
      cases: [
        PolicyRule.Case(
          programs: [], severity: .error, limits: [PolicyLimit(.abandoned, .most, 0)], demands: [])
      ])
    let report = PolicyReport(
      policy: "p", result: PolicyEvaluator(Policy(rules: [rule])).finish(), version: "1")
    func text(_ form: (inout ByteBuffer) -> Void) -> String {
      var buffer = ByteBuffer()
      form(&buffer)
      return String(decoding: buffer.bytes, as: UTF8.self)
    }
    #expect(report.summary == "the rule holds; no call was seen")
    #expect(
      text { report.appendText(to: &$0) }
        == "no call was seen: there was nothing to hold to the policy\n"
        + "ok       r\n         no call came under this rule\n")
    #expect(
      text { report.appendGitHub(to: &$0) } == "::warning title=mmsgtrace::no call was seen\n")
    #expect(
      text { report.appendJUnit(to: &$0) }.contains("    <system-out>no call was seen</system-out>")
    )
    #expect(
      text { report.appendSARIF(to: &$0) }.contains(
        #"{"executionSuccessful":true,"toolExecutionNotifications":[{"level":"warning","#))
  }

  @Test func summaries() throws {
    #expect(try Self.report().summary == "1 of 1 rule is broken")
    let result = PolicyResult(rules: [], calls: 0)
    #expect(
      PolicyReport(policy: "p", result: result, version: "1").summary
        == "all 0 rules hold; no call was seen")
  }
}
