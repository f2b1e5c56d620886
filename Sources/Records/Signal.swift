/// A signal number.
package struct Signal: RawRepresentable, Hashable, Sendable {
  package let rawValue: Int32

  package init(rawValue: Int32) { self.rawValue = rawValue }

  /// `SIGTERM`; real-time signals as `SIGRTMIN+n` in glibc's counting, where SIGRTMIN is 34.
  package var name: String {
    let index = Int(rawValue) - 1
    if index >= 0, index < Self.names.count { return Self.names[index] }
    if rawValue >= 34, rawValue <= 64 { return "SIGRTMIN+\(rawValue - 34)" }
    return String(rawValue)
  }

  /// From signal 1 (include/uapi/asm-generic/signal.h, the same on x86 and arm).
  private static let names = [
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGILL",
    "SIGTRAP",
    "SIGABRT",
    "SIGBUS",
    "SIGFPE",
    "SIGKILL",
    "SIGUSR1",
    "SIGSEGV",
    "SIGUSR2",
    "SIGPIPE",
    "SIGALRM",
    "SIGTERM",
    "SIGSTKFLT",
    "SIGCHLD",
    "SIGCONT",
    "SIGSTOP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGXCPU",
    "SIGXFSZ",
    "SIGVTALRM",
    "SIGPROF",
    "SIGWINCH",
    "SIGIO",
    "SIGPWR",
    "SIGSYS",
  ]
}
