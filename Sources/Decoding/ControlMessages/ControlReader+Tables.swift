// The levels and types of kernel.md §4. A type that is `used` is read; its value may still be
// refused, which is not decided here. Sizes are those of the data, without the header.
import Records

private let forUnixOnly = ControlReader.Judgement.ignored(
  why: "it means something to AF_UNIX sockets only")

extension ControlLevel {
  /// `__sock_cmsg_send`: what every walker of SOL_SOCKET shares but AF_UNIX and AF_NETLINK.
  fileprivate static let socket = ControlLevel(number: 1, types: socketTypes + [optionID])

  /// The same for TCP, which refuses SCM_TS_OPT_ID.
  fileprivate static let tcpSocket = ControlLevel(number: 1, types: socketTypes)

  private static let socketTypes = [
    ControlType(1, .any, forUnixOnly),  // SCM_RIGHTS
    ControlType(2, .any, forUnixOnly),  // SCM_CREDENTIALS
    ControlType(12, .exactly(4)),  // SO_PRIORITY
    ControlType(36, .exactly(4)),  // SO_MARK
    ControlType(37, .exactly(4)),  // SO_TIMESTAMPING_OLD
    ControlType(61, .exactly(8)),  // SCM_TXTIME
    ControlType(65, .exactly(4)),  // SO_TIMESTAMPING_NEW
    ControlType(79, .exactly(4)),  // SCM_DEVMEM_DMABUF
  ]

  private static let optionID = ControlType(81, .exactly(4))

  /// `__scm_send` for AF_UNIX: at most 253 descriptors (`SCM_MAX_FD`), odd bytes cut off.
  fileprivate static let unixSocket = ControlLevel(
    number: 1,
    types: [
      ControlType(1, .atMost(UInt64(ControlMessage.maximumDescriptors) * 4 + 3)),
      ControlType(2, .exactly(12)),
    ])

  /// `__scm_send` for AF_NETLINK, which takes no descriptors.
  fileprivate static let netlinkSocket = ControlLevel(
    number: 1, types: [ControlType(2, .exactly(12))])

  /// `ip_cmsg_send`.
  fileprivate static let ip = ControlLevel(
    number: 0,
    types: [
      ControlType(1, .either(1, 4), values: 0...255),  // IP_TOS
      ControlType(2, .exactly(4), values: 1...255),  // IP_TTL
      ControlType(7, .any),  // IP_RETOPTS
      ControlType(8, .exactly(12)),  // IP_PKTINFO
      ControlType(52, .exactly(4), values: 1...255),  // IP_PROTOCOL
    ])

  /// `ip6_datagram_send_ctl`.
  fileprivate static let ipv6 = ControlLevel(
    number: 41,
    types: [
      ControlType(2, .atLeast(20)),  // IPV6_2292PKTINFO
      ControlType(3, .atLeast(2)),  // IPV6_2292HOPOPTS
      ControlType(4, .atLeast(2)),  // IPV6_2292DSTOPTS
      ControlType(5, .atLeast(4)),  // IPV6_2292RTHDR
      ControlType(8, .exactly(4), values: -1...255),  // IPV6_2292HOPLIMIT
      ControlType(11, .atLeast(4)),  // IPV6_FLOWINFO
      ControlType(50, .atLeast(20)),  // IPV6_PKTINFO
      ControlType(52, .exactly(4), values: -1...255),  // IPV6_HOPLIMIT
      ControlType(54, .atLeast(2)),  // IPV6_HOPOPTS
      ControlType(55, .atLeast(2)),  // IPV6_RTHDRDSTOPTS
      ControlType(57, .atLeast(4)),  // IPV6_RTHDR
      ControlType(59, .atLeast(2)),  // IPV6_DSTOPTS
      ControlType(62, .exactly(4), values: 0...1),  // IPV6_DONTFRAG
      ControlType(67, .exactly(4), values: -1...255),  // IPV6_TCLASS
    ])

  /// `ip_cmsg_send` for an IPv6 socket that sends to an IPv4 address.
  fileprivate static let mappedIPv6 = ControlLevel(
    number: 41,
    unknownType: .ignored(why: "the destination is IPv4, for which only IPV6_PKTINFO is read"),
    types: [ControlType(50, .atLeast(20))])

  /// `udp_cmsg_send`.
  fileprivate static let udp = ControlLevel(
    number: 17, types: [ControlType(103, .exactly(2))])

  /// `tls_process_cmsg`, if kernel TLS is on, which a snapshot does not tell.
  fileprivate static let perhapsTLS = ControlLevel(
    number: 282, unknownType: .undetermined, types: [])

  /// `af_alg_cmsg_send`.
  fileprivate static let alg = ControlLevel(
    number: 279,
    types: [
      ControlType(2, .atLeast(4)), ControlType(3, .atLeast(4)), ControlType(4, .atLeast(4)),
    ])

  /// `sctp_msghdr_parse`.
  fileprivate static let sctp = ControlLevel(
    number: 132,
    types: [
      ControlType(0, .exactly(8)),  // SCTP_INIT
      ControlType(1, .exactly(32)),  // SCTP_SNDRCV
      ControlType(2, .exactly(16)),  // SCTP_SNDINFO
      ControlType(5, .exactly(8)),  // SCTP_PRINFO
      ControlType(6, .exactly(2)),  // SCTP_AUTHINFO
      ControlType(7, .exactly(4)),  // SCTP_DSTADDRV4
      ControlType(8, .exactly(16)),  // SCTP_DSTADDRV6
    ])

  /// `rxrpc_sendmsg_cmsg`.
  fileprivate static let rxrpc = ControlLevel(
    number: 272,
    types: [
      ControlType(1, .word),  // RXRPC_USER_CALL_ID
      ControlType(2, .exactly(4)),  // RXRPC_ABORT
      ControlType(10, .exactly(0)),  // RXRPC_EXCLUSIVE_CALL
      ControlType(11, .exactly(0)),  // RXRPC_UPGRADE_SERVICE
      ControlType(12, .exactly(8)),  // RXRPC_TX_LENGTH
      ControlType(13, .units(of: 4, most: 12)),  // RXRPC_SET_CALL_TIMEOUT
      ControlType(14, .exactly(0)),  // RXRPC_CHARGE_ACCEPT
      ControlType(15, .any),  // RXRPC_OOB_ID
      ControlType(17, .any),  // RXRPC_RESPOND
      ControlType(19, .any),  // RXRPC_RESP_RXGK_APPDATA
    ])

  /// `rds_cmsg_send`.
  fileprivate static let rds = ControlLevel(
    number: 276, types: ([1, 2, 3, 6, 7, 8, 9, 12] as [Int32]).map { ControlType($0, .any) })

  /// `iucv_sock_sendmsg`.
  fileprivate static let iucv = ControlLevel(number: 277, types: [ControlType(1, .exactly(4))])
}

extension ControlReader {
  static let udp4 = ControlReader(
    levels: [.udp, .socket, .ip],
    otherLevels: "UDP over IPv4 reads SOL_UDP, SOL_SOCKET and SOL_IP only", readsUDPFirst: true)
  static let udp6 = ControlReader(
    levels: [.udp, .socket, .ipv6],
    otherLevels: "UDP over IPv6 reads SOL_UDP, SOL_SOCKET and SOL_IPV6 only", readsUDPFirst: true)
  static let mappedUDP = ControlReader(
    levels: [.udp, .socket, .ip, .mappedIPv6],
    otherLevels: "UDP over IPv4 from an IPv6 socket reads SOL_UDP, SOL_SOCKET, SOL_IP and SOL_IPV6",
    readsUDPFirst: true)
  static let raw4 = ControlReader(
    levels: [.socket, .ip], otherLevels: "this IPv4 socket reads SOL_SOCKET and SOL_IP only")
  static let raw6 = ControlReader(
    levels: [.socket, .ipv6], otherLevels: "this IPv6 socket reads SOL_SOCKET and SOL_IPV6 only")
  static let tcp = ControlReader(
    levels: [.tcpSocket, .perhapsTLS], otherLevels: "TCP reads SOL_SOCKET only")
  static let sctp = ControlReader(levels: [.sctp], otherLevels: "SCTP reads SOL_SCTP only")
  static let unix = ControlReader(
    levels: [.unixSocket], otherLevels: "AF_UNIX reads SOL_SOCKET only")
  static let netlink = ControlReader(
    levels: [.netlinkSocket], otherLevels: "AF_NETLINK reads SOL_SOCKET only")
  static let socketOnly = ControlReader(
    levels: [.socket], otherLevels: "this kind of socket reads SOL_SOCKET only")
  static let alg = ControlReader(levels: [.alg], otherLevels: "AF_ALG reads SOL_ALG only")
  static let rxrpc = ControlReader(levels: [.rxrpc], otherLevels: "AF_RXRPC reads SOL_RXRPC only")
  static let rds = ControlReader(levels: [.rds], otherLevels: "AF_RDS reads SOL_RDS only")
  static let iucv = ControlReader(levels: [.iucv], otherLevels: "AF_IUCV reads SOL_IUCV only")
  static let none = ControlReader(
    levels: [], otherLevels: "this kind of socket reads no control messages")
}
