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

  /// The one of this name, or of the number that stands for it.
  package init?(name: String) {
    if let index = Self.names.firstIndex(of: name) {
      rawValue = Int32(index + 1)
    } else if name.hasPrefix("SIGRTMIN+"), let offset = Int32(name.dropFirst(9)),
      (0...30).contains(offset)
    {
      rawValue = 34 + offset
    } else if let number = Int32(name) {
      rawValue = number
    } else {
      return nil
    }
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
