import CTracee
import Glibc
package import Records

/// A stopped thread: the only way to ptrace one, and it must be spent.
///
/// Whoever holds a stop may ask about the thread and read its memory; spending it lets the thread
/// run. So no thread can be touched while it runs, and none be forgotten. What ptrace does to a
/// running thread, PTRACE_SEIZE and PTRACE_INTERRUPT, is done by `Attachment` and `Launcher`.
package struct Stop: ~Copyable {
  package let tid: Int32
  package let event: StopEvent
  /// True where `memory` is not to wait for pages that userfaultfd(2) may keep back.
  var readsOnlyWhatIsThere = false

  /// Only for the wait that has just returned this thread.
  init(tid: Int32, event: StopEvent) {
    self.tid = tid
    self.event = event
  }

  deinit { assertionFailure("a stop of thread \(tid) was dropped") }

  /// How far a thread runs.
  package enum Mode: Sendable {
    /// To the next signal, event or filtered call.
    case untilEvent
    /// To the next entry or exit of any system call as well.
    case untilSyscall
  }

  /// Lets the thread run, with the signal it stopped for, if it is to have one.
  package consuming func resume(
    _ mode: Mode, delivering signal: Signal? = nil
  ) throws(TraceeError) {
    let tid = self.tid
    discard self
    let requested = mode == .untilSyscall ? TRACEE_UNTIL_SYSCALL : TRACEE_UNTIL_EVENT
    _ = try interpret(
      tracee_resume(tid, requested, signal?.rawValue ?? 0),
      mode == .untilSyscall ? .resumeToCall : .resume, tid, value: ())
  }

  /// Leaves a thread in group-stop stopped, until SIGCONT.
  package consuming func listen() throws(TraceeError) {
    let tid = self.tid
    discard self
    _ = try interpret(tracee_listen(tid), .listen, tid, value: ())
  }

  /// Lets the thread run untraced.
  package consuming func detach(delivering signal: Signal? = nil) throws(TraceeError) {
    let tid = self.tid
    discard self
    _ = try interpret(tracee_detach(tid, signal?.rawValue ?? 0), .detach, tid, value: ())
  }

  /// The tid that the event is about; nil where the thread is gone.
  package func eventMessage() throws(TraceeError) -> Int32? {
    var message: UInt64 = 0
    let result = unsafe tracee_event_message(tid, &message)
    switch try interpret(result, .eventMessage, tid, value: message) {
    case .value(let message): return Int32(truncatingIfNeeded: message)
    case .gone: return nil
    }
  }

  /// The system call that is entered or left; nil where the thread is gone.
  package func callInfo() throws(TraceeError) -> CallInfo? {
    var info = tracee_syscall_info()
    let result = unsafe tracee_get_syscall_info(tid, &info)
    switch try interpret(result, .syscallInfo, tid, value: info) {
    case .value(let info): return CallInfo(info)
    case .gone: return nil
    }
  }

  /// The process that sent the signal that is about to be delivered; nil for the kernel, and where
  /// the thread is gone.
  package func signalSender() throws(TraceeError) -> Int32? {
    var sender: Int32 = 0
    var fromKernel = false
    let result = unsafe tracee_signal_sender(tid, &sender, &fromKernel)
    guard case .value(let sender) = try interpret(result, .signalInfo, tid, value: sender)
    else { return nil }
    return fromKernel ? nil : sender
  }

  /// True where a SIGPIPE waits that the thread's own call has raised.
  func hasOwnBrokenPipe() -> Bool { tracee_has_own_sigpipe(tid) }

  /// The child that a SIGCHLD tells of which waits for the thread's process, as that numbers it;
  /// nil for none.
  func childToldOf() -> Int32? {
    let pid = tracee_child_told_of(tid)
    return pid > 0 ? pid : nil
  }

  /// The same of the SIGCHLD that is about to be delivered.
  func childOfSignal() -> Int32? {
    var sender: Int32 = 0
    var fromKernel = false
    guard unsafe tracee_signal_sender(tid, &sender, &fromKernel) == 0, fromKernel else {
      return nil
    }
    return sender
  }

  /// Reads one of the thread's seccomp filters, of which 0 is the newest, into `buffer`: the number
  /// of its instructions, or −errno (PTRACE_SECCOMP_GET_FILTER).
  func filter(at index: Int, into buffer: inout [tracee_filter_instruction]) -> Int64 {
    unsafe Int64(tracee_get_filter(tid, UInt64(index), &buffer))
  }

  /// Makes the call that is about to be entered fail with ENOSYS.
  package func skipCall() throws(TraceeError) {
    _ = try interpret(tracee_skip_call(tid), .changeCall, tid, value: ())
  }

  /// The call that the thread is returning from; nil where it is in none, or gone.
  func returningCall() throws(TraceeError) -> ReturningCall? {
    var call = tracee_returning_call()
    let answer = unsafe tracee_get_returning_call(tid, &call)
    guard case .value(let call) = try interpret(answer, .getResult, tid, value: call),
      let info = try callInfo()
    else { return nil }
    return ReturningCall(call, info)
  }

  /// The argument registers, for calls of `architecture`; nil where the thread is gone. A return
  /// from a signal handler leaves them as they were when the signal came.
  func arguments(architecture: UInt32) throws(TraceeError) -> CallInfo.Arguments? {
    var call = tracee_returning_call()
    let answer = unsafe tracee_get_returning_call(tid, &call)
    guard case .value(let call) = try interpret(answer, .getResult, tid, value: call) else {
      return nil
    }
    return CallInfo.Arguments(call, architecture: architecture)
  }

  /// Makes the thread make the call again that it is returning from.
  package func repeatCall() throws(TraceeError) {
    _ = try interpret(tracee_repeat_call(tid), .repeatCall, tid, value: ())
  }

  /// Has the thread return from a call again that it is about to repeat, for the kernel to decide
  /// anew; false where it is not about to.
  func unrepeat(_ call: ReturningCall) throws(TraceeError) -> Bool {
    var undone = false
    let result = unsafe tracee_unrepeat_call(
      tid, call.site.instructionPointer, call.site.stackPointer,
      Int64(bitPattern: call.site.number), call.result, &undone)
    _ = try interpret(result, .repeatCall, tid, value: ())
    return undone
  }

  /// Makes the call that the thread is leaving return something else, as the kernel has it.
  func setResult(_ result: Int64) throws(TraceeError) {
    _ = try interpret(tracee_set_result(tid, result), .changeCall, tid, value: ())
  }

  /// Writes into the thread's memory: nil, or why it is not written. What is watched is otherwise
  /// never changed; this is for the answer to a question that we have falsified (Colocation).
  func overwrite(_ address: RemoteAddress, with bytes: [UInt8]) -> Errno? {
    let result = unsafe tracee_write_memory(tid, bytes, bytes.count, address.value)
    if result == bytes.count { return nil }
    return Errno(rawValue: result < 0 ? -result : EFAULT)
  }

  /// The thread's memory, for as long as it is stopped.
  package var memory: TraceeMemory {
    @_lifetime(borrow self) borrowing get { TraceeMemory(self) }
  }
}
