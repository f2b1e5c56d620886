/// How the packets of an interface begin (pcap-linktype(7)).
enum LinkType: UInt16, Sendable {
  /// LINKTYPE_RAW: an IPv4 or IPv6 header.
  case internet = 101
  /// LINKTYPE_WIRESHARK_UPPER_PDU: tags, and what some protocol carries.
  case upperPDU = 252
}
