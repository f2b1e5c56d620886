import Testing

@testable import Analysis

/// What was left of messages that are too short to be known by a part of them.
@Suite struct ShortMessagesTests {
  /// They have no words of their own: all of one has to stand in a longer one.
  @Test func shortOnes() {
    let texts = ["a1:7|c", "b2:3|c", "b2:3|c", "abc", "no.12,0"]
    func found(_ sends: [[String]]) -> [String] { Scenario.fates(of: texts, behind: sends) }
    #expect(found([[texts[1...].joined(separator: "\n")]]) == ["1 unknown 1,2,3,4"])
    #expect(found([["x" + texts[4]]]) == ["1 abandoned 1,2,3 by 2", "1 unknown 4"])
    // What is as long, or has a part only, or goes elsewhere, is other data.
    for other in ["no.12,1", "b2:3|d and ab", "abd,12,0"] {
      #expect(found([[other]]) == ["1 abandoned 1,2,3,4 by 2"])
    }
    #expect(
      Scenario.fates(of: texts, behind: [["x" + texts[4]]], to: 2000) == [
        "1 abandoned 1,2,3,4 by 2"
      ])
    // What several have is no sign, nor is what stands in another one of the call.
    let later = (0..<3).map { ["\($0)" + texts[4]] }
    #expect(found(Array(later[..<2])).contains("1 unknown 4"))
    #expect(found(later) == ["1 abandoned 1,2,3,4 by 2"])
    #expect(
      Scenario.fates(of: ["a1:7|c0", "a1:7|c", "a1:7|"], behind: [["a1:7|c,a1:7|"]]) == [
        "1 abandoned 1,2 by 2"
      ])
  }
}
