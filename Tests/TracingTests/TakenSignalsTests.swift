import Testing

@testable import Tracing

/// Whether the end of a child that another thread was told of is all that can have ended a call.
@Suite struct TakenSignalsTests {
  private var taken = TakenSignals()

  @Test func noneIsNone() {
    #expect(!taken.hasIgnoredEnd(since: 1))
  }

  @Test mutating func onlyOfWhatBeganBefore() {
    taken.note(isIgnoredEnd: true, at: 20)
    #expect(taken.hasIgnoredEnd(since: 10))
    #expect(!taken.hasIgnoredEnd(since: 21))
  }

  @Test mutating func anotherSignalMayHaveDoneIt() {
    taken.note(isIgnoredEnd: false, at: 15)
    taken.note(isIgnoredEnd: true, at: 20)
    #expect(!taken.hasIgnoredEnd(since: 10))
    #expect(taken.hasIgnoredEnd(since: 16))
  }

  @Test mutating func itWakesOne() {
    taken.note(isIgnoredEnd: true, at: 20)
    taken.forgetEnd()
    #expect(!taken.hasIgnoredEnd(since: 10))
  }
}
