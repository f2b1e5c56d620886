package import Records

/// A ptrace request that failed although the thread is there.
///
/// A thread that is gone is no error: every stop can find that it was killed meanwhile, and its
/// end is reported by the next wait.
package struct TraceeError: Error, Hashable, Sendable {
  package var request: PtraceRequest
  package var tid: Int32
  package var errno: Errno
}

/// The ptrace requests, for messages.
package enum PtraceRequest: String, Sendable {
  case resume = "PTRACE_CONT"
  case resumeToCall = "PTRACE_SYSCALL"
  case listen = "PTRACE_LISTEN"
  case detach = "PTRACE_DETACH"
  case eventMessage = "PTRACE_GETEVENTMSG"
  case signalInfo = "PTRACE_GETSIGINFO"
  case syscallInfo = "PTRACE_GET_SYSCALL_INFO"
  case changeCall = "PTRACE_POKEUSER"
  case getResult = "PTRACE_GETREGS"
  case repeatCall = "PTRACE_GETREGS or PTRACE_SETREGS"
}

/// What a request to a stopped thread came to.
enum Answer<Value> {
  case value(Value)
  /// SIGKILL took the thread out of its stop (ESRCH).
  case gone
}

/// The one place where ESRCH is interpreted.
func interpret<Value>(
  _ result: Int32, _ request: PtraceRequest, _ tid: Int32, value: Value
) throws(TraceeError) -> Answer<Value> {
  if result >= 0 { return .value(value) }
  let errno = Errno(rawValue: -result)
  if errno == .noProcess { return .gone }
  throw TraceeError(request: request, tid: tid, errno: errno)
}
