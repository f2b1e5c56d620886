/// The calling convention of one system call, which decides the layout of the structures behind it.
///
/// It belongs to the call and not to the process: `int $0x80` in a 64-bit program is an `i386`
/// call.
package enum ABI: UInt8, Sendable, CaseIterable {
  case x86_64
  case i386
  case x32
  case aarch64
  case arm

  /// True where the kernel, which is a 64-bit one, reads the call by its compat path: every ABI
  /// whose structures have the 32-bit layout (kernel.md §2.2 and §2.3).
  package var isCompat: Bool {
    switch self {
    case .x86_64, .aarch64: false
    case .i386, .x32, .arm: true
    }
  }

  /// The name in records.
  package var name: String {
    switch self {
    case .x86_64: "x86_64"
    case .i386: "i386"
    case .x32: "x32"
    case .aarch64: "aarch64"
    case .arm: "arm"
    }
  }

  /// The one of this name.
  package init?(name: String) {
    guard let abi = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = abi
  }
}
