package import Decoding
import Records

/// A call on its way from its entry to the outputs, with storage that is used again for others.
///
/// It belongs to one thread at a time: the tracer fills it, the queue hands it over, the scribe
/// reads it and gives it back.
package final class RecordedCall: @unchecked Sendable {
  package var snapshot = CallSnapshot()
  /// Where it was made; the tracer's own.
  var site = CallSite()
  /// Bytes that its images hold while it is under way; in one kept for reuse, what they have room
  /// for.
  var storage = 0
  /// What the kernel noted of it; the tracer's own.
  var observation = CallObservation()
  /// How many processes had ended when it began; nil where the begin was not seen. The tracer's
  /// own.
  var endedBefore: UInt64?
  /// When its thread was let go into it (CLOCK_MONOTONIC); 0 where that was not seen. The tracer's
  /// own.
  var begin: UInt64 = 0
  /// The tracer's own, too.
  var others = Others.unknown
  /// True where a process whose descriptors were not known when the call began may have had its
  /// socket. The tracer's own.
  var hadStrangers = false
  /// Who else had its socket, where that is still to be found.
  var question: SocketQuestion?
  private var handler = Handler.none

  /// The other threads of its process when it began.
  enum Others {
    case none
    case had(OtherThreads)
    /// It had some, and it was not noted how long they had run; or the begin was not seen.
    case unknown
  }

  /// What is known of a signal handler that runs while the call is interrupted.
  private enum Handler {
    case none
    /// It has been entered, and has made no system call yet.
    case entered
    /// Its stack lies below the interrupted call's, as it does without sigaltstack(2).
    case below
    /// Its stack is far from the interrupted call's, as sigaltstack(2) gives it.
    case elsewhere
    /// It has jumped already, or its stack lies above the interrupted call's and near it, where a
    /// caller's frame may be: what is made there shows nothing.
    case unknown
  }

  /// A stack of a handler that is below ours begins within so many bytes.
  private static let nearby: UInt64 = 1 << 20

  package init() {}

  /// True while a handler runs, or has left the call by a jump.
  var isInHandler: Bool { handler != .none }

  /// A signal is delivered while the call is interrupted.
  func enterHandler(ofCaught isCaught: Bool) {
    if isCaught, handler == .none { handler = .entered }
  }

  /// The thread makes a system call with this stack pointer.
  func seesHandler(at stackPointer: UInt64) {
    guard handler == .entered else { return }
    if isNear(stackPointer) {
      handler = stackPointer < site.stackPointer ? .below : .unknown
    } else {
      handler = .elsewhere
    }
  }

  private func isNear(_ stackPointer: UInt64) -> Bool {
    let (above, below) = (stackPointer &- site.stackPointer, site.stackPointer &- stackPointer)
    return min(above, below) < Self.nearby
  }

  /// The handler has returned into the call.
  func leaveHandler() { handler = .none }

  /// True where a call with this stack pointer shows that the handler has jumped out: the
  /// handler's own lie below the interrupted call, or far from it, and this one does not.
  func isLeft(byCallAt stackPointer: UInt64) -> Bool {
    switch handler {
    case .none, .entered, .unknown: false
    case .below: stackPointer >= site.stackPointer
    case .elsewhere: stackPointer >= site.stackPointer && isNear(stackPointer)
    }
  }

  /// What `body` makes of the snapshot, which is read in place: a property of a class would be
  /// copied, with a reference for each of its arrays.
  package func read<Answer>(_ body: (borrowing CallSnapshot) -> Answer) -> Answer {
    func borrow(_ snapshot: inout CallSnapshot) -> Answer { body(snapshot) }
    return borrow(&snapshot)
  }

  /// The memory it takes, for the budget of a queue.
  var footprint: Int { Self.ownSize + read { $0.footprint } }

  /// Of all besides the snapshot, with what rounds them up.
  private static let ownSize =
    BoxSize.of((CallSite, CallObservation, SocketQuestion?, Others, Handler).self)
    + MemoryLayout<(Int, UInt64?, UInt64, Bool)>.size + 4 * MemoryLayout<UInt>.size

  /// Adds what was still to be found; waits for it, though not for long.
  package func settle() {
    guard let question else { return }
    snapshot.evidence?.socketIsShared = question.watch.answer(question)
    snapshot.evidence?.outsideHolder = question.watch.outsider(question)
    self.question = nil
  }

  /// Makes it ready for another call.
  func reset() {
    snapshot.reset()
    // What is kept for reuse has room for the largest call that it ever held.
    storage = read { $0.storage }
    observation = CallObservation()
    endedBefore = nil
    begin = 0
    others = .unknown
    hadStrangers = false
    question = nil
    handler = .none
  }
}
