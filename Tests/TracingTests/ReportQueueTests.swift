import Decoding
import Glibc
import Records
import Synchronization
import TestSupport
import Testing
import Tracing

@Suite struct ReportQueueTests {
  @Test func reportsComeInOrder() {
    let queue = ReportQueue(budget: 1 << 20)
    for number in 1...5 { queue.push(Self.call(number)) }
    queue.push(.warning("last"))
    #expect(Self.take(queue) == ["1", "2", "3", "4", "5", "last"])
    queue.push(Self.call(6))
    #expect(Self.take(queue) == ["6"])
    #expect(queue.waitCount == 0)
  }

  @Test(
    arguments: [
      (2, 0, "as many as fill it"),
      (2, 1000, "and none that would go over it"),
    ] as [(Int, Int, Comment)])
  func theBudgetMakesTheTracerWait(fitting: Int, left: Int, reason: Comment) throws {
    // What storage costs is up to malloc: as much as these take, not as others like them would.
    let calls = (1...fitting).map { Self.call($0) }
    let queue = ReportQueue(budget: calls.reduce(left) { $0 + $1.footprint })
    for call in calls { queue.push(call) }
    try theTracerWaits(behind: fitting, queue, reason)
  }

  @Test func oneReportPassesHoweverSmallTheQueue() throws {
    let queue = ReportQueue(budget: 1)
    queue.push(Self.call(1))
    try theTracerWaits(behind: 1, queue, "one is in it")
  }

  /// Pushes one more into a queue that holds `fitting` calls and has no room for another.
  private func theTracerWaits(
    behind fitting: Int, _ queue: ReportQueue, _ reason: Comment
  ) throws {
    #expect(queue.waitCount == 0, reason)
    let tracer = try OwnThread { queue.push(Self.call(fitting + 1)) }
    // Counted under the queue's lock, which only the wait lets go.
    Self.spin { queue.waitCount == 1 }

    var batch: [TraceReport] = []
    queue.take(into: &batch, deadline: Self.patience())
    #expect(batch.map(Self.name) == (1...fitting).map(String.init), reason)
    // Taken is not done: the bytes are still there.
    var none: [TraceReport] = []
    queue.take(into: &none, deadline: 0)
    #expect(none.isEmpty, reason)
    for report in batch { queue.finish(report) }
    try #require(Self.take(queue) == [String(fitting + 1)], reason)
    tracer.join()
    #expect(queue.waitCount == 1, reason)
  }

  @Test func aReportLargerThanTheBudgetPasses() throws {
    let queue = ReportQueue(budget: 8192)
    queue.push(Self.call(1, bytes: 100_000))
    #expect(queue.waitCount == 0)
    #expect(Self.take(queue) == ["1"])

    // Behind another one it waits until it is alone.
    queue.push(Self.call(2))
    let tracer = try OwnThread { queue.push(Self.call(3, bytes: 100_000)) }
    Self.spin { queue.waitCount == 1 }
    #expect(Self.take(queue) == ["2"])
    try #require(Self.take(queue) == ["3"])
    tracer.join()
  }

  @Test func bytesCountBesidesReports() throws {
    let (long, short) = (Self.call(1, bytes: 3000), Self.call(2))
    let queue = ReportQueue(budget: long.footprint + short.footprint)
    queue.push(long)
    queue.push(short)
    #expect(queue.waitCount == 0)
    let tracer = try OwnThread { queue.push(Self.call(3, bytes: 1)) }
    Self.spin { queue.waitCount == 1 }
    #expect(Self.take(queue) == ["1", "2"])
    try #require(Self.take(queue) == ["3"])
    tracer.join()
  }

  @Test(
    arguments: [
      (0, "long past"),
      (1_000_000, "just past"),
      (20_000_000, "to come"),
    ] as [(UInt64, Comment)])
  func takingEndsAtTheDeadline(nanosecondsFromNow: UInt64, reason: Comment) {
    let queue = ReportQueue(budget: 4096)
    let deadline = nanosecondsFromNow == 0 ? 0 : Clock.monotonic() + nanosecondsFromNow
    var batch: [TraceReport] = []
    queue.take(into: &batch, deadline: deadline)
    #expect(batch.isEmpty, reason)
    #expect(Clock.monotonic() >= deadline, reason)
  }

  @Test func whatIsThereIsTakenWhateverTheDeadline() {
    let queue = ReportQueue(budget: 4096)
    for deadline in [0, Self.patience(), nil] as [UInt64?] {
      queue.push(.warning("here"))
      #expect(Self.take(queue, deadline: deadline) == ["here"])
    }
  }

  /// A scribe that waits, or is about to, gets what is pushed; more rounds than one, since either
  /// may come first.
  @Test(arguments: [true, false])
  func aPushWakesTheScribe(withDeadline: Bool) throws {
    for _ in 0..<200 {
      let queue = ReportQueue(budget: 4096)
      let tracer = try OwnThread { queue.push(.warning("awake")) }
      let deadline = withDeadline ? Self.patience() : nil
      try #require(Self.take(queue, deadline: deadline) == ["awake"])
      tracer.join()
    }
  }

  /// A full queue all the time: nothing is lost, nothing comes twice, nothing changes places.
  @Test func manyReportsThroughANarrowQueue() throws {
    let queue = ReportQueue(budget: 3 * Self.call(1).footprint)
    let count = 20_000
    let tracer = try OwnThread {
      for number in 1...count { queue.push(Self.call(number)) }
    }
    var seen: [String] = []
    while seen.count < count {
      let names = Self.take(queue)
      try #require(!names.isEmpty)
      seen += names
    }
    tracer.join()
    let wanted = (1...count).map(String.init)
    #expect(seen.elementsEqual(wanted))
    #expect(Self.take(queue, deadline: 0) == [])
  }

  /// Taken is not dealt with: who waits for the outputs goes on when the last report is finished.
  @Test func waitingUntilAllIsWritten() throws {
    let queue = ReportQueue(budget: 1 << 20)
    queue.waitUntilEmpty()
    let dealtWith = Flag()
    for number in 1...3 { queue.push(Self.call(number)) }
    let tracer = try OwnThread {
      queue.waitUntilEmpty()
      dealtWith.raise()
    }
    var batch: [TraceReport] = []
    queue.take(into: &batch, deadline: Self.patience())
    for report in batch {
      // A wait that ends too early has the time to show it; one that does not cannot fail here.
      Self.spin(until: { dealtWith.isRaised }, for: 10_000_000)
      #expect(!dealtWith.isRaised)
      queue.finish(report)
    }
    Self.spin { dealtWith.isRaised }
    try #require(dealtWith.isRaised)
    tracer.join()
  }

  @Test func finishedSnapshotsAreReusedEmpty() {
    let queue = ReportQueue(budget: 1 << 30)
    #expect(queue.spare().snapshot.vector.bytes.capacity == 0, "there is none yet")
    queue.push(Self.call(7, bytes: 5000))
    #expect(Self.take(queue) == ["7"])

    let spare = queue.spare().snapshot
    #expect(spare.payload.bytes.capacity >= 5000, "its storage is kept")
    #expect(spare.byteCount == 0 && spare.payload.spans.isEmpty)
    #expect(spare.payload.unreadablePages.isEmpty)
    #expect(spare.sequence == 0 && spare.arguments == nil && spare.exit == nil)
    #expect(spare.socket == nil && spare.comm == "" && spare.restarts == 0)
    #expect(queue.spare().snapshot.payload.bytes.capacity == 0, "it was the only one")
  }

  @Test func hugeSnapshotsAreNotKept() {
    let queue = ReportQueue(budget: 1 << 30)
    queue.push(Self.call(1, bytes: 16 << 20 + 1))
    #expect(Self.take(queue) == ["1"])
    #expect(queue.spare().snapshot.payload.bytes.capacity == 0)
  }

  /// Raised by one thread and seen by another.
  private final class Flag: Sendable {
    private let value = Atomic(false)

    func raise() { value.store(true, ordering: .releasing) }

    var isRaised: Bool { value.load(ordering: .acquiring) }
  }

  static let arguments = SendArguments(
    fd: 3, vector: RemoteAddress(0x1000), vectorLength: 1, flags: [])

  /// A call with this many payload bytes.
  static func call(_ number: Int, bytes: Int = 0) -> TraceReport {
    var snapshot = CallSnapshot()
    snapshot.sequence = UInt64(number)
    snapshot.comm = "app"
    snapshot.restarts = 1
    snapshot.arguments = arguments
    snapshot.exit = CallSnapshot.Exit(monotonic: 1, returnValue: 1)
    snapshot.socket = socketSnapshot(family: 2, type: 2)
    snapshot.payload.append(Array(repeating: 0x61, count: bytes), from: 0x2000)
    snapshot.payload.noteFault(at: 0x10_0000_0000)
    let call = RecordedCall()
    call.snapshot = snapshot
    return .call(call)
  }

  /// What a scribe does: takes, names and finishes what is there.
  private static func take(
    _ queue: ReportQueue, deadline: UInt64? = Self.patience()
  ) -> [String] {
    var batch: [TraceReport] = []
    queue.take(into: &batch, deadline: deadline)
    let names = batch.map(name)
    for report in batch { queue.finish(report) }
    return names
  }

  private static func name(_ report: TraceReport) -> String {
    switch report {
    case .call(let call): String(call.snapshot.sequence)
    case .warning(let text): text
    default: "?"
    }
  }

  /// When a test gives up on something that never comes.
  private static func patience(_ nanoseconds: UInt64 = 10_000_000_000) -> UInt64 {
    Clock.monotonic() + nanoseconds
  }

  /// Until another thread has come so far.
  private static func spin(until condition: () -> Bool, for nanoseconds: UInt64 = 10_000_000_000) {
    let deadline = patience(nanoseconds)
    while !condition(), Clock.monotonic() < deadline { sched_yield() }
  }
}
