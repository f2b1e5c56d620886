import Records

/// Splits a control block into its messages, as the kernel does (kernel.md §2.1, §2.3).
///
///     | cmsghdr | data … | pad | cmsghdr | data … | …          pad to 8, in 32-bit layouts to 4
///     |<----- cmsg_len ---->|
///
/// A 32-bit block is first converted by a walk of its own, which is stricter: there one byte left
/// over is a header, and a malformed message is refused whatever the socket.
struct ControlMessageWalk {
  /// Why the walk ended.
  enum End: Hashable {
    /// The block holds no further message.
    case done
    /// The kernel refuses the whole block, whatever the socket.
    case refused(ControlRefusal)
    /// The next header was not captured, or would be one too many.
    case cut
  }

  var messages: [ControlMessage] = []
  private(set) var end = End.done
  /// True where the length of the last message is less than a header or more than is left.
  private(set) var lastIsMalformed = false

  /// Where the last message ends, without its padding.
  private(set) var length = 0

  /// Walks the block of `length` bytes of which `available`, a range of `bytes`, was captured, up
  /// to `most` messages.
  init(
    _ bytes: [UInt8], in available: Range<Int>, length: Int, layout: MessageLayout, most: Int
  ) {
    let headerSize = layout.controlHeaderSize
    let compat = layout.isCompat
    guard length >= headerSize else {
      if compat { end = .refused(.noHeader) }
      return
    }
    var position = 0
    while true {
      let left = length - position
      let captured = available.count - position
      // The kernel reads cmsg_len alone first, also where the block ends within it.
      guard messages.count < most, captured >= min(layout.wordSize, left) else {
        end = .cut
        return
      }
      if left < headerSize {
        end = .refused(.trailingBytes(left))
        return
      }
      let start = available.lowerBound + position
      let size = layout.word(in: bytes, at: start)
      let isSound = size >= UInt64(headerSize) && size <= UInt64(left)
      guard captured >= headerSize else {
        end = !isSound && compat ? .refused(.malformed(position)) : .cut
        return
      }
      let dataSize = Int(min(max(size, UInt64(headerSize)), UInt64(min(left, captured))))
      messages.append(
        ControlMessage(
          level: Int32(bitPattern: bytes.littleEndian32(at: start + layout.wordSize)),
          type: Int32(bitPattern: bytes.littleEndian32(at: start + layout.wordSize + 4)),
          length: size, data: Array(bytes[start + headerSize..<start + dataSize]),
          status: nil, why: nil))
      guard isSound else {
        lastIsMalformed = true
        if compat { end = .refused(.malformed(position)) }
        return
      }
      self.length = position + Int(size)
      let alignment = layout.controlAlignment
      position += (Int(size) + alignment - 1) / alignment * alignment
      if position + (compat ? 1 : headerSize) > length { return }
    }
  }
}
