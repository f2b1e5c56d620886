import Decoding
import Glibc
import Records

// Calls that are made again, because what ended them would not have ended them untraced.
//
// Many are made again by the kernel, with those of its own codes that no handler's signal turns into
// EINTR; others by us. Both set the thread back to the instruction of the call. A signal with a
// handler that comes before that runs would have found the call waiting, untraced, and ended it: but
// now the handler returns to the instruction, and the call waits for a signal that has been. So
// the thread is set forth again, to where it returns from the call, and the kernel decides anew.
//
//     ignored signal, −4 ─► set back ─► entry                             the call goes on waiting
//     ignored signal, −4 ─► set back ─► signal: set forth, −4 ─► handler  EINTR, as untraced
extension Tracer {
  /// A signal is about to be delivered to a thread that may be returning from a call.
  mutating func signalFoundCall(
    _ stop: borrowing Stop, _ thread: TracedThread, _ signal: Signal
  ) throws(TraceeError) {
    let call = try stop.returningCall()
    let result = call?.result ?? 0
    let isInterrupted = result == Self.eintr || Self.restartCodes.contains(result)
    guard isInterrupted || thread.repeating != nil else { return }
    let signals = PendingSignals.ofThread(stop.tid)
    if signals.ignores(signal), !comesUntraced(signal, stop, thread) {
      noteIgnoredSignal(of: thread.process)
      guard let call else { return }
      if Self.restartCodes.contains(result) {
        thread.repeating = call
        expectRestart(of: call, thread)
      } else if !signals.canInterrupt {
        _ = try goOnWaiting(call, stop, thread)
      }
    } else if let call = thread.repeating {
      thread.repeating = nil
      if try stop.unrepeat(call) { thread.restarting = nil }
    }
  }

  /// Where our interrupt made a call return EINTR, which only a signal may: makes the thread make
  /// the call again. A relative timeout then begins anew. True where it does.
  func hideInterrupt(
    _ stop: borrowing Stop, _ thread: TracedThread
  ) throws(TraceeError) -> Bool {
    guard let call = try stop.returningCall(), call.result == Self.eintr,
      SystemCallTable.canBeRepeated(
        architecture: call.site.architecture, number: call.site.number),
      !PendingSignals.ofThread(stop.tid).canInterrupt
    else { return false }
    try stop.repeatCall()
    thread.repeating = call
    return true
  }

  /// The last stop of a thread, as far as we are concerned: whether its call is made again is left
  /// to the kernel. A handler that runs first ends it, and nobody would be there to set it forth.
  func leaveRepeatingToKernel(
    _ stop: borrowing Stop, _ thread: TracedThread
  ) throws(TraceeError) {
    guard var call = thread.repeating else { return }
    call.result = Errno.restartUnlessHandled.result
    _ = try stop.unrepeat(call)
  }
}
