import Testing

@testable import Analysis

@Suite struct RecentCallsTests {
  @Test func theOldestMakesRoom() {
    var calls = RecentCalls<String>(most: 3)
    for number in 1...7 as ClosedRange<UInt64> { calls.remember("\(number)", of: number) }
    #expect((1...7).map { calls[$0] } == [nil, nil, nil, nil, "5", "6", "7"])
    // Known already: it takes no further room.
    calls.remember("six", of: 6)
    #expect(calls[5] == "5" && calls[6] == "six")
    calls.forgetAll()
    calls.remember("1", of: 1)
    #expect(calls[6] == nil && calls[1] == "1")
  }
}
