import Records
import Testing

@testable import Analysis

/// What is said of a message that went out later, although an error was certain of it.
@Suite struct WentOutTests {
  @Test(arguments: [true, false])
  func isSaidOfTheSameMessageAlone(keepsControl: Bool) throws {
    var failed = FailedCall()
    failed.control = [.used(0, 2, [0, 0, 0, 0])]
    failed.control[0].status = .rejected
    var first = failed.call
    for index in first.messages.indices {
      first.messages[index].payload.data = Array(repeating: 0x61 + UInt8(index), count: 10)[...]
    }
    var second = first
    second.sequence = 2
    second.evidence = nil
    second.monotonic = first.monotonic + (first.duration ?? 0) + 1
    second.messages.removeFirst()
    for index in second.messages.indices {
      second.messages[index].index = index
      second.messages[index].sentLength = 10
    }
    if !keepsControl { second.messages[0].control = [] }
    second.arguments?.vectorLength = 2
    second.result = .returned(2)

    var tracker = FollowUpTracker(FollowUpTracker.Settings())
    let verdict = Verdict.of(first)
    #expect(verdict.errno == .invalidArgument && verdict.certainty == .certain)
    let found =
      tracker.add(first, verdict, Leftover())
      + tracker.add(second, Verdict.of(second), Leftover()) + tracker.finish()
    let resumed = try #require(found.first { $0.how == .resumed })
    #expect(resumed.messages == [1, 2])
    #expect(resumed.why.contains("went out this time, although EINVAL") == keepsControl)
  }
}
