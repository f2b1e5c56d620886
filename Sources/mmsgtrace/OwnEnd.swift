import Glibc
import Records
import Tracing

/// How we end when the command was killed.
enum OwnEnd {
  /// Ends us by the same signal, so that a shell reports what it would have reported. Without a
  /// core: ours would overwrite the program's.
  static func die(of signal: Signal) -> Never {
    var limit = rlimit(rlim_cur: 0, rlim_max: 0)
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    var action = sigaction()
    _ = unsafe sigaction(signal.rawValue, &action, nil)
    var set = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, signal.rawValue)
    _ = unsafe sigprocmask(SIG_UNBLOCK, &set, nil)
    _ = kill(getpid(), signal.rawValue)
    // A signal that cannot be had, such as one of the C library's own.
    exit(128 + signal.rawValue)
  }
}
