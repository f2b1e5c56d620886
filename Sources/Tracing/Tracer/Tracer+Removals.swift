import Decoding
import Records

// Message queues and semaphore sets that are removed while a thread waits on them.
//
// Untraced, the thread is woken with EIDRM. Our interrupt ends its waiting for a moment: removed in
// just that moment, the object is unknown when the call is made again, and that is EINVAL. As the
// arguments were good enough to wait with, EINVAL has no other meaning there.
//
//     interrupt ─► the call is made again: entry ─► exit EINVAL, made EIDRM
extension Tracer {
  /// A call that our interrupt has ended is about to be made again.
  func expectRestart(of call: ReturningCall, _ thread: TracedThread) {
    let site = call.site
    guard SystemCallTable.waitsOnRemovable(architecture: site.architecture, number: site.number)
    else { return }
    thread.restarting = site
  }

  /// A call is entered: that one, or another, with which it is over.
  func restartEntered(_ thread: TracedThread, _ site: CallSite) {
    if let restarting = thread.restarting, restarting != site { thread.restarting = nil }
  }

  /// It is left.
  func restartLeft(
    _ stop: borrowing Stop, _ thread: TracedThread, returnValue: Int64
  ) throws(TraceeError) {
    thread.restarting = nil
    if returnValue == -Int64(Errno.invalidArgument.rawValue) {
      try stop.setResult(-Int64(Errno.removed.rawValue))
    }
  }
}
