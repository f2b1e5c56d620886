import Records
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
    #expect(sendsRead(1, of: 5000) < 600)
    #expect((1100...1200).contains(sendsRead(600, of: 5000)))
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

  /// What a process leaves may be handed to others that came out of it, or it out of them.
  @Test func relativesMaySendIt() {
    let (parent, child) = (process(1), process(2))
    child.inherit(from: parent)
    parent.leftovers.add(at: 1, unsent: 2, bytes: 10)
    #expect(child.isCompared(at: 2) && parent.isCompared(at: 2))
    // Each reads its own sends.
    for _ in 0..<1000 { parent.comparison.spend(10) }
    #expect(child.isCompared(at: 2) && !parent.isCompared(at: 2))
    let grandchild = process(3)
    grandchild.inherit(from: child)
    #expect(grandchild.isCompared(at: 2))
  }

  /// Another program knows what it was given before, and nothing of what comes later.
  @Test func anotherProgramIsNoRelative() {
    let (parent, child) = (process(1), process(2))
    child.inherit(from: parent)
    child.forgetRelatives()
    parent.leftovers.add(at: 1, unsent: 2, bytes: 10)
    #expect(!child.isCompared(at: 2))
    child.leftovers.add(at: 3, unsent: 2, bytes: 10)
    #expect(child.isCompared(at: 4))
  }

  private func process(_ pid: Int32) -> TracedProcess {
    TracedProcess(pid: pid, stops: .seccomp, isRoot: false)
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
