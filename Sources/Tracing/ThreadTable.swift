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
  /// True while an interrupt of ours is on its way to it.
  var isInterrupted = false
  /// True once it runs without stopping at calls, for us to leave.
  var isUndisturbed = false
  /// The name, and when it was read (CLOCK_MONOTONIC, nanoseconds).
  var comm = ""
  var commTime: UInt64 = 0

  init(tid: Int32, pid: Int32) {
    self.tid = tid
    self.pid = pid
  }
}

/// What a descriptor was when it was asked last.
struct SocketHint {
  var fd: Int32
  /// AF_INET or AF_INET6, and SOCK_DGRAM.
  var isInternetDatagram: Bool

  init(fd: Int32, _ socket: SocketSnapshot) {
    self.fd = fd
    isInternetDatagram = (socket.family == 2 || socket.family == 10) && socket.type == 2
  }
}

/// What is known of a traced process.
struct TracedProcess {
  let pid: Int32
  var threadCount = 0
  /// How its threads are made to stop; children inherit it.
  var stops: TraceStart.StopMethod
  /// True for the command and for what was attached to.
  var isRoot: Bool
  /// A pidfd, for its descriptors; nil until it is needed.
  var pidfd: Descriptor?
  var lastSocket: SocketHint?
  /// The program it runs; nil where it could not be read.
  var executable: String?

  init(pid: Int32, stops: TraceStart.StopMethod, isRoot: Bool) {
    self.pid = pid
    self.stops = stops
    self.isRoot = isRoot
  }
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

  /// Adds a process that is traced for its own sake, with its threads.
  mutating func addRoot(_ pid: Int32, threads tids: [Int32], stops: TraceStart.StopMethod) {
    for tid in tids { _ = add(tid: tid, pid: pid, stops: stops) }
    processes[pid]?.isRoot = true
  }

  /// Adds a thread, and its process where it is the first; true where it is.
  mutating func add(tid: Int32, pid: Int32, stops: TraceStart.StopMethod) -> Bool {
    guard threads[tid] == nil else { return false }
    threads[tid] = TracedThread(tid: tid, pid: pid)
    let fresh = TracedProcess(pid: pid, stops: stops, isRoot: false)
    processes[pid, default: fresh].threadCount += 1
    return processes[pid]?.threadCount == 1
  }

  /// True while a thread has yet to answer an interrupt.
  var isAttaching: Bool { threads.values.contains { $0.isInterrupted } }

  /// True when all threads run without stopping at calls.
  var isUndisturbed: Bool { threads.values.allSatisfy { $0.isUndisturbed } }

  /// Takes it that no thread will stop.
  mutating func disturbNoMore() {
    for tid in threads.keys { threads[tid]?.isUndisturbed = true }
  }

  /// True where no process has our filter, with which its calls would fail without us.
  var canBeLetGo: Bool { processes.values.allSatisfy { $0.stops == .syscall } }

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
