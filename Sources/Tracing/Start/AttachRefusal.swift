package import Records

/// Why a process could not be attached to: what is known of it and of us, and the sentence that
/// follows from that (ptrace(2), "Ptrace access mode checking").
package struct AttachRefusal: Hashable, Sendable {
  /// What PTRACE_SEIZE returned; nil where it was not even tried.
  package var errno: Errno?
  package var exists = true
  package var isOurselves = false
  package var isKernelThread = false
  package var isZombie = false
  /// The process that traces it; nil for none.
  package var tracer: Int32?
  package var tracerName: String?
  /// Its real, effective and saved user.
  package var users: [UInt32] = []
  package var ourUser: UInt32 = 0
  /// True where we have CAP_SYS_PTRACE over it.
  package var hasCapability = false
  /// False where /proc gives its files to root although it is not root's: prctl(PR_SET_DUMPABLE),
  /// or a program that gained privileges.
  package var isDumpable = true
  /// True where it has capabilities that we have not.
  package var isMorePrivileged = false
  /// /proc/sys/kernel/yama/ptrace_scope; nil where there is no Yama.
  package var yamaScope: Int?
  /// True where we run under a seccomp filter, which may forbid ptrace(2).
  package var isFiltered = false
  /// The security modules besides Yama that are active and can refuse this; nil where they are not
  /// known.
  package var modules: [String]?

  package init() {}

  /// Which gate refused, and what to do.
  package var sentence: String {
    if isOurselves { return "that is mmsgtrace itself" }
    if !exists { return "no such process" }
    if isKernelThread { return "it is a kernel thread, which nobody can trace" }
    if isZombie { return "it has ended already, and only its parent has not noticed" }
    if let tracedBy { return "it is traced already, by \(tracedBy): end that one first" }
    if yamaScope == 3 { return yama(3) }
    // In the kernel's order: opening a later gate does not help while an earlier one is shut.
    if !hasCapability {
      if users.contains(where: { $0 != ourUser }) {
        let owner = users.first.map { "user \($0)" } ?? "another user"
        return ourUser == 0
          ? "it belongs to \(owner), and we lack CAP_SYS_PTRACE: "
            + "start the container with --cap-add=SYS_PTRACE"
          : "it belongs to \(owner): run mmsgtrace as that user or as root"
      }
      if !isDumpable {
        return "it is not dumpable (prctl PR_SET_DUMPABLE, or it gained privileges): "
          + "run mmsgtrace as root"
      }
      if isMorePrivileged, ourUser != 0 {
        return "it has capabilities that we lack: run mmsgtrace as root"
      }
      if ourUser == 0 {
        return "we lack CAP_SYS_PTRACE over its user namespace: "
          + "start the container with --cap-add=SYS_PTRACE, or run mmsgtrace outside it"
      }
      if let yamaScope, yamaScope > 0 { return yama(yamaScope) }
    }
    if errno == .again {
      return "one of its threads executes a program and does not come to an end of it: another "
        + "tracer may hold its other threads"
    }
    let error = errno?.name ?? "unknown"
    return "not allowed by the kernel (\(error)) although nothing forbids it that can be looked at"
      + ": \(whatIsLeft)"
  }

  /// The same of a single thread, others of whose process are traced.
  package var sentenceOfThread: String {
    let why = tracedBy.map { "it is traced already, by \($0)" } ?? sentence
    return "\(why): its calls are not seen"
  }

  /// The process that traces it, and its name where that is known.
  package var tracedBy: String? {
    tracer.map { tracer in "process \(tracer)" + (tracerName.map { " (\($0))" } ?? "") }
  }

  /// What can have refused where every other gate is open. Whether it has is told to nobody.
  private var whatIsLeft: String {
    var suspects = isFiltered ? ["the seccomp filter around mmsgtrace"] : []
    if let modules, !modules.isEmpty {
      let sandbox = modules.contains("landlock") ? ", if mmsgtrace runs in a sandbox" : ""
      suspects.append("a security module (\(modules.joined(separator: ", "))\(sandbox))")
    } else if modules == nil {
      suspects.append("a security module")
    }
    if suspects.isEmpty { return "and no security module is active that could" }
    return "perhaps \(suspects.joined(separator: " or ")) does"
  }

  /// Documentation/admin-guide/LSM/Yama.rst.
  private func yama(_ scope: Int) -> String {
    let file = "/proc/sys/kernel/yama/ptrace_scope is \(scope)"
    switch scope {
    case 1:
      return "\(file): only children may be traced: launch the program with mmsgtrace, run it as "
        + "root, or write 0 there"
    case 2: return "\(file): only root may trace: run mmsgtrace as root"
    default: return "\(file): nobody may trace until the machine is restarted"
    }
  }
}
