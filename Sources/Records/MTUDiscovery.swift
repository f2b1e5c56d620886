/// How a socket treats packets that are larger than the path takes (IP_MTU_DISCOVER).
package struct MTUDiscovery: RawRepresentable, Hashable, Sendable {
  package let rawValue: Int32

  package init(rawValue: Int32) { self.rawValue = rawValue }

  package static let dont = MTUDiscovery(rawValue: 0)
  package static let want = MTUDiscovery(rawValue: 1)
  package static let `do` = MTUDiscovery(rawValue: 2)
  package static let probe = MTUDiscovery(rawValue: 3)
  package static let interface = MTUDiscovery(rawValue: 4)
  package static let omit = MTUDiscovery(rawValue: 5)

  /// True where packets may be fragmented, so that only the protocol's own limit holds
  /// (`ip_sk_ignore_df`).
  package var allowsFragments: Bool { rawValue < Self.do.rawValue || self == .omit }

  /// True where the MTU of the way is not looked at, but the device's (`ip_sk_use_pmtu`).
  package var ignoresPath: Bool { rawValue >= Self.probe.rawValue }

  package var name: String {
    let names = ["DONT", "WANT", "DO", "PROBE", "INTERFACE", "OMIT"]
    return names.indices.contains(Int(rawValue)) ? names[Int(rawValue)] : String(rawValue)
  }
}
