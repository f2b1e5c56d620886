import Records
import Testing

@testable import Analysis

/// What followed that may have what was left, and was not compared with it or not looked through.
@Suite struct NotLookedTests {
  private typealias Sketch = Scenario.Sketch

  /// What was not looked through may have what was left.
  @Test func notLookedThrough() {
    func found(_ count: Int, _ follower: Sketch?) -> [FollowUp] {
      var scenario = Scenario()
      scenario.readsContents = true
      let long = String(repeating: RareWordsTests.body(7, 1024), count: 40)
      let left = (0..<count).map { Sketch("\($0)" + long) }
      var steps: [Scenario.Step] = [.offers(left, 1)]
      if let follower { steps.append(.offers([follower], 1)) }
      steps.append(.offers([Sketch("other data")], 1))
      var found: [FollowUp] = []
      for step in steps + [.event(.exited)] { found += scenario.step(step) }
      return found
    }
    let other = Sketch(String(repeating: "other data", count: 5000))
    let long = found(7, other)
    #expect(long.map(\.how) == [.abandoned] && long.map(\.isFinal) == [false])
    let why = "call 2 was not searched for bytes of them: the call has over 256 KiB"
    #expect(long.first?.why.contains(why) == true)
    #expect(found(6, other).map(\.isFinal) == [true])
    // Nothing followed that is long enough to have it.
    #expect(found(7, nil).map(\.isFinal) == [true])
  }

  /// A message of which not all bytes are known may be in what follows, as long as that is as long.
  @Test func notReadAsAWhole() {
    func found(_ lengths: [Int], reads: [Bool] = [false, true]) -> FollowUp? {
      var scenario = Scenario()
      scenario.readsContents = reads[0]
      let long = Sketch(RareWordsTests.body(7, 500))
      var found = scenario.step(.offers([Sketch("sent before"), long, Sketch("last of all")], 1))
      scenario.readsContents = true
      found += scenario.step(.offers([Sketch("last of all")], 1))
      scenario.readsContents = reads[1]
      for length in lengths {
        found += scenario.step(.offers([Sketch(RareWordsTests.body(length, length))], 1))
      }
      found += scenario.step(.event(.exited))
      return found.first { $0.how == .skipped }
    }
    #expect(found([251, 249])?.isFinal == false)
    #expect(
      found([251, 249])?.why.hasSuffix(
        "; call 3 was not searched for bytes of them: not all of these was read") == true)
    #expect(found([251, 247])?.isFinal == true)
    // Nor is anything known of what is not read itself, but for what the trace keeps.
    #expect(found([282, 282], reads: [true, false])?.isFinal == false)
    #expect(found([282, 281], reads: [true, false])?.isFinal == true)
    #expect(found([282, 282], reads: [true, true])?.isFinal == true)
  }

  /// All in one, encoded otherwise: nothing is known again, and it may be there.
  @Test func joinedAndEncoded() {
    func found(_ sends: [[Int]]) -> FollowUp? {
      var scenario = Scenario()
      scenario.readsContents = true
      var found = scenario.step(.offers(RareWordsTests.texts.map { Sketch($0) }, 1))
      for (call, lengths) in sends.enumerated() {
        found += scenario.step(
          .offers(lengths.map { Sketch(RareWordsTests.body($0 + call + 100, $0)) }, lengths.count))
      }
      found += scenario.step(.event(.exited))
      return found.first { $0.how == .abandoned }
    }
    // Each has 68 bytes.
    #expect(found([[204]])?.isFinal == false)
    #expect(found([[204]])?.why.hasSuffix("it may have them joined, encoded otherwise") == true)
    #expect(found([[102, 102]])?.isFinal == false)
    for others in [[[203]], [[136, 68]], [[80, 80, 80]], [[10], [204]]] {
      #expect(found(others)?.isFinal == true)
    }
  }

  /// So much may be looked through, and more with time.
  @Test(arguments: [false, true]) func noTimeLeft(_ waits: Bool) {
    var scenario = Scenario()
    scenario.readsContents = true
    let other = Sketch(RareWordsTests.body(9, 68))
    var found = scenario.step(.offers(RareWordsTests.texts.map { Sketch($0) }, 1))
    scenario.tracker.tails.spareForChanged = 0
    if waits { found += scenario.step(.waits(1_100_000_000)) }
    found += scenario.step(.offers([other], 1)) + scenario.step(.event(.exited))
    #expect(found.map(\.how) == [.abandoned] && found.map(\.isFinal) == [waits])
    #expect(found.last?.why.contains("too much else was looked through") == !waits)
  }
}
