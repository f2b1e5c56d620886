package import Decoding
package import Records

/// What the tracer has to say, in order.
package enum TraceReport: Sendable {
  /// The command runs, or processes are attached.
  case started(time: UInt64, pids: [Int32], stops: TraceStart.StopMethod)
  case call(RecordedCall)
  // Indirect: or each call's report would have room for these.
  indirect case otherSend(OtherSendSnapshot)
  indirect case process(ProcessEvent)
  /// Something the user should know, without `mmsgtrace:`.
  case warning(String)
  /// A program ended with a status that LeakSanitizer uses.
  case suspectLeakChecker(executable: String, code: Int32)
  /// Everything so far is to be written now.
  case flush
  /// Output files may have been moved away, and are to be made anew.
  case reopen
  case ended(time: UInt64, exit: ExitStatus?)

  /// True for what somebody waits for.
  var isUrgent: Bool {
    switch self {
    case .ended, .flush, .reopen, .warning: true
    case .process(let event): event.kind == .refused
    case .call, .otherSend, .started, .suspectLeakChecker: false
    }
  }

  /// True behind which there is nothing more.
  var isLast: Bool { if case .ended = self { true } else { false } }

  /// The bytes of memory that it takes: its place in a list, and all that it holds elsewhere.
  package var footprint: Int { MemoryLayout<Self>.stride + content }

  private var content: Int {
    switch self {
    case .call(let call): call.footprint
    case .otherSend(let send): BoxSize.of(OtherSendSnapshot.self) + send.byteCount
    case .process(let event):
      BoxSize.of(ProcessEvent.self) + (event.comm?.utf8.count ?? 0) + (event.why?.utf8.count ?? 0)
    case .started(_, let pids, _): pids.count * MemoryLayout<Int32>.stride
    case .warning(let text): text.utf8.count
    case .suspectLeakChecker(let executable, _): executable.utf8.count
    case .flush, .reopen, .ended: 0
    }
  }
}
