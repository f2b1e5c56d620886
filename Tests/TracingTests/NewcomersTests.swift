import Records
import Testing

@testable import Tracing

/// Who is to be looked at before a call begins.
@Suite struct NewcomersTests {
  private var table = ThreadTable()

  @discardableResult
  private mutating func add(_ pid: Int32, madeBy parent: TracedThread? = nil) -> TracedThread {
    table.add(tid: pid, pid: pid, stops: .syscall, madeBy: parent?.process)
  }

  @Test mutating func areWhoHasComeUntilHeIsLookedAtOrEnds() {
    let first = add(10)
    #expect(table.newcomers.areNone(besides: first.process))
    _ = table.add(tid: 11, pid: 10, stops: .syscall)
    #expect(table.newcomers.areNone(besides: first.process), "a thread is none")
    let second = add(20, madeBy: first)
    #expect(!table.newcomers.areNone(besides: first.process))
    #expect(table.newcomers.others(than: first.process).map { $0.pid } == [20])
    table.newcomers.remove(first.process)
    #expect(table.newcomers.areNone(besides: second.process))
    table.remove(second)
    #expect(table.newcomers.others(than: first.process).isEmpty)
    add(30, madeBy: first)
    table.newcomers.removeAll(begunBefore: .max)
    #expect(table.newcomers.areNone(besides: first.process))
  }

  @Test mutating func comeFromThoseWhoLive() {
    let first = add(10)
    let second = add(20, madeBy: first)
    let third = add(30, madeBy: second)
    func living(_ thread: TracedThread) -> [Int32] {
      table.living(thread.process.ancestors).map { $0.pid }
    }
    #expect(living(first) == [])
    #expect(living(third) == [10, 20])
    table.remove(second)
    add(20)
    #expect(living(third) == [10], "another one has its number")
    #expect(living(add(40, madeBy: third)) == [10, 30])
  }
}
