import Testing

@testable import Tracing

@Suite struct SpinTrialTests {
  /// After how many waits each of the next `count` trials begins, of which each fails at once.
  private func gaps(before count: Int, of trial: inout SpinTrial) -> [Int] {
    (0..<count).map { _ in
      var waits = 1
      while !trial.tries() { waits += 1 }
      trial.fail()
      return waits
    }
  }

  @Test func oneThatFailsIsFollowedByTheNextAfterTwiceAsManyWaits() {
    var trial = SpinTrial()
    let seen = gaps(before: 10, of: &trial)
    #expect(seen == [32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 4_096, 4_096])
  }

  @Test func oneInWhichWaitsStayLongIsOverAfter32() {
    var trial = SpinTrial()
    let tried = (1...120).map { _ in trial.tries() }
    #expect(tried == (1...120).map { (32..<64).contains($0) })
    #expect(!trial.isRunning)
  }

  @Test func behindOneThatSucceedsTheNextComesAsSoonAsTheFirstDid() {
    var trial = SpinTrial()
    _ = gaps(before: 4, of: &trial)
    while !trial.tries() {}
    trial.succeed()
    #expect(!trial.isRunning)
    let seen = gaps(before: 2, of: &trial)
    #expect(seen == [32, 64])
  }
}
