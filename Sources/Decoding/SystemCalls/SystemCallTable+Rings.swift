import Records

extension SystemCallTable {
  /// True for io_uring_setup(2), which has one number for all architectures.
  package static func makesRing(architecture: UInt32, number: UInt64) -> Bool {
    switch (abi(architecture: architecture), number) {
    case (nil, _): false
    case (.x86_64, 0x4000_0000 | 425), (_, 425): true
    default: false
    }
  }

  /// The same for it and for the calls that need a ring: io_uring_enter(2), io_uring_register(2).
  package static func usesRing(architecture: UInt32, number: UInt64) -> Bool {
    (0...2).contains { makesRing(architecture: architecture, number: number &- $0) }
  }
}
