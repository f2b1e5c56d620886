import Decoding
import Records

/// Where a system call was made: with its arguments, what tells a restart from another call.
struct CallSite: Hashable {
  /// AUDIT_ARCH_* and the number in that architecture.
  var architecture: UInt32
  var number: UInt64
  var instructionPointer: UInt64
  var stackPointer: UInt64
  var arguments: CallInfo.Arguments
}

/// A call between its entry and its exit.
struct PendingCall {
  var snapshot: CallSnapshot
  var site: CallSite
}

/// What is known of a traced thread.
struct TracedThread {
  let tid: Int32
  let pid: Int32
  /// The call it is in.
  var call: PendingCall?
  /// Calls that a signal interrupted and that may be taken up again, outermost first: a handler
  /// can make calls of its own.
  var interrupted: [PendingCall] = []
  /// The name, and when it was read (CLOCK_MONOTONIC, nanoseconds).
  var comm = ""
  var commTime: UInt64 = 0

  init(tid: Int32, pid: Int32) {
    self.tid = tid
    self.pid = pid
  }
}

/// What is known of a traced process.
struct TracedProcess {
  let pid: Int32
  var threadCount = 0
  /// A pidfd, for its descriptors; nil until it is needed.
  var pidfd: Descriptor?
  /// The program it runs; nil where it could not be read.
  var executable: String?

  init(pid: Int32) { self.pid = pid }
}

/// Every traced thread and process.
struct ThreadTable {
  private(set) var threads: [Int32: TracedThread] = [:]
  private(set) var processes: [Int32: TracedProcess] = [:]

  var isEmpty: Bool { threads.isEmpty }
  var tids: Dictionary<Int32, TracedThread>.Keys { threads.keys }

  subscript(thread tid: Int32) -> TracedThread? {
    _read { yield threads[tid] }
    _modify { yield &threads[tid] }
  }

  subscript(process pid: Int32) -> TracedProcess? {
    _read { yield processes[pid] }
    _modify { yield &processes[pid] }
  }

  /// Adds a thread, and its process where it is the first; true where it is.
  mutating func add(tid: Int32, pid: Int32) -> Bool {
    guard threads[tid] == nil else { return false }
    threads[tid] = TracedThread(tid: tid, pid: pid)
    processes[pid, default: TracedProcess(pid: pid)].threadCount += 1
    return processes[pid]?.threadCount == 1
  }

  /// Removes a thread, and its process where it was the last; the thread, and whether it was.
  mutating func remove(tid: Int32) -> (thread: TracedThread, wasLast: Bool)? {
    guard let thread = threads.removeValue(forKey: tid) else { return nil }
    processes[thread.pid]?.threadCount -= 1
    guard let process = processes[thread.pid], process.threadCount <= 0 else {
      return (thread, false)
    }
    processes[thread.pid] = nil
    return (thread, true)
  }
}
