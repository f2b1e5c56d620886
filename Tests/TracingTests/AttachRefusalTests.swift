import Records
import Testing
import Tracing

/// Which sentence follows from which facts; the gates come in the order in which the kernel has
/// them, and what no privilege can open comes first.
@Suite struct AttachRefusalTests {
  /// A process of our own that nothing forbids to trace, as an unprivileged user sees it.
  static func own(_ change: (inout AttachRefusal) -> Void) -> AttachRefusal {
    var refusal = AttachRefusal()
    refusal.errno = Errno(rawValue: 1)
    refusal.users = [1000, 1000, 1000]
    refusal.ourUser = 1000
    change(&refusal)
    return refusal
  }

  static let refused =
    "not allowed by the kernel (EPERM) although nothing forbids it that can be looked at: "

  @Test(
    arguments: [
      (own { $0.isOurselves = true }, "that is mmsgtrace itself"),
      (own { $0.exists = false }, "no such process"),
      (own { $0.isKernelThread = true }, "it is a kernel thread, which nobody can trace"),
      (
        own { $0.isZombie = true }, "it has ended already, and only its parent has not noticed"
      ),
      (
        own { ($0.tracer, $0.tracerName) = (17, "strace") },
        "it is traced already, by process 17 (strace): end that one first"
      ),
      (own { $0.tracer = 17 }, "it is traced already, by process 17: end that one first"),
      (
        own { $0.users = [0, 0, 0] },
        "it belongs to user 0: run mmsgtrace as that user or as root"
      ),
      (
        own { $0.users = [1000, 0, 0] },
        "it belongs to user 1000: run mmsgtrace as that user or as root"
      ),
      (
        own { $0.isDumpable = false },
        "it is not dumpable (prctl PR_SET_DUMPABLE, or it gained privileges): "
          + "run mmsgtrace as root"
      ),
      (
        own { $0.errno = Errno(rawValue: 11) },
        "one of its threads executes a program and does not come to an end of it: another "
          + "tracer may hold its other threads"
      ),
      (
        own { $0.isMorePrivileged = true },
        "it has capabilities that we lack: run mmsgtrace as root"
      ),
      (own { _ in }, refused + "perhaps a security module does"),
      (
        own { $0.modules = [] },
        refused + "and no security module is active that could"
      ),
      (
        own { $0.modules = ["landlock"] },
        refused + "perhaps a security module (landlock, if mmsgtrace runs in a sandbox) does"
      ),
      (
        own { ($0.modules, $0.isFiltered) = (["selinux", "smack"], true) },
        refused + "perhaps the seccomp filter around mmsgtrace or a security module"
          + " (selinux, smack) does"
      ),
      (
        own { $0.errno = nil },
        "not allowed by the kernel (unknown) although nothing forbids it that can be looked at: perhaps"
          + " a security module does"
      ),
    ] as [(AttachRefusal, String)])
  func gates(refusal: AttachRefusal, sentence: String) {
    #expect(refusal.sentence == sentence)
  }

  /// Root of a container that was not given CAP_SYS_PTRACE.
  @Test func containers() {
    var refusal = Self.own { ($0.users, $0.ourUser) = ([1000, 1000, 1000], 0) }
    #expect(
      refusal.sentence == "it belongs to user 1000, and we lack CAP_SYS_PTRACE: "
        + "start the container with --cap-add=SYS_PTRACE")
    refusal.users = [0, 0, 0]
    #expect(
      refusal.sentence == "we lack CAP_SYS_PTRACE over its user namespace: start the container"
        + " with --cap-add=SYS_PTRACE, or run mmsgtrace outside it")
    refusal.hasCapability = true
    #expect(refusal.sentence == Self.refused + "perhaps a security module does")
  }

  @Test(
    arguments: [
      (0, false, refused + "perhaps a security module does"),
      (
        1, false,
        "/proc/sys/kernel/yama/ptrace_scope is 1: only children may be traced: launch the program"
          + " with mmsgtrace, run it as root, or write 0 there"
      ),
      (1, true, refused + "perhaps a security module does"),
      (
        2, false,
        "/proc/sys/kernel/yama/ptrace_scope is 2: only root may trace: run mmsgtrace as root"
      ),
      (2, true, refused + "perhaps a security module does"),
      (
        3, false,
        "/proc/sys/kernel/yama/ptrace_scope is 3: nobody may trace until the machine is restarted"
      ),
      (
        3, true,
        "/proc/sys/kernel/yama/ptrace_scope is 3: nobody may trace until the machine is restarted"
      ),
    ] as [(Int, Bool, String)])
  func yama(scope: Int, hasCapability: Bool, sentence: String) {
    let refusal = Self.own { ($0.yamaScope, $0.hasCapability) = (scope, hasCapability) }
    #expect(refusal.sentence == sentence)
  }

  /// Yama refuses what the older gates would have refused as well: what to do about those is said,
  /// since opening Yama's alone would not help.
  @Test func yamaIsNotTheOnlyGate() {
    let refusal = Self.own { ($0.yamaScope, $0.users) = (1, [0, 0, 0]) }
    #expect(refusal.sentence == "it belongs to user 0: run mmsgtrace as that user or as root")
    let locked = Self.own { ($0.yamaScope, $0.users) = (3, [0, 0, 0]) }
    #expect(locked.sentence.hasPrefix("/proc/sys/kernel/yama/ptrace_scope is 3"))
    let hidden = Self.own { ($0.yamaScope, $0.isDumpable) = (1, false) }
    #expect(hidden.sentence.hasPrefix("it is not dumpable"))
  }

  /// One line each.
  @Test func sentencesAreLines() {
    for scope in [1, 2, 3, 4] {
      let sentence = Self.own { $0.yamaScope = scope }.sentence
      #expect(!sentence.contains("\n") && !sentence.hasSuffix("."))
    }
  }
}
