import Decoding
import Glibc
import Records

// Letting threads go one by one, each at a stop that is no entry of a call.
//
// A signal that the program ignores, and that is sent while a thread is traced, wakes the thread.
// Were it let go before it has stopped for that signal, the kernel would drop the signal, but the
// call that the thread waited in would have been ended by it. In a stop the thread has been ended
// already, and its call is made again.
//
// A signal for the whole process is dropped or not as its first thread is traced or not
// (sig_ignored in kernel/signal.c), and wakes any thread. So the first thread is let go first.
extension Tracer {
  /// A process is sent a signal that it ignores: others will come, while we leave too.
  mutating func noteIgnoredSignal(of process: TracedProcess) {
    guard !process.getsIgnoredSignals else { return }
    process.getsIgnoredSignals = true
    guard phase == .leaving else { return }
    expectAnswers()
    depart(process)
  }

  /// Brings the threads of a process to a stop at which they are let go, the first one before the
  /// others.
  mutating func depart(_ process: TracedProcess) {
    guard process.departure == .none else { return }
    process.departure = .first
    for thread in table.threads.values where thread.process === process {
      thread.isUndisturbed = false
    }
    guard let first = table[thread: process.pid] else { return letOthersGo(process) }
    patienceEnd = min(patienceEnd, Clock.monotonic() &+ Self.patienceForFirst)
    interrupt(first)
  }

  /// A thread is not traced any more; where it is the first of a departing process, the others may
  /// go.
  func firstThreadIsGone(_ thread: TracedThread) {
    guard thread.process.departure == .first, thread.tid == thread.process.pid else { return }
    letOthersGo(thread.process)
  }

  /// The first thread of a process cannot be interrupted (vfork, disk): the others go before it.
  mutating func endPatience(now: UInt64) {
    guard now >= patienceEnd else { return }
    patienceEnd = .max
    for process in table.processes.values where process.departure == .first {
      letOthersGo(process)
    }
  }

  private func letOthersGo(_ process: TracedProcess) {
    process.departure = .all
    for thread in table.threads.values where thread.process === process {
      if phase == .leaving, thread.sleepsInRestartedCall {
        // It is let go as it sleeps: a signal that wakes it now does not end its call.
        thread.isUndisturbed = true
      } else {
        interrupt(thread)
      }
    }
  }

  /// Nanoseconds in which a first thread may answer an interrupt.
  private static let patienceForFirst: UInt64 = 20_000_000

  /// True where a thread's next stop is its last.
  func isLetGo(_ thread: TracedThread) -> Bool {
    switch thread.process.departure {
    case .none: false
    case .first: thread.tid == thread.process.pid
    case .all: true
    }
  }

  /// Lets go of a thread; the calls it is in are not seen to end.
  mutating func letGo(
    of stop: borrowing Stop, _ thread: TracedThread, delivering signal: Signal? = nil
  ) throws(TraceeError) -> Disposition {
    // A signal that is not ignored ends calls, traced or not.
    let isIgnored = signal.map { PendingSignals.ofThread(stop.tid).ignores($0) } ?? true
    if isIgnored {
      if thread.repeating == nil { _ = try hideInterrupt(stop, thread) }
      try leaveRepeatingToKernel(stop, thread)
    }
    finished += thread.takeCalls()
    return .detach(delivering: signal)
  }
}

extension TracedThread {
  /// True where it sleeps in a call that the kernel restarts whatever wakes it, or that moves data
  /// and, interrupted, would return with a part.
  fileprivate var sleepsInRestartedCall: Bool {
    // proc_pid_syscall(5): "running", or the number and the arguments.
    let fields = ProcFile.text("/proc/\(tid)/syscall")?.split(separator: " ") ?? []
    guard fields.count > 6, let number = UInt64(fields[0]) else { return false }
    let arguments = fields[1...6].map { UInt64($0.dropFirst(2), radix: 16) ?? 0 }
    // It is not said of which architecture the number is.
    return SystemCallTable.repeatableArchitectures.allSatisfy {
      let limit = SystemCallTable.waitLimit(
        architecture: $0, number: number, argument: { arguments[$0] })
      return limit?.mayBePartial ?? true
    }
  }
}
