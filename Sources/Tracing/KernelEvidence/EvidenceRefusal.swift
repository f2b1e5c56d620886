package import Records

/// Why the kernel's own account of a call is not to be had.
package enum EvidenceRefusal: Error, Hashable, Sendable {
  /// The kernel numbers threads as the initial PID namespace does, and we would not know them.
  case otherPidNamespace
  /// The kernel's clock is the initial time namespace's, and would not be ours.
  case otherTimeNamespace
  case notPrivileged
  case noTraceFileSystem
  /// Linux before 6.3, or built without it.
  case noEvent
  case lockedDown
  /// RLIMIT_NOFILE leaves too few for the trace itself.
  case fewDescriptors
  /// A file of the trace instance.
  case failed(String, Errno)

  init(mounting errno: Errno) {
    switch errno {
    case .notPermitted: self = KernelLockdown.isConfidential ? .lockedDown : .notPrivileged
    case .noDevice, .noSystemCall: self = .noTraceFileSystem
    default: self = .failed("tracefs", errno)
    }
  }

  /// Half a sentence: what is in the way.
  package var reason: String {
    switch self {
    case .otherPidNamespace: "it needs the initial PID namespace, and this is another"
    case .otherTimeNamespace: "it needs the initial time namespace, and this is another"
    case .notPrivileged: "it needs root (CAP_SYS_ADMIN)"
    case .noTraceFileSystem: "this kernel has no tracefs, or no fsopen (before Linux 5.2)"
    case .noEvent: "this kernel has no tracepoint sock:sock_send_length (Linux 6.3)"
    case .fewDescriptors: "it would leave too few open files for the trace (RLIMIT_NOFILE)"
    case .lockedDown: "kernel_lockdown(7) forbids tracing"
    case .failed(let file, let errno): "tracefs: \(file): \(errno.name)"
    }
  }
}

/// kernel_lockdown(7).
enum KernelLockdown {
  /// True where the kernel's memory is not to be looked at, not by root either.
  static var isConfidential: Bool {
    ProcFile.text("/sys/kernel/security/lockdown")?.contains("[confidentiality]") ?? false
  }
}
