import Records

extension ControlMessage {
  /// What the source of an IP_PKTINFO, or of an IPV6_PKTINFO with an IPv4 address, is where no host
  /// can have it (`ip_route_output_key_hash_rcu`); nil where one can, and where there is none.
  var kindOfNoSource: String? {
    let address = data.dropFirst(kind == .packetInfo ? 4 : 12).prefix(4)
    guard address.count == 4, let first = address.first else { return nil }
    if first >> 4 == 0xe { return "a multicast address" }
    return address.allSatisfy { $0 == 0xff } ? "255.255.255.255" : nil
  }
}
