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
  func signalFoundCall(
    _ stop: borrowing Stop, _ thread: TracedThread, _ signal: Signal
  ) throws(TraceeError) {
    let call = try stop.returningCall()
    let result = call?.result ?? 0
    let isInterrupted = result == Self.interrupted || Self.restartCodes.contains(result)
    guard isInterrupted || thread.repeating != nil else { return }
    let signals = PendingSignals.ofThread(stop.tid)
    if signals.ignores(signal) {
      if let call { try hideIgnored(call, stop, thread, signals) }
    } else if let call = thread.repeating {
      thread.repeating = nil
      if try stop.unrepeat(call) { thread.restarting = nil }
    }
  }

  /// Untraced, a signal that the program ignores wakes nobody (kernel.md §0.5). So a call that waits
  /// for as long as it takes goes on waiting. One with a timeout, which would begin anew each time
  /// and might never end, is left to return EINTR.
  private func hideIgnored(
    _ call: ReturningCall, _ stop: borrowing Stop, _ thread: TracedThread,
    _ signals: PendingSignals
  ) throws(TraceeError) {
    if Self.restartCodes.contains(call.result) { return thread.repeating = call }
    guard call.result == Self.interrupted,
      SystemCallTable.waitsForEver(
        architecture: call.site.architecture, number: call.site.number,
        arguments: call.site.arguments.list),
      !signals.canInterrupt
    else { return }
    try stop.repeatCall()
    thread.repeating = call
  }

  /// Where our interrupt made a call return EINTR, which only a signal may: makes the thread make
  /// the call again. A relative timeout then begins anew. True where it does.
  func hideInterrupt(
    _ stop: borrowing Stop, _ thread: TracedThread
  ) throws(TraceeError) -> Bool {
    guard let call = try stop.returningCall(), call.result == Self.interrupted,
      SystemCallTable.canBeRepeated(
        architecture: call.site.architecture, number: call.site.number),
      !PendingSignals.ofThread(stop.tid).canInterrupt
    else { return false }
    try stop.repeatCall()
    thread.repeating = call
    return true
  }
}

extension CallInfo.Arguments {
  fileprivate var list: [UInt64] { [first, second, third, fourth, fifth, sixth] }
}
