/// A network interface.
package struct InterfaceState: Hashable, Sendable {
  package var index: Int32
  package var exists: Bool
  package var isUp: Bool?
  package var mtu: UInt32?
  /// Bytes of the link header that a frame of SOCK_RAW has; nil for kinds that are not known.
  package var linkHeader: UInt32?
  /// False for the loopback interface, and for those without hardware addresses to ask for.
  package var resolvesAddresses: Bool?
  /// True for one of WireGuard's.
  package var isWireGuard = false

  package init(index: Int32, exists: Bool, isUp: Bool? = nil, mtu: UInt32? = nil) {
    self.index = index
    self.exists = exists
    self.isUp = isUp
    self.mtu = mtu
  }
}
