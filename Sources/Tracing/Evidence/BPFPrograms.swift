import CTracee

/// The BPF programs that are loaded (bpf(2)), by their types: where there is none of a type, none
/// of it acts anywhere.
///
/// The kernel numbers them in one sequence, so that one system call tells whether there are new
/// ones.
struct BPFPrograms {
  /// BPF_PROG_TYPE_LSM, and BPF_PROG_TYPE_CGROUP_SOCK_ADDR, which looks at addresses of what is
  /// sent.
  static let securityModule: UInt32 = 29
  static let socketAddress: UInt32 = 18

  private var types: Set<UInt32> = []
  private var last: UInt32 = 0
  /// When all were looked at (CLOCK_MONOTONIC), among which may be some that are unloaded by now.
  private var lookedAt: UInt64 = 0
  private static let maximumAge: UInt64 = 1_000_000_000
  private static let maximumNumber = 1 << 14

  /// Whether there may be one of a type; nil where that cannot be asked (CAP_SYS_ADMIN).
  mutating func mayInclude(_ type: UInt32) -> Bool? {
    if types.contains(type), Clock.monotonic() &- lookedAt > Self.maximumAge {
      self = BPFPrograms()
    }
    if last == 0 { lookedAt = Clock.monotonic() }
    for _ in 0..<Self.maximumNumber {
      var found: UInt32 = 0
      let number = unsafe tracee_next_bpf_program(last, &found)
      guard number > 0 else { return number < 0 ? nil : types.contains(type) }
      types.insert(found)
      last = UInt32(truncatingIfNeeded: number)
    }
    return nil
  }
}
