import Analysis
import Policies
import TestSupport
import Testing

/// Whatever a policy's file holds: a policy, or errors with a place in it.
@Suite struct PolicyFuzzTests {
  private static let policy = """
    version: 1
    rules:
      - id: nothing-lost
        severity: error # or warning
        max: { unsent: 0, abandoned: 0, duration.p99: 2ms, bytes: 64KiB }
      - id: loopback-only
        message: "only here"
        where: { program: ["a*", b], to: "*:53" }
        allow: { to: ["127.0.0.0/8", '[::1]/128', "unix:*"], flags: MSG_DONTWAIT }
        deny: { control: [SCM_RIGHTS] }
        programs:
          helper: { exempt: true }
          "x": { min: { batch.mean: 8 } }
    """

  private static let pieces = [
    ":", "- ", "\n", "\n  ", "{", "}", "[", "]", "&a ", "*a", "!!int ", "!<x> ", "|\n", ">\n", "'",
    "\"", "\\x", "---\n", "...\n", "%YAML 1.1\n", "? ", ", ", "#", "\t", "<<: ", "~", "\u{feff}",
    "99999999999999999999", "-1", "1e999", "nan", "0x10", ".", "\u{0}", "\u{85}", "\u{2028}",
    "version: 1\n", "max: ", "programs: ", "to: ",
  ].map { Array($0.utf8) }

  /// 10,000 changed policies, a quarter for each seed.
  @Test(arguments: SeededGenerator.seeds)
  func changedPolicies(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var (good, bad) = (0, 0)
    for round in 0..<2500 {
      var text = Array(Self.policy.utf8)
      for _ in 0..<Int.random(in: 1...5, using: &random) { Self.change(&text, &random) }
      do throws(PolicyErrors) {
        let policy = try PolicyReader.read(text)
        if policy.rules.flatMap(\.explanation).isEmpty { Issue.record("nothing is explained") }
        good += 1
      } catch {
        bad += 1
        let lines = text.count { $0 == 10 || $0 == 13 || $0 >= 0x80 } + 2
        if error.all.isEmpty || error.all.contains(where: { !(1...lines).contains($0.place.line) })
        {
          Issue.record("seed \(seed), round \(round): \(error.all) of \(text)")
        }
      }
    }
    // Otherwise one of the two was not tried.
    #expect(good > 20 && bad > 20)
  }

  private static func change(_ text: inout [UInt8], _ random: inout SeededGenerator) {
    let start = Int.random(in: 0...text.count, using: &random)
    let end = min(text.count, start + Int.random(in: 0...12, using: &random))
    switch Int.random(in: 0..<6, using: &random) {
    case 0: text.removeSubrange(start..<end)
    case 1:
      text.insert(contentsOf: text[start..<end], at: Int.random(in: 0...text.count, using: &random))
    case 2: text.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: start)
    case 3: text.replaceSubrange(start..<end, with: pieces.randomElement(using: &random) ?? [])
    case 4 where start < text.count: text[start] = UInt8.random(in: 0...255, using: &random)
    default: text.removeSubrange(end...)
    }
  }
}
