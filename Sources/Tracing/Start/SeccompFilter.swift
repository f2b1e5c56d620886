import CSeccomp
import CTracee
import Decoding
import Glibc
import Records

/// The filter that stops a launched program at `sendmmsg`, and where it makes a userfaultfd(2) or
/// an io_uring, and at nothing else.
package struct SeccompFilter: Sendable {
  /// What our filter hands to the tracer with each stop, so that a stop that another filter asked
  /// for is told apart: "mm".
  package static let mark: UInt32 = 0x6d6d

  var instructions: [tracee_filter_instruction]

  /// Makes the filter, as BPF, with libseccomp: for all system call ABIs of the machine, with
  /// i386's `socketcall` beside its `sendmmsg`.
  ///
  /// With `watchesRetries` it stops at the other ways to send as well, with `watchesAffinity` at
  /// the calls about the CPUs that a thread may run on.
  package init(
    watchesRetries: Bool = false, watchesAffinity: Bool = false
  ) throws(LaunchError) {
    let allow: UInt32 = 0x7fff_0000
    let trace: UInt32 = 0x7ff0_0000 | Self.mark
    guard let context = unsafe seccomp_init(allow) else {
      throw LaunchError(step: .filter, errno: Errno(rawValue: ENOMEM))
    }
    defer { unsafe seccomp_release(context) }
    // NO_NEW_PRIVS is the child's decision. The default for an ABI the filter does not know is to
    // kill: a program must not die of us.
    try Self.check(unsafe seccomp_attr_set(context, SCMP_FLTATR_CTL_NNP, 0))
    try Self.check(unsafe seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, allow))
    for architecture in Self.architectures {
      let result = unsafe seccomp_arch_add(context, architecture)
      if result != -EEXIST { try Self.check(result) }
    }
    let others =
      (watchesRetries ? Self.otherSends : []) + (watchesAffinity ? Self.affinityCalls : [])
    for name in ["sendmmsg", "userfaultfd", "io_uring_setup"] + others {
      let call = unsafe seccomp_syscall_resolve_name(name)
      try Self.check(unsafe seccomp_rule_add_array(context, trace, call, 0, nil))
    }
    // The kernel looks at the lower half of the request alone.
    var request = scmp_arg_cmp(
      arg: 1, op: SCMP_CMP_MASKED_EQ, datum_a: 0xffff_ffff,
      datum_b: SystemCallTable.newUserfaultRequest)
    let ioctl = unsafe seccomp_syscall_resolve_name("ioctl")
    try Self.check(unsafe seccomp_rule_add_array(context, trace, ioctl, 1, &request))
    instructions = try unsafe Self.export(context)
  }

  private static let otherSends = ["sendmsg", "sendto", "send", "write", "writev"]
  private static let affinityCalls = ["sched_getaffinity", "sched_setaffinity"]

  private static var architectures: [UInt32] {
    #if arch(x86_64)
      [0xc000_003e, 0x4000_0003, 0x4000_003e]  // x86_64, x86 and libseccomp's own number for x32
    #elseif arch(arm64)
      [0xc000_00b7, 0x4000_0028]
    #else
      []
    #endif
  }

  /// Through a pipe: the program has some dozens of instructions, a pipe holds thousands.
  private static func export(
    _ context: scmp_filter_ctx
  ) throws(LaunchError) -> [tracee_filter_instruction] {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else {
      throw LaunchError(step: .filter, errno: Errno(rawValue: errno))
    }
    let result = unsafe seccomp_export_bpf(context, ends[1])
    _ = close(ends[1])
    defer { _ = close(ends[0]) }
    try check(result)
    let capacity = 4096
    let size = MemoryLayout<tracee_filter_instruction>.stride
    let instructions = unsafe [tracee_filter_instruction](unsafeUninitializedCapacity: capacity) {
      buffer, count in
      let got = unsafe read(ends[0], buffer.baseAddress, capacity * size)
      count = max(got, 0) / size
    }
    // Without a filter nothing would ever stop.
    guard !instructions.isEmpty else { throw LaunchError(step: .filter, errno: .ioError) }
    return instructions
  }

  private static func check(_ result: Int32) throws(LaunchError) {
    if result < 0 { throw LaunchError(step: .filter, errno: Errno(rawValue: -result)) }
  }
}
