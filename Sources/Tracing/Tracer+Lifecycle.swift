import CTracee
import Decoding
import Glibc
import Records

// Threads and processes that come, change and go.
extension Tracer {
  enum Adoption {
    case traced
    case leaveAlone
  }

  /// Takes a thread in that a traced one made: at its first stop or at its maker's, whichever
  /// comes first. `maker` is the thread that made it, where that is known.
  mutating func adopt(_ tid: Int32, parent maker: Int32?) -> Adoption {
    guard table[thread: tid] == nil else { return .traced }
    let pid = ProcFile.process(ofThread: tid) ?? tid
    let parent =
      maker.flatMap { table[thread: $0]?.pid }
      ?? ProcFile.field("PPid", of: "/proc/\(tid)/status").flatMap { Int32($0) }
    let parentProcess = parent.flatMap { table[process: $0] }
    let stops = parentProcess?.stops ?? .syscall
    if table[process: pid] == nil, !settings.followsChildren, stops == .syscall {
      // No filter holds it: it can go.
      return .leaveAlone
    }
    guard table.add(tid: tid, pid: pid, stops: stops) else { return .traced }
    table[process: pid]?.executable = parentProcess?.executable
    report(.forked, pid: pid, tid: tid) { $0.parent = parent }
    return .traced
  }

  /// True where the process's calls are recorded.
  func isRecorded(_ pid: Int32) -> Bool {
    guard phase == .tracing else { return false }
    if let limit = settings.maximumCalls, sequence >= limit { return false }
    return settings.followsChildren || table[process: pid]?.isRoot == true
  }

  /// A thread has executed a program. It is the leader now, whatever it was before: its old tid is
  /// gone without a word, and so are all other threads of the process (kernel.md §8).
  mutating func programReplaced(_ stop: borrowing Stop) throws(TraceeError) {
    let pid = stop.tid
    if let former = try stop.eventMessage(), former != pid { _ = table.remove(tid: former) }
    if let thread = table[thread: pid] {
      abandonCalls(of: thread)
      table[thread: pid] = TracedThread(tid: pid, pid: pid)
    }
    table[process: pid]?.executable = ProcFile.executable(ofProcess: pid)
    let abi = try stop.callInfo().flatMap { SystemCallTable.abi(architecture: $0.architecture) }
    let kind: ProcessEvent.Kind
    if pid == commandPid, !commandRuns {
      commandStarted(pid)
      kind = .started
    } else {
      kind = .exec
    }
    report(kind, pid: pid, tid: pid) {
      $0.comm = ProcFile.comm(ofThread: pid)
      $0.abi = abi
    }
  }

  private mutating func commandStarted(_ pid: Int32) {
    commandRuns = true
    let progress = child?.progress() ?? .init()
    if let error = progress.filterError {
      table[process: pid]?.stops = .syscall
      warn("seccomp filter: \(error.name): stopping at every system call instead, which is slower")
    }
    begin()
    if progress.setNoNewPrivileges {
      warn("NO_NEW_PRIVS is set, as the filter needs it: set-user-ID programs gain no privileges")
    }
  }

  /// A thread has ended; the last of a process ends the process.
  mutating func threadEnded(_ tid: Int32, _ status: ExitStatus) {
    guard let executable = table[thread: tid].map({ table[process: $0.pid]?.executable }),
      let removed = table.remove(tid: tid)
    else { return }
    abandonCalls(of: removed.thread)
    // The leader is reported last, when all other threads are gone.
    guard removed.wasLast else { return }
    let pid = removed.thread.pid
    if pid == commandPid {
      commandEnded(status)
      guard commandRuns else { return }
    }
    switch status {
    case .exited(let code):
      report(.exited, pid: pid, tid: tid) { $0.code = code }
      if let executable { explainLeakChecker(executable, code) }
    case .killed(let signal): report(.killed, pid: pid, tid: tid) { $0.signal = signal }
    }
  }

  private mutating func commandEnded(_ status: ExitStatus) {
    if commandRuns {
      outcome.exit = status
      if settings.exitsWithCommand, !table.isEmpty { letChildrenGo() }
      return
    }
    let progress = child?.progress() ?? .init()
    if let failure = progress.failure {
      outcome.failure = failure
    } else if let error = progress.filterError {
      outcome.failure = LaunchError(step: .filter, errno: error)
    } else {
      outcome.failure = LaunchError(step: .child, errno: .noProcess)
      outcome.exit = status
    }
  }

  private mutating func letChildrenGo() {
    guard table.canBeLetGo else {
      return warn(
        "--exit-with-command: its children have the seccomp filter, with which each sendmmsg fails"
          + " without the tracer: waiting for their end (--seccomp off lets them go)")
    }
    detachAll()
  }

  /// LeakSanitizer stops its own threads with ptrace to look for leaks, which fails while we trace
  /// them, and ends the program with 1 or 23.
  private mutating func explainLeakChecker(_ executable: String, _ code: Int32) {
    guard LeakSanitizer.exitCodes.contains(code), examined.insert(executable).inserted,
      LeakSanitizer.isLinked(into: executable)
    else { return }
    warn(
      "\(executable): exited with \(code) and is built with LeakSanitizer, which fails under any"
        + " tracer: run it with LSAN_OPTIONS=detect_leaks=0")
  }

  func report(
    _ kind: ProcessEvent.Kind, pid: Int32, tid: Int32, fill: (inout ProcessEvent) -> Void
  ) {
    guard phase == .tracing || kind == .detached else { return }
    var event = ProcessEvent(time: Clock.realtime(), kind: kind, pid: pid, tid: tid)
    if kind == .attached || kind == .started || kind == .forked {
      event.innerPid = ProcFile.innerPid(ofProcess: pid)
    }
    fill(&event)
    reports.push(.process(event))
  }
}
