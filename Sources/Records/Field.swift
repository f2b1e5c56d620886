/// One named value of a structure that records show field by field: of an address, or of the data
/// of a control message.
///
/// The structures that every program uses (IPv4, IPv6 and AF_UNIX addresses) have types of their
/// own. There are dozens of others, and all that is ever done with them is to show them.
package struct Field: Hashable, Sendable {
  /// The key in JSON, and the word in text.
  package var name: String
  package var value: FieldValue

  package init(_ name: String, _ value: FieldValue) {
    self.name = name
    self.value = value
  }
}

/// What a field holds, as far as showing it asks for.
package indirect enum FieldValue: Hashable, Sendable {
  /// Not known, or not there.
  case null
  case flag(Bool)
  case number(Int64)
  case unsigned(UInt64)
  /// A name of ours: a C constant, or a number that has none.
  case name(String)
  /// Text of the tracee's: bytes that need not be UTF-8.
  case text([UInt8])
  /// Bytes without further meaning: in hex.
  case bytes([UInt8])
  /// `02:00:00:00:00:01`.
  case hardwareAddress([UInt8])
  /// In host order.
  case ipv4(UInt32)
  case ipv6(IPv6Address)
  case pointer(RemoteAddress)
  /// A number, and the names of its bits in order of value; unknown bits come last, as one
  /// `0x…`.
  case flags(UInt64, [String])
  case list([FieldValue])
  case address(SocketAddress)
}
