import Records

// Threads that have stopped together are resumed together.
//
// To resume a thread is to wake a CPU that has fallen asleep meanwhile, or to wait until one has
// finished putting the thread to sleep; to look at what it does takes longer than it runs. Where
// each were resumed as soon as it has been looked at, a CPU would be woken for each.
extension Tracer {
  /// So many are looked at before the first of them runs on.
  private static let maximumTogether = 8

  /// Resumes what has been seen to, unless there are more stops to see to first.
  mutating func resumeTogether() {
    guard !waits.holdsStops || seenTo.count >= Self.maximumTogether else { return }
    for thread in seenTo { resume(thread) }
    seenTo.removeAll(keepingCapacity: true)
    askAboutRunningCalls()
  }

  private mutating func resume(_ thread: TracedThread) {
    guard let stop = thread.stop.take() else { return }
    if phase == .leaving, thread.process.departure == .none, Clock.monotonic() >= listeningEnd {
      thread.isUndisturbed = true
    }
    do {
      try stop.resume(mode(of: thread), delivering: thread.signalToDeliver)
      waits.expect(thread.tid, inCall: thread.call != nil)
    } catch {
      warn(error)
    }
  }

  /// How far a thread is to run: to a filtered call, unless something else has to be seen first.
  private func mode(of thread: TracedThread) -> Stop.Mode {
    if thread.isUndisturbed { return .untilEvent }
    guard thread.process.stops == .seccomp else { return .untilSyscall }
    if case .unobserved = thread.current {
      let isReturning =
        thread.repeating != nil || thread.restarting != nil || thread.wait != nil
        || !thread.suspendedCalls.isEmpty
      return isReturning ? .untilSyscall : .untilEvent
    }
    return .untilSyscall
  }
}
