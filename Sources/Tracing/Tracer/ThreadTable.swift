import Records

/// Every traced thread and process.
struct ThreadTable {
  private(set) var threads: [Int32: TracedThread] = [:]
  private(set) var processes: [Int32: TracedProcess] = [:]
  var newcomers = Newcomers()
  /// The same behind calls that fell short.
  var newcomersBehind = Newcomers()
  /// How many processes have come, and how many gone.
  private(set) var begunCount: UInt64 = 0
  private(set) var endedCount: UInt64 = 0
  /// Those that have gone last, oldest first.
  private var endedLast: [TracedProcess] = []
  private static let maximumEnded = 32

  var isEmpty: Bool { threads.isEmpty }
  var tids: Dictionary<Int32, TracedThread>.Keys { threads.keys }

  func tids(of pid: Int32) -> [Int32] {
    threads.values.filter { $0.process.pid == pid }.map { $0.tid }
  }

  subscript(thread tid: Int32) -> TracedThread? { threads[tid] }
  subscript(process pid: Int32) -> TracedProcess? { processes[pid] }

  /// Adds a process that is traced for its own sake, with its threads.
  mutating func addRoot(_ pid: Int32, threads tids: [Int32], stops: TraceStart.StopMethod) {
    for tid in tids { _ = add(tid: tid, pid: pid, stops: stops) }
    processes[pid]?.isRoot = true
  }

  /// Adds a thread that is not there yet, and its process where it is the first, which `parent`
  /// made.
  mutating func add(
    tid: Int32, pid: Int32, stops: TraceStart.StopMethod, madeBy parent: TracedProcess? = nil
  ) -> TracedThread {
    let process = processes[pid] ?? TracedProcess(pid: pid, stops: stops, isRoot: false)
    if process.threadCount == 0 {
      begunCount += 1
      process.number = begunCount
      process.begun = Clock.monotonic()
      process.ancestors = parent.map(lineage) ?? []
      newcomers.add(process)
      newcomersBehind.add(process)
    }
    let thread = TracedThread(tid: tid, process: process)
    process.threadCount += 1
    processes[pid] = process
    threads[tid] = thread
    return thread
  }

  /// A process and those that it came from, as far as they live.
  private func lineage(of process: TracedProcess) -> [TracedProcess.Ancestor] {
    living(process.ancestors).map { .init(pid: $0.pid, number: $0.number) }
      + [.init(pid: process.pid, number: process.number)]
  }

  /// Those of them that have not ended.
  func living(_ ancestors: [TracedProcess.Ancestor]) -> [TracedProcess] {
    ancestors.compactMap { ancestor in
      processes[ancestor.pid].flatMap { $0.number == ancestor.number ? $0 : nil }
    }
  }

  /// Puts a fresh thread in the place of one: the same number, another program.
  mutating func renew(_ thread: TracedThread) {
    threads[thread.tid] = TracedThread(tid: thread.tid, process: thread.process)
  }

  /// Removes a thread, and its process where it was the last.
  mutating func remove(_ thread: TracedThread) {
    threads[thread.tid] = nil
    thread.process.threadCount -= 1
    if thread.process.threadCount <= 0 {
      processes[thread.process.pid] = nil
      newcomers.remove(thread.process)
      newcomersBehind.remove(thread.process)
      endedCount += 1
      if endedLast.count >= Self.maximumEnded { endedLast.removeFirst() }
      endedLast.append(thread.process)
    }
  }

  /// The processes that have ended since so many had; nil where these are not remembered.
  func ended(since count: UInt64) -> ArraySlice<TracedProcess>? {
    let number = endedCount &- count
    return number <= UInt64(endedLast.count) ? endedLast.suffix(Int(number)) : nil
  }

  /// The last of those that had ended before so many had.
  func endedEarlier(than count: UInt64) -> ArraySlice<TracedProcess> {
    endedLast.dropLast(Int(clamping: endedCount &- count))
  }

  /// True while a thread has yet to answer an interrupt.
  var isAttaching: Bool { threads.values.contains { $0.awaitsInterrupt } }

  /// True when all threads run without stopping at calls.
  var isUndisturbed: Bool { threads.values.allSatisfy { $0.isUndisturbed } }

  /// Takes it that no thread will stop.
  func disturbNoMore() {
    for thread in threads.values { thread.isUndisturbed = true }
  }

  /// True where no process has our filter, with which its calls would fail without us.
  var canBeLetGo: Bool { processes.values.allSatisfy { $0.stops == .syscall } }
}
