import Glibc

/// Whether an address is one of the host's: whether a socket can be bound to it.
enum LocalAddress {
  /// Whether something can be sent from an address of 4 bytes (`__ip_dev_find`): a socket can be
  /// bound to those of broadcast as well, and connected to none of these without SO_BROADCAST.
  static func isSource(_ address: [UInt8]) -> Bool? {
    guard isLocal(address) == true, let probe = ProbeSocket(family: AF_INET) else {
      return isLocal(address)
    }
    let discard: [UInt8] = [0, 9]
    let itself = [UInt8(AF_INET), 0] + discard + address + [UInt8](repeating: 0, count: 8)
    return probe.connect(to: itself) != EACCES
  }

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
