import Glibc

/// Whether an address is one of the host's: whether a socket can be bound to it.
enum LocalAddress {
  /// Of 4 or 16 bytes; nil where that cannot be asked.
  static func isLocal(_ address: [UInt8], scope: Int32 = 0) -> Bool? {
    let isIPv6 = address.count == 16
    guard let probe = ProbeSocket(family: isIPv6 ? AF_INET6 : AF_INET) else { return nil }
    ProbeSocket.keepFromBinding(probe.number)
    let bytes =
      isIPv6
      ? [UInt8(AF_INET6), 0, 0, 0, 0, 0, 0, 0] + address
        + (0..<4).map { UInt8(truncatingIfNeeded: scope >> ($0 * 8)) }
      : [UInt8(AF_INET), 0, 0, 0] + address + [UInt8](repeating: 0, count: 8)
    if ProbeSocket.bind(probe.number, to: bytes) == 0 { return true }
    return errno == EADDRNOTAVAIL ? false : nil
  }
}
