/// Numbers of internet protocols (include/uapi/linux/in.h), of those that are told apart.
package enum InternetProtocol {
  package static let icmp: Int32 = 1
  package static let tcp: Int32 = 6
  package static let udp: Int32 = 17
  package static let icmpv6: Int32 = 58
  package static let sctp: Int32 = 132
  /// Mobile IPv6 (IPPROTO_MH).
  package static let mobility: Int32 = 135
  package static let udpLite: Int32 = 136
  /// IPPROTO_RAW: each message brings its own header.
  package static let raw: Int32 = 255
  package static let mptcp: Int32 = 262
}
