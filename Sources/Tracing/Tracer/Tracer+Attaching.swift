import Decoding
import Records

// Coming to processes that run already. Each thread is interrupted once: the call that it waits in
// then returns, with what it has sent so far or with EINTR, which is our doing and not the
// program's business.
extension Tracer {
  /// Attaches to what is to be attached to, and says that the trace begins.
  mutating func beginTrace() {
    // A thread stands for its process.
    var processes: [Int32] = []
    for pid in processesToAttach.map({ ProcFile.process(ofThread: $0) ?? $0 })
    where !processes.contains(pid) { processes.append(pid) }
    let results = processes.map { (pid: $0, result: attach(to: $0)) }
    var pids = commandPid.map { [$0] } ?? []
    for case (let pid, .attached) in results { pids.append(pid) }
    outcome.attachedNone = !processesToAttach.isEmpty && pids.isEmpty
    evidence.prepare(command: commandPid, attaches: !processesToAttach.isEmpty && !pids.isEmpty)
    if !pids.isEmpty {
      let stops = commandPid.flatMap { table[process: $0]?.stops } ?? .syscall
      reports.push(.started(time: Clock.realtime(), pids: pids, stops: stops))
    }
    for (pid, result) in results {
      switch result {
      case .attached(let threads, let leftOut):
        report(.attached, pid: pid, tid: pid) {
          $0.comm = ProcFile.comm(ofThread: pid)
          $0.threads = threads.count
        }
        for (tid, refusal) in leftOut.sorted(by: { $0.key < $1.key }) {
          report(.refused, pid: pid, tid: tid) { $0.why = refusal.sentenceOfThread }
        }
      case .refused(let refusal):
        // Without a trace there are no records to say it.
        guard !pids.isEmpty else {
          warn("\(pid): \(refusal.sentence)")
          continue
        }
        report(.refused, pid: pid, tid: pid) { $0.why = refusal.sentence }
      }
    }
    listeningEnd = Clock.monotonic() &+ Self.listening
    if let duration = settings.maximumDuration {
      deadline = Clock.monotonic().addingReportingOverflow(duration).partialValue
    }
  }

  private mutating func attach(to pid: Int32) -> Attachment.Result {
    // Before it is stopped: that can take milliseconds.
    if Userfault.mayKeepBackPages(of: pid) { pagesMayBeKeptBack = true }
    let result = Attachment.seize(pid)
    if case .attached(let threads, _) = result {
      table.addRoot(pid, threads: threads, stops: .syscall)
      for tid in threads { table[thread: tid]?.awaitsInterrupt = true }
      table[process: pid]?.isAttached = true
      table[process: pid]?.executable = ProcFile.executable(ofProcess: pid)
    }
    return result
  }

  /// A thread's first stop, the end of a group-stop, or the answer to an interrupt of ours.
  mutating func eventStopped(
    _ stop: borrowing Stop, _ thread: TracedThread
  ) throws(TraceeError) {
    thread.process.isStopped = false
    // Whoever stops it from here on means it.
    if thread.process.pid == commandPid { jobControl.continueDue = .max }
    thread.process.isStopping = false
    guard thread.awaitsInterrupt, let call = try stop.returningCall() else { return }
    if call.result > 0 {
      recordCutCall(call, stop, thread)
    } else if thread.wait?.site == call.site, try goOnWaiting(call, stop, thread) {
      return
    } else if try hideInterrupt(stop, thread) || Self.restartCodes.contains(call.result) {
      thread.repeating = call
      expectRestart(of: call, thread)
    }
  }

  func interrupt(_ thread: TracedThread) {
    Attachment.interrupt(thread.tid)
    thread.awaitsInterrupt = true
  }
}
