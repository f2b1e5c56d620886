import CTracee
import Decoding
import Glibc
import Records
import Synchronization
import TestSupport
import Testing

@testable import Tracing

/// What the kernel says of the scheduling of threads, each of which is the test's own.
@Suite struct ScribePriorityTests {
  private static let isAllowed = tracee_may_return_from_idle()

  /// Calls of many messages have the scribe give way; calls of few do not.
  @Test(arguments: [(0, false), (1, false), (16, false), (64, true), (1024, true)])
  func itGivesWayForLargeCallsAlone(size: Int, givesWay: Bool) throws {
    let seen = try onOwnThread { priority in
      var seen: [Bool] = []
      for calls in [0, 4] {
        priority.begin(calls: calls, messages: calls * size, now: 0)
        seen += [!tracee_is_scheduled_normally(), priority.end != nil]
      }
      priority.begin(calls: 4, messages: 4, now: 0)
      return seen + [!tracee_is_scheduled_normally(), priority.end != nil]
    }
    let large = givesWay && Self.isAllowed
    #expect(seen == [false, false, large, large, false, false])
  }

  /// Whoever falls behind works as everyone does for a while, and the next time for longer.
  @Test func whoFallsBehindIsGivenTime() throws {
    let seen = try onOwnThread { priority in
      var seen: [Bool] = []
      var now: UInt64 = 1_000_000_000
      for pause in [100, 200, 400] as [UInt64] {
        priority.begin(calls: 1, messages: 1024, now: now)
        seen.append(!tracee_is_scheduled_normally())
        priority.fallBehind(now: now)
        seen.append(!tracee_is_scheduled_normally())
        now += pause * 1_000_000
        priority.begin(calls: 1, messages: 1024, now: now - 1)
        seen.append(!tracee_is_scheduled_normally())
      }
      return seen
    }
    #expect(seen == Array(repeating: [Self.isAllowed, false, false], count: 3).flatMap(\.self))
  }

  /// The tracer's thread brings it back, as it must where the scribe gets no CPU.
  @Test(.timeLimit(.minutes(1))) func anotherThreadBringsItBack() throws {
    let queue = ReportQueue(budget: 1 << 20)
    let call = RecordedCall()
    call.snapshot.arguments = .init(fd: 0, vector: .init(1), vectorLength: 1024, flags: [])
    queue.push(.call(call))
    let seen = Mutex<[Bool]>([])
    try OwnThread {
      var batch: [TraceReport] = []
      queue.take(into: &batch, deadline: 0)
      let gaveWay = !tracee_is_scheduled_normally()
      let isLookedAfter = queue.lookAfter != nil
      let tracer = try? OwnThread {
        while let time = queue.lookAfter {
          usleep(useconds_t((time &- min(time, Clock.monotonic())) / 1000))
          queue.lookAfterScribe()
        }
      }
      tracer?.join()
      seen.withLock { $0 = [gaveWay, isLookedAfter, tracee_is_scheduled_normally()] }
    }.join()
    #expect(seen.withLock(\.self) == [Self.isAllowed, Self.isAllowed, true])
  }

  /// Behind the last report nobody is left to bring it back.
  @Test func itDoesNotGiveWayAtTheEnd() throws {
    let queue = ReportQueue(budget: 1 << 20)
    let call = RecordedCall()
    call.snapshot.arguments = .init(fd: 0, vector: .init(1), vectorLength: 1024, flags: [])
    queue.push(.call(call))
    queue.push(.ended(time: 0, exit: nil))
    let seen = Mutex<[Bool]>([])
    try OwnThread {
      var batch: [TraceReport] = []
      queue.take(into: &batch, deadline: 0)
      seen.withLock { $0 = [tracee_is_scheduled_normally(), queue.lookAfter == nil] }
    }.join()
    #expect(seen.withLock(\.self) == [true, true])
  }

  /// It is in nobody's way while tracer and program share a CPU, and again when they no longer do.
  @Test func itGivesWayWhereItIsInTheWay() throws {
    let queue = ReportQueue(budget: 1 << 20)
    let seen = Mutex<[Bool]>([])
    try OwnThread {
      for isShared in [true, false, true] {
        queue.letScribeGiveWay(!isShared)
        let call = RecordedCall()
        call.snapshot.arguments = .init(fd: 0, vector: .init(1), vectorLength: 1024, flags: [])
        queue.push(.call(call))
        var batch: [TraceReport] = []
        queue.take(into: &batch, deadline: 0)
        let gaveWay = !tracee_is_scheduled_normally()
        seen.withLock { $0.append(gaveWay) }
      }
    }.join()
    #expect(seen.withLock(\.self) == [false, Self.isAllowed, false])
  }

  private func onOwnThread(
    _ body: @escaping @Sendable (inout ScribePriority) -> [Bool]
  ) throws -> [Bool] {
    let result = Mutex<[Bool]>([])
    try OwnThread {
      var priority = ScribePriority()
      let seen = body(&priority)
      result.withLock { $0 = seen }
    }.join()
    return result.withLock(\.self)
  }
}
