package import Records

/// The layouts of the structures behind a call, by ABI (kernel.md §2.2).
///
///     struct   64-bit (offset:size)                    32-bit, compat, x32
///     mmsghdr  msghdr 0:56, msg_len 56:4, pad 60:4     msghdr 0:28, msg_len 28:4
///     msghdr   name 0:8, namelen 8:4, iov 16:8,        name 0:4, namelen 4:4, iov 8:4,
///              iovlen 24:8, control 32:8,              iovlen 12:4, control 16:4,
///              controllen 40:8, flags 48:4             controllen 20:4, flags 24:4
///     iovec    base 0:8, len 8:8                       base 0:4, len 4:4
///     cmsghdr  len 0:8, level 8:4, type 12:4           len 0:4, level 4:4, type 8:4
///
/// All integers are little-endian in every ABI of `ABI`.
package struct MessageLayout: Sendable {
  /// Size of a pointer and of a `size_t`, in bytes.
  package let wordSize: Int
  /// Size of a `struct mmsghdr`.
  package let stride: Int
  /// Offset of `msg_len` in a `struct mmsghdr`, which is the size of its `struct msghdr`.
  package let sentLengthOffset: Int
  package let nameLengthOffset: Int
  package let iovecsOffset: Int
  package let iovecCountOffset: Int
  package let controlOffset: Int
  package let controlLengthOffset: Int
  package let flagsOffset: Int
  /// Size of a `struct iovec`.
  package let iovecStride: Int
  /// Size of a `struct cmsghdr`.
  package let controlHeaderSize: Int
  /// What control messages are aligned to.
  package let controlAlignment: Int

  private static let wide = MessageLayout(
    wordSize: 8, stride: 64, sentLengthOffset: 56, nameLengthOffset: 8, iovecsOffset: 16,
    iovecCountOffset: 24, controlOffset: 32, controlLengthOffset: 40, flagsOffset: 48,
    iovecStride: 16, controlHeaderSize: 16, controlAlignment: 8)

  private static let narrow = MessageLayout(
    wordSize: 4, stride: 32, sentLengthOffset: 28, nameLengthOffset: 4, iovecsOffset: 8,
    iovecCountOffset: 12, controlOffset: 16, controlLengthOffset: 20, flagsOffset: 24,
    iovecStride: 8, controlHeaderSize: 12, controlAlignment: 4)

  /// The layout that the kernel reads a call of this ABI by.
  package static func of(_ abi: ABI) -> MessageLayout {
    abi.isCompat ? narrow : wide
  }
}

extension MessageLayout {
  /// The `struct msghdr` at `offset`, or nil where it does not lie wholly within `bytes`.
  package func header(in bytes: [UInt8], at offset: Int) -> MessageHeader? {
    guard offset >= 0, bytes.count - offset >= sentLengthOffset else { return nil }
    return MessageHeader(
      name: RemoteAddress(word(in: bytes, at: offset)),
      nameLength: Int32(bitPattern: bytes.littleEndian32(at: offset + nameLengthOffset)),
      iovecs: RemoteAddress(word(in: bytes, at: offset + iovecsOffset)),
      iovecCount: word(in: bytes, at: offset + iovecCountOffset),
      control: RemoteAddress(word(in: bytes, at: offset + controlOffset)),
      controlLength: word(in: bytes, at: offset + controlLengthOffset),
      flags: SendFlags(rawValue: bytes.littleEndian32(at: offset + flagsOffset)))
  }

  /// The `struct iovec` at `offset`, or nil where it does not lie wholly within `bytes`.
  package func iovec(in bytes: [UInt8], at offset: Int) -> IOVector? {
    guard offset >= 0, bytes.count - offset >= iovecStride else { return nil }
    return IOVector(
      base: RemoteAddress(word(in: bytes, at: offset)),
      length: word(in: bytes, at: offset + wordSize))
  }

  /// True for the layout of the ABIs that are compat (`ABI.isCompat`).
  var isCompat: Bool { wordSize == 4 }

  /// True where the kernel reads `length` as a negative `ssize_t` and refuses it (EINVAL).
  package func isNegative(_ length: UInt64) -> Bool {
    wordSize == 8 ? length > UInt64(Int64.max) : length > UInt64(Int32.max)
  }

  /// The pointer or `size_t` at `offset`, which must lie within `bytes`.
  @inline(__always)
  func word(in bytes: [UInt8], at offset: Int) -> UInt64 {
    wordSize == 8 ? bytes.littleEndian64(at: offset) : UInt64(bytes.littleEndian32(at: offset))
  }
}

extension Array where Element == UInt8 {
  /// The four bytes at `offset`, which must lie within the array.
  @inline(__always)
  func littleEndian32(at offset: Int) -> UInt32 {
    // One load, and one check that it is within bounds: any four bytes are a number.
    let number = unsafe span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
    return UInt32(littleEndian: number)
  }

  /// The eight bytes at `offset`, which must lie within the array.
  @inline(__always)
  func littleEndian64(at offset: Int) -> UInt64 {
    let number = unsafe span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    return UInt64(littleEndian: number)
  }
}
