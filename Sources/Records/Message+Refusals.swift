/// Why the kernel refuses a message's iovecs before it looks at what they point to
/// (kernel.md §2.1, rows 6, 8 and 9).
package enum IOVectorRefusal: Hashable, Sendable {
  /// More than 1,024 of them: EMSGSIZE.
  case tooMany
  /// The iovec of this number has a length that is negative as a `ssize_t`: EINVAL.
  case negativeLength(index: Int, length: UInt64)
  /// The iovec of this number reaches out of the user address space on every kernel: EFAULT.
  case outsideAddressSpace(index: Int, base: RemoteAddress)
}

/// Why the kernel refuses a control block as a whole, whatever the socket (kernel.md §2.1 row 11
/// and, for the 32-bit layouts, §2.3).
package enum ControlRefusal: Hashable, Sendable {
  /// `msg_controllen` is over INT_MAX.
  case tooLong
  /// 32-bit layouts: `msg_control` is NULL, or the block is shorter than one header.
  case noHeader
  /// 32-bit layouts: the `cmsg_len` at this offset is less than a header or more than is left.
  case malformed(Int)
  /// 32-bit layouts: this many bytes follow the last control message, too few for another.
  case trailingBytes(Int)

  package var errno: Errno {
    switch self {
    case .tooLong: .noBuffers
    case .noHeader, .malformed, .trailingBytes: .invalidArgument
    }
  }
}
