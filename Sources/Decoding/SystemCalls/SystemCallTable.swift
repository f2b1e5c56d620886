package import Records

/// Which system calls reach `__sys_sendmmsg`, and which return from a signal handler, by the
/// kernel's architecture numbers (include/uapi/linux/audit.h; kernel.md §7).
package enum SystemCallTable {
  /// What a system call is to the tracer.
  package enum Meaning: Hashable, Sendable {
    case send(ABI, Syscall)
    case signalReturn
    case other
  }

  private static let x32Bit: UInt64 = 0x4000_0000
  private static let socketcall: UInt64 = 102
  private static let socketcallSendmmsg: UInt32 = 20

  /// The ABI of code that runs with this architecture number; x32 shares that of x86_64.
  package static func abi(architecture: UInt32) -> ABI? {
    switch architecture {
    case 0xc000_003e: .x86_64
    case 0x4000_0003: .i386
    case 0xc000_00b7: .aarch64
    case 0x4000_0028: .arm
    default: nil
    }
  }

  /// What call `number` is; `firstArgument` tells `socketcall`'s sub-calls apart.
  package static func meaning(
    architecture: UInt32, number: UInt64, firstArgument: UInt64
  ) -> Meaning {
    switch abi(architecture: architecture) {
    case .x86_64:
      switch number {
      case 307: .send(.x86_64, .sendmmsg)
      case 15: .signalReturn
      case x32Bit | 538: .send(.x32, .sendmmsg)
      case x32Bit | 513: .signalReturn
      default: .other
      }
    case .i386:
      switch number {
      case 345: .send(.i386, .sendmmsg)
      case socketcall where UInt32(truncatingIfNeeded: firstArgument) == socketcallSendmmsg:
        .send(.i386, .socketcall)
      case 119, 173: .signalReturn
      default: .other
      }
    case .aarch64:
      switch number {
      case 269: .send(.aarch64, .sendmmsg)
      case 139: .signalReturn
      default: .other
      }
    case .arm:
      switch number {
      case 374: .send(.arm, .sendmmsg)
      case 119, 173: .signalReturn
      default: .other
      }
    case .x32, nil: .other
    }
  }
}
