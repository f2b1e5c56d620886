import Decoding
import Records

// What a signal can put between the two stops of a call, and how the call ends then.
extension Tracer {
  /// `Errno.restarts` as raw results.
  static let restartCodes = Set(Errno.restarts.map(\.result))
  static let eintr = Errno.interrupted.result

  /// What may have woken a thread that nothing would have woken untraced; nil where there is
  /// nothing of the kind. `others` are those that there were when its call began.
  func interference(
    _ thread: TracedThread, _ stop: borrowing Stop, _ status: ThreadStatus?,
    _ others: RecordedCall.Others
  ) -> CallSnapshot.Interference? {
    let signals = PendingSignals(status)
    if signals.canInterrupt { return nil }
    if let status, anyComesUntraced(signals.ignoredOnes, stop, thread, status) { return nil }
    if signals.ignoredOnes != 0 {
      var isAlone = thread.process.threadCount == 1
      if case .none = others {} else { isAlone = false }
      return .ignoredSignals(signals.ignoredOnes, mayBeBlocked: !isAlone)
    }
    return isLetGo(thread) && thread.awaitsInterrupt ? .detaching : nil
  }

  /// Keeps a call that was interrupted until it is taken up again or left. Of too many in a thread
  /// the outermost is no longer waited for: nothing may ever show that a handler has left it.
  mutating func suspend(_ call: RecordedCall, _ thread: TracedThread) {
    thread.suspendedCalls.append(call)
    if thread.suspendedCalls.count > Self.mostSuspended {
      finished.append(thread.suspendedCalls.removeFirst())
    }
  }

  /// Handlers that are interrupted in calls of their own nest hardly deeper.
  private static let mostSuspended = 16

  /// A call other than ours was left. When it is the rt_sigreturn back into an interrupted call,
  /// its result is what the program sees of that call.
  mutating func signalReturned(
    _ stop: borrowing Stop, _ thread: TracedThread, returnValue: Int64, _ info: CallInfo
  ) throws(TraceeError) {
    // The same place in the program is not enough: a handler may have jumped out of the call, and
    // another one of the same shape have been interrupted since.
    guard thread.returnsFromSignal, let call = thread.suspendedCalls.last,
      call.site.stackPointer == info.stackPointer,
      let now = try stop.arguments(architecture: call.site.architecture),
      now.isSameSend(as: call.site.arguments)
    else { return }
    call.leaveHandler()
    guard returnValue == Self.eintr else { return }
    thread.suspendedCalls.removeLast()
    call.snapshot.exit = .init(monotonic: Clock.monotonic(), returnValue: returnValue)
    expectRetry(of: call.snapshot)
    finished.append(call)
  }

  /// Calls that a handler has left by a jump, as a call with this stack pointer shows.
  mutating func leaveJumped(_ thread: TracedThread, stackPointer: UInt64) {
    while let call = thread.suspendedCalls.last, call.isLeft(byCallAt: stackPointer) {
      thread.suspendedCalls.removeLast()
      call.snapshot.leftByJump = true
      finished.append(call)
    }
  }
}

extension CallInfo.Arguments {
  /// The four that a send has.
  fileprivate func isSameSend(as other: Self) -> Bool {
    (first, second, third, fourth) == (other.first, other.second, other.third, other.fourth)
  }
}

extension CallSnapshot {
  /// True for a call that could wait and did not send all: a signal may have ended the waiting.
  func fellShort(_ returnValue: Int64) -> Bool {
    guard let arguments, let socket, !socket.nonblocking, !arguments.flags.contains(.dontWait)
    else { return false }
    return returnValue == Tracer.eintr
      || returnValue > 0 && returnValue < arguments.entryCount
  }
}
