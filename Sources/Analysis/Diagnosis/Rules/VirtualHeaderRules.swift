import Records

/// The `virtio_net_hdr` that stands before a frame where PACKET_VNET_HDR is set (`packet_snd`;
/// kernel.md §3.6, "vnet_hdr EINVAL").
///
/// ```
/// 0 flags  1 gso_type  2 hdr_len  4 gso_size  6 csum_start  8 csum_offset  (10 num_buffers)
/// ```
enum VirtualHeaderRules {
  /// EINVAL (`packet_snd_vnet_parse`; kernel.md §3.6): the header, or what it says has to be there,
  /// is longer than the message. Checked before the frame is copied.
  @Sendable static func badLengths(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.hasVirtualHeader == true, let bytes = failed.bytes else { return nil }
    let size = failed.virtualHeaderBytes
    guard bytes >= size else {
      return .suspect(
        .invalidArgument, .likely, "\(bytes) bytes are no virtio_net_hdr, which has \(size)")
    }
    guard let header = VirtualHeader(failed.message.payload.data) else {
      return .suspect(
        .invalidArgument, .possible, "the virtio_net_hdr before its frame may be malformed")
    }
    let frame = bytes - size
    guard header.linearLength > frame else { return nil }
    return .suspect(
      .invalidArgument, .likely,
      "its virtio_net_hdr speaks of \(header.linearLength) bytes of headers, the frame has \(frame)"
    )
  }

  /// EINVAL (`virtio_net_hdr_to_skb`; kernel.md §3.6): what it asks for does not fit the frame, of
  /// which it looks at the headers too. Checked behind the copy.
  @Sendable static func badOffload(_ failed: FailedMessage) -> Finding? {
    guard failed.state?.hasVirtualHeader == true,
      let header = VirtualHeader(failed.message.payload.data)
    else { return nil }
    if header.segmentation != 0 {
      guard [1, 3, 4, 5].contains(header.segmentation & ~0x80) else {
        return .suspect(
          .invalidArgument, .likely,
          "gso_type \(header.segmentation) of its virtio_net_hdr is none that is known")
      }
      guard header.segmentSize > 0 else {
        return .suspect(
          .invalidArgument, .likely, "gso_size of its virtio_net_hdr is 0, and gso_type is not")
      }
    }
    guard header.segmentation != 0 || header.needsChecksum else { return nil }
    return .suspect(
      .invalidArgument, .possible, "the virtio_net_hdr before its frame may not fit the frame")
  }

  /// How many bytes its frame has of all its bytes.
  static func frameBytes(of bytes: UInt64, _ failed: FailedMessage) -> UInt64 {
    let size = failed.virtualHeaderBytes
    return bytes > size ? bytes - size : 0
  }

  /// Whether its header says that the frame is cut into such as fit (`gso_type`); nil where that is
  /// not known.
  static func isSegmented(_ failed: FailedMessage) -> Bool? {
    VirtualHeader(failed.message.payload.data).map { $0.segmentation != 0 }
  }
}

extension FailedMessage {
  /// How many bytes stand before its frame: the 10 that `packet_snd` reads, or PACKET_VNET_HDR_SZ.
  fileprivate var virtualHeaderBytes: UInt64 {
    max(UInt64(state?.virtualHeaderBytes ?? 0), 10)
  }
}

/// The fields that are looked at.
private struct VirtualHeader {
  let segmentation: UInt8
  let segmentSize: UInt16
  /// VIRTIO_NET_HDR_F_NEEDS_CSUM.
  let needsChecksum: Bool
  /// How much of the frame has to be there: `hdr_len`, or more for the checksum.
  let linearLength: UInt64

  /// Nil where not all of it was kept of the payload.
  init?(_ payload: ArraySlice<UInt8>?) {
    guard let payload, payload.count >= 10 else { return nil }
    let start = payload.startIndex
    func word(_ offset: Int) -> UInt16 {
      UInt16(payload[start + offset]) | UInt16(payload[start + offset + 1]) << 8
    }
    segmentation = payload[start + 1]
    segmentSize = word(4)
    needsChecksum = payload[start] & 1 != 0
    let checksumEnd = UInt64(word(6)) + UInt64(word(8)) + 2
    linearLength = max(UInt64(word(2)), needsChecksum ? checksumEnd : 0)
  }
}
