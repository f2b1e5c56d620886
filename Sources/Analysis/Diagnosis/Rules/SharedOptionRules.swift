import Records

/// Options of a socket that others have as well: one may have set them otherwise for a moment, and
/// back again, so that the kernel saw what is not to be seen any more (SharingRules).
enum SharedOptionRules {
  /// EACCES (`udp_sendmsg`; kernel.md §3.1): SO_BROADCAST was off for a moment.
  static func broadcast(_ failed: FailedMessage) -> Finding? {
    suspect(failed, .accessDenied, "SO_BROADCAST", "which its broadcast address needs")
  }

  /// EMSGSIZE (`__ip_append_data`, `__ip6_append_data`; kernel.md §3.1 and §3.2): fragments, or
  /// datagrams of UDP_SEGMENT, were not to be made for a moment of what is over the MTU.
  static func whole(_ failed: FailedMessage, _ bytes: UInt64, _ headers: UInt64) -> Finding? {
    guard let mtu = failed.wayMTU ?? failed.deviceMTU, bytes + headers > UInt64(mtu) else {
      return nil
    }
    let option =
      failed.isSegmented
      ? "UDP_SEGMENT" : failed.isOfIPv6 ? "IPV6_MTU_DISCOVER or IPV6_DONTFRAG" : "IP_MTU_DISCOVER"
    return suspect(
      failed, .messageTooLong, option,
      "and its \(bytes) bytes and \(headers) of headers are over the MTU of \(mtu)")
  }

  /// EINVAL (`udp_send_skb`, `udp_v6_send_skb`; kernel.md §3.1, GSO): UDP_SEGMENT or SO_NO_CHECK
  /// was another for a moment.
  @Sendable static func segments(_ failed: FailedMessage) -> Finding? {
    if failed.isSegmented {
      return failed.state?.omitsChecksum == false
        ? suspect(failed, .invalidArgument, "SO_NO_CHECK", "which UDP_SEGMENT does not go with")
        : nil
    }
    // More than so many datagrams of a byte each.
    guard let bytes = failed.bytes, bytes > 128 else { return nil }
    return suspect(
      failed, .invalidArgument, "UDP_SEGMENT", "which makes no more than 128 datagrams of a message"
    )
  }

  private static func suspect(
    _ failed: FailedMessage, _ errno: Errno, _ option: String, _ why: String
  ) -> Finding? {
    guard failed.evidence != nil, !failed.hasOwnSocket else { return nil }
    return .suspect(
      errno, .momentary,
      "another thread or process that has the socket may have set \(option) otherwise for a moment, "
        + why)
  }
}
