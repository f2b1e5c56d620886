import Testing

@testable import Tracing

@Suite struct ComparisonBudgetTests {
  /// How many sends of so many bytes are read behind calls that each left one such message.
  private func sendsRead(_ calls: Int, of bytes: Int) -> Int {
    var budget = ComparisonBudget()
    for _ in 0..<calls { budget.renew(at: 1, unsent: 1, bytes: bytes) }
    var count = 0
    while budget.isOpen(at: 2), count < 100_000 {
      budget.spend(bytes)
      count += 1
    }
    return count
  }

  /// What many sockets have left may follow all together.
  @Test func eachCallAddsToIt() {
    #expect(sendsRead(1, of: 5000) < 100)
    #expect((600...700).contains(sendsRead(600, of: 5000)))
  }

  /// Those that fall short while others are waited for take nothing from these.
  @Test func callsThatFallShortInARow() {
    var budget = ComparisonBudget()
    for number in 0..<600 {
      if number > 0 {
        budget.spend(5000)
        budget.refund(5000)
      }
      budget.renew(at: 1, unsent: 1, bytes: 5000)
    }
    for _ in 0..<600 { budget.spend(5000) }
    #expect(budget.isOpen(at: 2))
  }

  @Test func itIsBounded() {
    #expect(sendsRead(100_000, of: 5000) < 5000)
    #expect(sendsRead(100_000, of: 60_000) < 500)
  }

  @Test func itEndsWithTime() {
    var budget = ComparisonBudget()
    #expect(!budget.isOpen(at: 1))
    budget.renew(at: 1, unsent: 1, bytes: 10)
    #expect(budget.isOpen(at: 60_000_000_000) && !budget.isOpen(at: 62_000_000_000))
  }
}
