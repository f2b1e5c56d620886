import Records

extension SystemCallTable {
  /// What a system call has to do with the CPUs that a thread may run on.
  package enum AffinityCall: Hashable, Sendable {
    /// `sched_getaffinity`.
    case get
    /// `sched_setaffinity`.
    case set
  }

  /// Nil for all other calls.
  package static func affinityCall(architecture: UInt32, number: UInt64) -> AffinityCall? {
    switch (abi(architecture: architecture), number) {
    case (.x86_64, 203), (.x86_64, 0x4000_0000 | 203), (.i386, 241), (.aarch64, 122), (.arm, 241):
      .set
    case (.x86_64, 204), (.x86_64, 0x4000_0000 | 204), (.i386, 242), (.aarch64, 123), (.arm, 242):
      .get
    default: nil
    }
  }
}
