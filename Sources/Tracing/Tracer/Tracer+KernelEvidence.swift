import CTracee
import Decoding
import Glibc
import Records

// What the kernel itself noted of calls that fell short.
extension Tracer {
  /// Begins to listen: to this thread, whose child the command will be, and to the processes that
  /// are to be attached to. Nil, and a word to the user, where that fails.
  static func listen(
    by instance: TraceInstance?, launches: Bool, processes: [Int32], _ reports: ReportQueue
  ) -> KernelEvidence? {
    guard let instance else { return nil }
    func threads() -> Set<Int32> {
      let lists = processes.map { pid in
        ProcFile.threads(ofProcess: ProcFile.process(ofThread: pid) ?? pid)
      }
      return Set(lists.joined()).union(launches ? [tracee_own_tid()] : [])
    }
    do {
      let evidence = try KernelEvidence(instance, threads: threads())
      // Threads that were made while the list was on its way; those made since are on it.
      for _ in 0..<maximumRounds {
        let missing = try evidence.strangers(among: threads())
        if missing.isEmpty { break }
        try evidence.listen(to: missing)
      }
      try leaveDescriptors()
      return evidence
    } catch {
      reports.push(.warning("--kernel-evidence: \(error.reason): going on without it"))
      return nil
    }
  }

  private static let maximumRounds = 3

  /// Fails where a launch and a first stop would, with EMFILE: two pipes, and what is asked of a
  /// thread.
  private static func leaveDescriptors() throws(EvidenceRefusal) {
    var spare: [Descriptor] = []
    for _ in 0..<8 {
      let fd = unsafe open("/", O_RDONLY | O_CLOEXEC)
      guard fd >= 0 else { throw .fewDescriptors }
      spare.append(Descriptor(fd))
    }
  }

  /// Adds to the calls that just ended what the kernel noted of them.
  ///
  /// The threads run on meanwhile. One reading serves all calls that are on their way: what it
  /// finds of those that have not ended is kept for them.
  func observeFinished() {
    guard let evidence = kernelEvidence else { return }
    let short = finished.filter { $0.snapshot.mayHideAnError }
    guard let limit = short.compactMap({ $0.snapshot.exit?.monotonic }).max() else { return }
    var tid: Int32 = 0
    var calls: [RecordedCall] = []
    evidence.drain(until: limit) { event in
      if event.tid != tid {
        tid = event.tid
        calls = short.filter { $0.snapshot.tid == tid }
        if let call = table[thread: tid]?.call { calls.append(call) }
      }
      for call in calls where call.snapshot.isRunning(at: event.time, since: call.observation.start)
      { call.observation.add(event) }
    }
    for call in short {
      call.snapshot.kernelResults = call.observation.results(lostUntil: evidence.lostUntil)
    }
  }
}

extension CallSnapshot {
  /// True where the kernel may have thrown an error away, or sent a message without counting it.
  fileprivate var mayHideAnError: Bool {
    guard let arguments, let value = exit?.returnValue else { return false }
    return value > 0 && value < arguments.entryCount || value == -Int64(Errno.badAddress.rawValue)
  }

  /// True where its thread was in the kernel for it at that time.
  fileprivate func isRunning(at time: UInt64, since start: UInt64) -> Bool {
    time >= start && time <= exit?.monotonic ?? .max
  }
}
