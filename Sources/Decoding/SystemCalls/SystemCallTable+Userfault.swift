import Records

extension SystemCallTable {
  /// `USERFAULTFD_IOC_NEW` of /dev/userfaultfd (include/uapi/linux/userfaultfd.h), since Linux 6.1.
  package static let newUserfaultRequest: UInt64 = 0xaa00

  /// True for the calls that make a userfaultfd(2): the one of that name, and the request to the
  /// device.
  package static func makesUserfault(
    architecture: UInt32, number: UInt64, secondArgument: UInt64
  ) -> Bool {
    switch (abi(architecture: architecture), number) {
    case (.x86_64, 323), (.x86_64, 0x4000_0000 | 323), (.i386, 374), (.aarch64, 282), (.arm, 388):
      true
    case (.x86_64, 16), (.x86_64, 0x4000_0000 | 514), (.i386, 54), (.aarch64, 29), (.arm, 54):
      secondArgument & 0xffff_ffff == newUserfaultRequest
    default: false
    }
  }
}
