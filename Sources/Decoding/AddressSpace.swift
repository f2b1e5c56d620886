import Records

/// What an ABI's kernel surely refuses as a user address (`access_ok`, kernel.md §2.1 row 9).
///
/// The end of the address space depends on the kernel's configuration (47, 48, 52 or 56 bits) and
/// on pointer tags, so only what lies outside of each of them is called outside here. What is not
/// caught here faults when the data is read, and shows there.
struct AddressSpace {
  private let abi: ABI

  init(_ abi: ABI) { self.abi = abi }

  /// True where no kernel of this ABI takes `length` bytes from `base` on.
  func surelyExcludes(base: RemoteAddress, length: UInt64) -> Bool {
    let first: UInt64
    let end: UInt64
    switch abi {
    case .x86_64:
      // Bit 63 is the kernel's half; linear address masking leaves it alone.
      first = base.value
      end = 1 << 63
    case .aarch64:
      // The top byte may be a tag; bit 55 then tells the halves apart, and set keeps the byte.
      if base.value & (1 << 55) != 0 { return true }
      first = base.value & (1 << 56 - 1)
      end = 1 << 55
    case .i386, .x32, .arm:
      // A 64-bit kernel checks compat addresses against its own, far higher limit.
      return false
    }
    let (past, overflow) = first.addingReportingOverflow(length)
    return overflow || past >= end
  }
}
