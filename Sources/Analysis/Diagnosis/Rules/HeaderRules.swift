import Records

/// What the kernel checks of a message before its socket's protocol sees it (kernel.md §2.1, rows
/// 1 to 13, and §2.3 for the 32-bit layouts).
enum HeaderRules {
  static let checks: [Check] = [
    unreadableHeader, negativeNameLength, partsNotRead, unreadableName, tooManyIOVectors,
    unreadableIOVectors,
    negativeIOVector, iovecOutsideAddressSpace, controlOverIntMax, controlOverOptionMemory,
    malformedCompatControl,
    unreadableControl, compatControlOverOptionMemory,
  ]

  /// EFAULT (`copy_msghdr_from_user`; kernel.md §2.1 row 1): the msghdr cannot be read.
  @Sendable private static func unreadableHeader(_ failed: FailedMessage) -> Finding? {
    failed.unreadable(.header).map {
      .fails(.badAddress, "its msghdr cannot be read at \($0.address.hex)")
    }
  }

  /// EINVAL (`__copy_msghdr`; kernel.md §2.1 row 3): msg_namelen is negative, and msg_name not
  /// NULL.
  @Sendable private static func negativeNameLength(_ failed: FailedMessage) -> Finding? {
    guard let header = failed.message.header, !header.name.isNull, header.nameLength < 0 else {
      return nil
    }
    return .fails(.invalidArgument, "msg_namelen is \(header.nameLength)")
  }

  /// EFAULT (`move_addr_to_kernel`, `copy_iovec_from_user`, `____sys_sendmsg`; kernel.md §2.1 rows
  /// 5, 8 and 13): what we have not read the kernel reads, or fails to.
  @Sendable private static func partsNotRead(_ failed: FailedMessage) -> Finding? {
    guard failed.message.truncated else { return nil }
    return .suspect(
      .badAddress, .possible,
      "its address, iovecs or control block were not read as a whole: the kernel may have failed to"
    )
  }

  /// EFAULT (`move_addr_to_kernel`; kernel.md §2.1 row 5): the address cannot be read.
  @Sendable private static func unreadableName(_ failed: FailedMessage) -> Finding? {
    failed.unreadable(.name).map {
      .fails(.badAddress, "its address cannot be read at \($0.address.hex)")
    }
  }

  /// EMSGSIZE (`__copy_msghdr`; kernel.md §2.1 row 6): msg_iovlen is over 1,024.
  @Sendable private static func tooManyIOVectors(_ failed: FailedMessage) -> Finding? {
    guard failed.message.iovecRefusal == .tooMany, let header = failed.message.header else {
      return nil
    }
    return .fails(
      .messageTooLong, "msg_iovlen is \(header.iovecCount), a message takes at most 1024")
  }

  /// EFAULT (`copy_iovec_from_user`; kernel.md §2.1 row 8): the iovec array cannot be read.
  @Sendable private static func unreadableIOVectors(_ failed: FailedMessage) -> Finding? {
    guard let fault = failed.unreadable(.iov)?.address else { return nil }
    guard case .negativeLength = failed.message.iovecRefusal else {
      return .fails(.badAddress, "its iovec array cannot be read at \(fault.hex)")
    }
    // Which of the two comes first depends on the kernel.
    return .suspects([
      Suspect(
        errno: .invalidArgument, strength: .likely,
        why: "an iovec before the unreadable part has a negative length"),
      Suspect(
        errno: .badAddress, strength: .possible,
        why: "its iovec array cannot be read at \(fault.hex)"),
    ])
  }

  /// EINVAL (`copy_iovec_from_user`; kernel.md §2.1 row 8): an iov_len is negative as a ssize_t.
  @Sendable private static func negativeIOVector(_ failed: FailedMessage) -> Finding? {
    guard failed.unreadable(.iov) == nil,
      case .negativeLength(let index, let length) = failed.message.iovecRefusal
    else { return nil }
    return .fails(
      .invalidArgument,
      "iovec \(index) has length 0x\(String(length, radix: 16)), negative as a ssize_t")
  }

  /// EFAULT (`access_ok`; kernel.md §2.1 row 9): an iovec reaches out of the user address space.
  @Sendable private static func iovecOutsideAddressSpace(_ failed: FailedMessage) -> Finding? {
    if case .outsideAddressSpace(let index, let base) = failed.message.iovecRefusal {
      return .fails(
        .badAddress, "iovec \(index) at \(base.hex) reaches out of the program's address space")
    }
    // Where that ends on this machine is not known for sure.
    guard failed.call.abi == .x86_64, let iovecs = failed.message.iovecs else { return nil }
    // A single one is cut to the largest total first (`import_ubuf`).
    let longest = iovecs.count == 1 ? IOVector.maximumTotal : UInt64.max
    guard
      let index = iovecs.firstIndex(where: {
        $0.base.value &+ min($0.length, longest) > endOf47Bits
      })
    else { return nil }
    return .suspect(
      .badAddress, .likely,
      "iovec \(index - iovecs.startIndex) at \(iovecs[index].base.hex) reaches out of the address"
        + " space that programs have without 5-level paging")
  }

  /// TASK_SIZE_MAX of x86-64 with 4-level paging.
  private static let endOf47Bits: UInt64 = 0x7fff_ffff_f000

  /// ENOBUFS (`____sys_sendmsg`; kernel.md §2.1 row 11): msg_controllen is over INT_MAX.
  @Sendable private static func controlOverIntMax(_ failed: FailedMessage) -> Finding? {
    guard failed.message.controlRefusal == .tooLong, let header = failed.message.header else {
      return nil
    }
    return .fails(.noBuffers, "msg_controllen is \(header.controlLength), over 2147483647")
  }

  /// ENOBUFS (`sock_kmalloc`; kernel.md §2.1 row 12): a control block that is longer than
  /// `stackBuffer` goes over the option memory that the socket may have.
  @Sendable private static func controlOverOptionMemory(_ failed: FailedMessage) -> Finding? {
    guard !failed.isCompat, let length = failed.message.header?.controlLength,
      length > stackBuffer
    else { return nil }
    guard let limit = failed.evidence?.limits.optionMemory else {
      guard failed.evidence != nil, length + mostlyInUse >= leastLimit else { return .undecided }
      return .suspect(
        .noBuffers, .favored,
        "\(length) bytes of control data may be over net.core.optmem_max, which could not be asked")
    }
    if length >= limit {
      let why = "\(length) bytes of control data are over net.core.optmem_max of \(limit)"
      // Of a socket that could not be asked it may be that of another network.
      return failed.hasAskedSocket
        ? .fails(.noBuffers, why) : .suspect(.noBuffers, .likely, why)
    }
    guard let used = failed.state?.optionMemory.map({ UInt64($0) }) else {
      guard failed.isOfUnaskedSocket, length + mostlyInUse >= limit else { return .undecided }
      return .suspect(
        .noBuffers, .favored,
        "\(length) bytes of control data and the option memory in use, for which the socket could"
          + " not be asked, may reach net.core.optmem_max of \(limit)")
    }
    guard length + used >= limit else { return nil }
    return .suspect(
      .noBuffers, .likely,
      "\(length) bytes of control data and \(used) bytes of option memory in use reach"
        + " net.core.optmem_max of \(limit)")
  }

  /// ENOMEM (`cmsghdr_from_user_compat_to_kern`; kernel.md §2.3): the same for a 32-bit block,
  /// which is converted into one that is larger, by 4 bytes or more a message.
  @Sendable private static func compatControlOverOptionMemory(_ failed: FailedMessage) -> Finding? {
    guard failed.isCompat, let length = failed.message.header?.controlLength,
      length > stackBuffer
    else { return nil }
    guard let limit = failed.evidence?.limits.optionMemory else { return .undecided }
    guard length * 2 >= limit else { return nil }
    return .suspect(
      .noMemory, length >= limit ? .likely : .possible,
      "\(length) bytes of control data, made larger for the kernel, reach net.core.optmem_max of"
        + " \(limit)")
  }

  /// More option memory than sockets mostly have in use: for extension headers, groups, filters.
  private static let mostlyInUse: UInt64 = 4096

  /// net.core.optmem_max by default before Linux 6.8.
  private static let leastLimit: UInt64 = 20480

  /// The kernel's buffer on its stack (`____sys_sendmsg`).
  private static let stackBuffer: UInt64 = 36

  /// EINVAL (`cmsghdr_from_user_compat_to_kern`; kernel.md §2.3): the conversion of a 32-bit block
  /// refuses what a 64-bit call passes over.
  @Sendable private static func malformedCompatControl(_ failed: FailedMessage) -> Finding? {
    switch failed.message.controlRefusal {
    case nil, .tooLong: nil
    case .noHeader:
      .fails(
        .invalidArgument,
        "its control block is NULL or too short for a header, which a 32-bit call may not have")
    case .malformed(let offset):
      .fails(.invalidArgument, "the cmsg_len at byte \(offset) of its control block is wrong")
    case .trailingBytes(let count):
      .fails(
        .invalidArgument,
        "\(count) bytes behind its last control message are read as a header in a 32-bit call")
    }
  }

  /// EFAULT (`____sys_sendmsg`, `cmsghdr_from_user_compat_to_kern`; kernel.md §2.1 row 13): the
  /// control block cannot be read.
  @Sendable private static func unreadableControl(_ failed: FailedMessage) -> Finding? {
    guard failed.message.controlRefusal == nil, let part = failed.unreadable(.control) else {
      return nil
    }
    let why = "its control block cannot be read at \(part.address.hex)"
    // The lengths are read first, then memory is taken for it, and all of it copied.
    if part.endsInItsLastMessage,
      case .suspects(let noMemory)? = compatControlOverOptionMemory(failed)
    {
      return .suspects(noMemory + [Suspect(errno: .badAddress, strength: .likely, why: why)])
    }
    return .fails(.badAddress, why)
  }
}

extension FailedMessage {
  /// A part of it, where that could not be read as a whole.
  fileprivate func unreadable(_ part: MessagePart) -> UnreadablePart? {
    message.unreadable.first { $0.part == part }
  }
}

extension RemoteAddress {
  /// `0x7ffd1000`.
  var hex: String { "0x" + String(value, radix: 16) }
}

extension UnreadablePart {
  /// Of the control block of a 32-bit call: true where all its lengths can be read, and data of the
  /// last message not.
  fileprivate var endsInItsLastMessage: Bool {
    var offset = 0
    while offset + 12 <= bytes.count {
      let size = (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << ($1 * 8) }
      guard size >= 12, size <= wanted - offset else { return false }
      offset += (size + 3) & ~3
      if offset >= wanted { return true }
    }
    return false
  }
}
