import Records

/// UDP's segmentation (`udp_send_skb`; kernel.md §3.1, GSO). The order is that of Linux 6.14 and
/// later; before, a segment over the MTU was EINVAL.
enum SegmentationRules {
  static let checks: [Check] = [
    segmentOverMTU, tooManySegments, withoutChecksum, notSegmentable, SharedOptionRules.segments,
  ]

  /// EMSGSIZE, EINVAL before Linux 6.14 (`udp_send_skb`, `udp_v6_send_skb`; kernel.md §3.1, GSO): a
  /// segment and its headers are over the MTU.
  @Sendable private static func segmentOverMTU(_ failed: FailedMessage) -> Finding? {
    guard let size = failed.segmentSize, let bytes = failed.bytes else { return nil }
    guard let mtu = failed.wayMTU else {
      return .suspect(
        .messageTooLong, .possible, "UDP_SEGMENT of \(size) bytes may be over the MTU of its way")
    }
    let headers =
      (failed.socket?.family == .inet6 && !failed.goesByIPv4 ? 48 : 28) + failed.addedHeaderBytes
    let segment = headers + min(bytes, UInt64(size))
    guard segment > UInt64(mtu) else {
      guard let limit = failed.ownLimit(to: segment) else { return nil }
      return .suspect(
        .messageTooLong, .possible, "UDP_SEGMENT of \(size) bytes may be over \(limit)")
    }
    let why =
      "UDP_SEGMENT of \(size) bytes and \(headers) of headers are over the MTU of \(mtu)"
    switch failed.kernelIs(since: KernelRelease(6, 14)) {
    case true?: return .suspect(.messageTooLong, .likely, why)
    case false?:
      return .suspects([
        Suspect(errno: .invalidArgument, strength: .likely, why: why),
        Suspect(errno: .messageTooLong, strength: .possible, why: why),
      ])
    case nil:
      return .suspects([
        Suspect(errno: .messageTooLong, strength: .likely, why: why),
        Suspect(errno: .invalidArgument, strength: .possible, why: why),
      ])
    }
  }

  /// EINVAL (`udp_send_skb`, `udp_v6_send_skb`; kernel.md §3.1, GSO): over UDP_MAX_SEGMENTS, 128
  /// since Linux 6.9 and in some stable kernels before, else 64.
  @Sendable private static func tooManySegments(_ failed: FailedMessage) -> Finding? {
    guard let size = failed.segmentSize else { return nil }
    guard let bytes = failed.bytes else {
      return .suspect(
        .invalidArgument, .possible,
        "its bytes, which could not be counted, may be over 128 segments of \(size), the most that"
          + " UDP_SEGMENT makes")
    }
    if bytes > UInt64(size) * 128 {
      return .fails(
        .invalidArgument,
        "\(bytes) bytes are over 128 segments of \(size), the most that UDP_SEGMENT makes")
    }
    guard bytes > UInt64(size) * 64 else { return nil }
    let why = "\(bytes) bytes are over 64 segments of \(size), the most before Linux 6.9"
    switch failed.kernelIs(since: KernelRelease(6, 9)) {
    case true?: return nil
    case false?: return .suspect(.invalidArgument, .likely, why)
    case nil: return .suspect(.invalidArgument, .possible, why)
    }
  }

  /// EINVAL (`udp_send_skb`, `udp_v6_send_skb`; kernel.md §3.1, GSO): SO_NO_CHECK or
  /// UDP_NO_CHECK6_TX leaves the checksum out.
  @Sendable private static func withoutChecksum(_ failed: FailedMessage) -> Finding? {
    guard failed.isSegmented, failed.state?.omitsChecksum != false else { return nil }
    return failed.state?.omitsChecksum == true
      ? .suspect(
        .invalidArgument, .likely, "UDP_SEGMENT needs the checksum that the socket leaves out")
      : nil
  }

  /// EIO (`udp_send_skb`, `udp_v6_send_skb`; kernel.md §3.1, GSO): UDP-Lite, a way of IPsec, or
  /// before Linux 6.11 a device that computes no checksums.
  @Sendable private static func notSegmentable(_ failed: FailedMessage) -> Finding? {
    guard failed.isSegmented else { return nil }
    if failed.socket?.protocolNumber == InternetProtocol.udpLite {
      return .fails(.ioError, "UDP-Lite does not segment")
    }
    let isOld = failed.kernelIs(since: KernelRelease(6, 11)) == false
    return .suspect(
      .ioError, isOld ? .likely : .possible,
      isOld
        ? "before Linux 6.11 UDP_SEGMENT needs an interface that computes checksums, or the way is"
          + " one of IPsec" : "UDP_SEGMENT does not go through IPsec, if its way is one")
  }
}

extension FailedMessage {
  /// The segment size that holds for it, of its UDP_SEGMENT or the socket's; nil for none.
  var segmentSize: UInt16? {
    Segmentation.size(control: message.control ?? [], option: state?.segmentSize ?? 0)?.size
  }

  /// True where UDP cuts it into datagrams.
  var isSegmented: Bool { segmentSize != nil }
}
