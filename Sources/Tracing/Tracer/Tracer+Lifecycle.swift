import CTracee
import Decoding
import Glibc
import Records

// Threads and processes that come, change and go.
extension Tracer {
  /// Takes a thread in that a traced one made: at its first stop or at its maker's, whichever
  /// comes first. `maker` is the thread that made it, where that is known. Nil for one that is to
  /// be left alone.
  mutating func adopt(_ tid: Int32, madeBy maker: TracedThread?) -> TracedThread? {
    // Its life may be over before its maker's stop is seen, and its number another's.
    guard let pid = ProcFile.process(ofThreadTracedByUs: tid) else { return nil }
    if let process = table[process: pid] {
      releaseNew(tid, of: pid, madeBy: process)
      return table.add(tid: tid, pid: pid, stops: process.stops)
    }
    if !settings.followsChildren { outcome.passedOverChildren = true }
    let parent = maker?.process.pid ?? ProcFile.parent(ofProcess: pid)
    let parentProcess = maker?.process ?? parent.flatMap { table[process: $0] }
    if let parentProcess, parentProcess.pid != pid { parentProcess.getsSignals = true }
    releaseNew(tid, of: pid, madeBy: parentProcess)
    let stops = parentProcess?.stops ?? inheritedStops(tid)
    // No filter holds it: it can go, at its first stop.
    if !settings.followsChildren, stops == .syscall {
      if maker != nil { waits.expectPassing(tid) }
      evidence.loseSight()
      return nil
    }
    let thread = table.add(tid: tid, pid: pid, stops: stops, madeBy: parentProcess)
    if let parentProcess { thread.process.inherit(from: parentProcess) }
    thread.process.isAttached = parentProcess?.isAttached ?? (commandPid == nil)
    let isLeft = parentProcess.map { $0.departure != .none } ?? (phase == .detaching)
    if isLeft { thread.process.departure = .all }
    report(.forked, pid: pid, tid: tid) { $0.parent = parent }
    return thread
  }

  /// How a thread is made to stop whose maker is not known: with CLONE_PARENT, and before its
  /// maker's stop was seen, its parent is not one of those that we trace. A filter on it is taken
  /// for ours where others have that.
  private func inheritedStops(_ tid: Int32) -> TraceStart.StopMethod {
    guard !table.canBeLetGo else { return .syscall }
    return ThreadStatus(tid)?.isFiltered == true ? .seccomp : .syscall
  }

  /// True where the process's calls are recorded.
  func isRecorded(_ process: TracedProcess) -> Bool {
    guard phase == .tracing else { return false }
    if let limit = settings.maximumCalls, sequence >= limit { return false }
    return settings.followsChildren || process.isRoot
  }

  /// A thread has executed a program. It is the leader now, whatever it was before: its old tid is
  /// gone without a word, and so are all other threads of the process (kernel.md §8).
  mutating func programReplaced(
    _ stop: borrowing Stop, _ leader: TracedThread
  ) throws(TraceeError) {
    let process = leader.process
    if let former = try stop.eventMessage(), former != leader.tid,
      let thread = table[thread: former]
    {
      // It was in a handler, if in any call.
      finished += thread.takeCalls()
      table.remove(thread)
    }
    finished += leader.takeCalls()
    pushFinished()
    table.renew(leader)
    process.executable = ProcFile.executable(ofProcess: process.pid)
    process.mappings = nil
    // The kernel has taken back what was left to them (`begin_new_exec`).
    process.rings = RingUse()
    process.forgetRelatives()
    let abi = try stop.callInfo().flatMap { SystemCallTable.abi(architecture: $0.architecture) }
    let kind: ProcessEvent.Kind
    if process.pid == commandPid, !commandRuns {
      commandStarted(process)
      colocate(leader)
      kind = .started
    } else {
      kind = .exec
    }
    report(kind, pid: process.pid, tid: process.pid) {
      $0.comm = ProcFile.comm(ofThread: process.pid)
      $0.abi = abi
    }
  }

  private mutating func commandStarted(_ process: TracedProcess) {
    commandRuns = true
    let progress = child?.progress() ?? .init()
    if let error = progress.filterError {
      process.stops = .syscall
      warn("seccomp filter: \(error.name): stopping at every system call instead, which is slower")
    }
    beginTrace()
    if progress.setNoNewPrivileges {
      warn("NO_NEW_PRIVS is set, as the filter needs it: set-user-ID programs gain no privileges")
    }
  }

  /// A thread has ended; the last of a process ends the process.
  mutating func threadEnded(_ tid: Int32, _ status: ExitStatus) {
    guard let thread = table[thread: tid] else { return }
    if let colocation, tid == colocation.tid { stopSharing(colocation) }
    table.remove(thread)
    firstThreadIsGone(thread)
    finished += thread.takeCalls()
    pushFinished()
    otherSendEnded(with: thread)
    // The leader is reported last, when all other threads are gone.
    guard thread.process.threadCount == 0 else { return }
    let pid = thread.process.pid
    if pid == commandPid, !commandRuns { return commandEnded(status) }
    switch status {
    case .exited(let code):
      report(.exited, pid: pid, tid: tid) { $0.code = code }
      if let executable = thread.process.executable, LeakSanitizer.exitCodes.contains(code) {
        reports.push(.suspectLeakChecker(executable: executable, code: code))
      }
    case .killed(let signal): report(.killed, pid: pid, tid: tid) { $0.signal = signal }
    }
    // Behind its own end is told who is let go for it.
    if pid == commandPid { commandEnded(status) }
  }

  private mutating func commandEnded(_ status: ExitStatus) {
    if commandRuns {
      outcome.exit = status
      guard !table.isEmpty else { return }
      if settings.exitsWithCommand { return letChildrenGo() }
      return expectChildrenToEnd()
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

  func report(
    _ kind: ProcessEvent.Kind, pid: Int32, tid: Int32, fill: (inout ProcessEvent) -> Void
  ) {
    guard phase == .tracing || kind == .detached else { return }
    var event = ProcessEvent(time: Clock.realtime(), kind: kind, pid: pid, tid: tid)
    if kind == .attached || kind == .started || kind == .forked {
      event.innerPid = ThreadStatus(pid)?.innerID
    }
    fill(&event)
    reports.push(.process(event))
  }
}
