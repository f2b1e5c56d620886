package import Records

/// A range of the tracee's memory.
package struct RemoteRange: Hashable, Sendable {
  package var start: RemoteAddress
  /// In bytes, more than 0.
  package var count: Int

  package init(start: RemoteAddress, count: Int) {
    self.start = start
    self.count = count
  }
}

// What the kernel reads of a header's buffers, in the order of kernel.md §2.1. The capture asks
// for just this, and the decoder looks up just this: one rule for both.
extension MessageHeader {
  /// The most bytes of an address the kernel reads (`sizeof(struct sockaddr_storage)`).
  package static let maximumNameLength = 128
  /// The most iovecs of a message (`UIO_MAXIOV`); more are refused with EMSGSIZE.
  package static let maximumIOVectors: UInt64 = 1024
  /// The most control data the kernel may be told of; more is refused with ENOBUFS.
  package static let maximumControlLength = UInt64(Int32.max)

  /// The address: nil for none (rows 2–4). `namelen` is clamped at 128, NULL and 0 mean none, a
  /// negative length is refused.
  package var nameRange: RemoteRange? {
    guard !name.isNull, nameLength > 0 else { return nil }
    return RemoteRange(start: name, count: min(Int(nameLength), Self.maximumNameLength))
  }

  /// The iovec array: nil for none or more than 1,024 (rows 6–8).
  package func iovecRange(_ layout: MessageLayout) -> RemoteRange? {
    guard iovecCount > 0, iovecCount <= Self.maximumIOVectors else { return nil }
    return RemoteRange(start: iovecs, count: Int(iovecCount) * layout.iovecStride)
  }

  /// The control block: nil for none or one over INT_MAX (rows 11–13). NULL with a length is read,
  /// and faults.
  package var controlRange: RemoteRange? {
    guard controlLength > 0, controlLength <= Self.maximumControlLength else { return nil }
    return RemoteRange(start: control, count: Int(controlLength))
  }
}
