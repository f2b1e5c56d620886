import Decoding
import Glibc
import Records

// Signals that a program ignores, and that come to it untraced as well.
//
// The kernel drops an ignored signal as it is sent, unless the thread that it is sent to blocks it
// (`sig_ignored`): the first of the process for kill(2), and for the end of a child the one that
// made it. It waits for the process then, and wakes any thread that does not block it, whose call
// fails with EINTR where it is one that cannot be restarted.
//
//     thread 1: system(3) blocks SIGCHLD, fork ─► child ends ─► SIGCHLD is kept, and wakes thread 2
//     thread 2: sendmmsg waits for room (SO_SNDTIMEO) ──────────────────────────────────► EINTR
extension Tracer {
  /// A thread has made a child, or another thread.
  func noteChild(_ tid: Int32?, of maker: TracedThread) {
    let process = maker.process
    // There is nobody else to be woken.
    guard let tid, process.threadCount > 1, table[thread: tid]?.process !== process else { return }
    let child = ThreadStatus(tid)?.innerID ?? tid
    guard ThreadStatus(maker.tid)?.blocks(.childEnded) == true else {
      process.childrenOfBlockers.remove(child)
      return
    }
    // Most have ended by then.
    if process.childrenOfBlockers.count >= Self.mostChildren { process.childrenOfBlockers = [] }
    process.childrenOfBlockers.insert(child)
  }

  private static let mostChildren = 256

  /// True where one of the ignored signals that wait for a thread would have come untraced.
  func anyComesUntraced(
    _ ignored: UInt64, _ stop: borrowing Stop, _ thread: TracedThread, _ status: ThreadStatus
  ) -> Bool {
    let shared = ignored & status.sharedSignals
    guard shared != 0 else { return false }
    let process = thread.process
    if shared & Signal.childEnded.bit != 0, !process.childrenOfBlockers.isEmpty {
      // It waits no more where the thread that blocked it has taken it meanwhile.
      guard let child = stop.childToldOf() else { return true }
      if process.childrenOfBlockers.contains(child) { return true }
    }
    let sent = shared & ~Signal.childEnded.bit
    guard sent != 0, thread.tid != process.pid, let first = ThreadStatus(process.pid) else {
      return false
    }
    return first.blockedSignals & sent != 0
  }

  /// True where the signal that is about to be delivered to a thread, which ignores it, would have
  /// come untraced: of what was sent by kill(2) that cannot be told any more.
  func comesUntraced(
    _ signal: Signal, _ stop: borrowing Stop, _ thread: TracedThread
  ) -> Bool {
    guard signal == .childEnded, !thread.process.childrenOfBlockers.isEmpty,
      let child = stop.childOfSignal()
    else { return false }
    return thread.process.childrenOfBlockers.contains(child)
  }

  /// A signal is about to be delivered to a thread: the end of a child of a process that ignores
  /// that may have woken another thread of it, which looks for signals only now. What others there
  /// are may have done so untraced, too.
  func noteTaken(_ signal: Signal, _ stop: borrowing Stop, _ thread: TracedThread) {
    let process = thread.process
    guard process.threadCount > 1 else { return }
    let isIgnoredEnd =
      signal == .childEnded && stop.childOfSignal() != nil
      && !comesUntraced(signal, stop, thread)
      && PendingSignals.ofThread(stop.tid).ignores(signal)
    process.takenSignals.note(isIgnoredEnd: isIgnoredEnd, at: Clock.monotonic())
  }

  /// What may have woken a thread whose call failed with EINTR, and that nothing would have woken
  /// untraced, where another thread of its process has taken it; nil where there is nothing of the
  /// kind, or something else may have done so.
  func takenInterference(
    _ thread: TracedThread, _ status: ThreadStatus?, since begin: UInt64
  ) -> CallSnapshot.Interference? {
    let process = thread.process
    guard begin > 0, process.takenSignals.hasIgnoredEnd(since: begin), let status,
      PendingSignals(status).pending == 0, !process.isStopping,
      !process.rings.mayBe(in: process.pid)
    else { return nil }
    // It wakes one thread.
    process.takenSignals.forgetEnd()
    return .ignoredSignals(Signal.childEnded.bit, mayBeBlocked: true)
  }
}

extension ThreadStatus {
  fileprivate func blocks(_ signal: Signal) -> Bool { blockedSignals & signal.bit != 0 }
}

extension Signal {
  fileprivate static let childEnded = Signal(rawValue: SIGCHLD)

  fileprivate var bit: UInt64 { 1 << UInt64(rawValue - 1) }
}
