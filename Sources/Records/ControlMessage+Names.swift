extension ControlMessage {
  /// The C name of the level, or the number where it has none.
  ///
  /// Of the two names of an internet protocol's level (`IPPROTO_IP`, `SOL_IP`) always the one in
  /// `SOL_`, so that one search finds them all.
  package var levelName: String { Self.levelNames[level] ?? String(level) }

  /// The C name of the type at its level, or the number where it has none.
  package var typeName: String { Self.typeNames[level]?[type] ?? String(type) }

  /// The level that `name` stands for, as `levelName` gives it.
  package static func level(named name: String) -> Int32? { levels[name] ?? Int32(name) }

  /// The type that `name` stands for at `level`, as `typeName` gives it.
  package static func type(named name: String, at level: Int32) -> Int32? {
    types[level]?[name] ?? Int32(name)
  }

  private static let levels = levelNames.inverted
  private static let types = typeNames.mapValues(\.inverted)

  /// The names of types there are, whatever their level, for messages about a misspelt one.
  package static var allTypeNames: [String] { types.values.flatMap(\.keys) }

  /// include/linux/socket.h; SOL_CAN_* from include/uapi/linux/can.h.
  private static let levelNames: [Int32: String] = [
    0: "SOL_IP", 1: "SOL_SOCKET", 6: "SOL_TCP", 17: "SOL_UDP", 41: "SOL_IPV6", 58: "SOL_ICMPV6",
    100: "SOL_CAN_BASE", 101: "SOL_CAN_RAW", 102: "SOL_CAN_BCM", 106: "SOL_CAN_ISOTP",
    107: "SOL_CAN_J1939", 132: "SOL_SCTP", 136: "SOL_UDPLITE", 255: "SOL_RAW", 256: "SOL_IPX",
    257: "SOL_AX25", 258: "SOL_ATALK", 259: "SOL_NETROM", 260: "SOL_ROSE", 261: "SOL_DECNET",
    262: "SOL_X25", 263: "SOL_PACKET", 264: "SOL_ATM", 265: "SOL_AAL", 266: "SOL_IRDA",
    267: "SOL_NETBEUI", 268: "SOL_LLC", 269: "SOL_DCCP", 270: "SOL_NETLINK", 271: "SOL_TIPC",
    272: "SOL_RXRPC", 273: "SOL_PPPOL2TP", 274: "SOL_BLUETOOTH", 275: "SOL_PNPIPE",
    276: "SOL_RDS", 277: "SOL_IUCV", 278: "SOL_CAIF", 279: "SOL_ALG", 280: "SOL_NFC",
    281: "SOL_KCM", 282: "SOL_TLS", 283: "SOL_XDP", 284: "SOL_MPTCP", 285: "SOL_MCTP",
    286: "SOL_SMC", 287: "SOL_VSOCK",
  ]

  /// The types of kernel.md §4, and those that a program might send by mistake since it receives
  /// them.
  private static let typeNames: [Int32: [Int32: String]] = [
    // SOL_SOCKET
    1: [
      1: "SCM_RIGHTS", 2: "SCM_CREDENTIALS", 3: "SCM_SECURITY", 4: "SCM_PIDFD", 12: "SO_PRIORITY",
      29: "SCM_TIMESTAMP", 35: "SCM_TIMESTAMPNS", 36: "SO_MARK", 37: "SO_TIMESTAMPING_OLD",
      40: "SO_RXQ_OVFL", 41: "SCM_WIFI_STATUS", 54: "SCM_TIMESTAMPING_OPT_STATS",
      58: "SCM_TIMESTAMPING_PKTINFO", 61: "SCM_TXTIME", 63: "SO_TIMESTAMP_NEW",
      64: "SO_TIMESTAMPNS_NEW", 65: "SO_TIMESTAMPING_NEW", 78: "SCM_DEVMEM_LINEAR",
      79: "SCM_DEVMEM_DMABUF", 81: "SCM_TS_OPT_ID",
    ],
    // SOL_IP
    0: [
      1: "IP_TOS", 2: "IP_TTL", 4: "IP_OPTIONS", 6: "IP_RECVOPTS", 7: "IP_RETOPTS",
      8: "IP_PKTINFO", 11: "IP_RECVERR", 20: "IP_ORIGDSTADDR", 23: "IP_CHECKSUM",
      25: "IP_RECVFRAGSIZE", 52: "IP_PROTOCOL",
    ],
    // SOL_IPV6
    41: [
      2: "IPV6_2292PKTINFO", 3: "IPV6_2292HOPOPTS", 4: "IPV6_2292DSTOPTS", 5: "IPV6_2292RTHDR",
      8: "IPV6_2292HOPLIMIT", 11: "IPV6_FLOWINFO", 25: "IPV6_RECVERR", 50: "IPV6_PKTINFO",
      52: "IPV6_HOPLIMIT", 54: "IPV6_HOPOPTS", 55: "IPV6_RTHDRDSTOPTS", 57: "IPV6_RTHDR",
      59: "IPV6_DSTOPTS", 61: "IPV6_PATHMTU", 62: "IPV6_DONTFRAG", 67: "IPV6_TCLASS",
      74: "IPV6_ORIGDSTADDR", 77: "IPV6_RECVFRAGSIZE",
    ],
    // SOL_UDP
    17: [103: "UDP_SEGMENT", 104: "UDP_GRO"],
    // SOL_TLS
    282: [1: "TLS_SET_RECORD_TYPE", 2: "TLS_GET_RECORD_TYPE"],
    // SOL_ALG
    279: [2: "ALG_SET_IV", 3: "ALG_SET_OP", 4: "ALG_SET_AEAD_ASSOCLEN"],
    // SOL_SCTP
    132: [
      0: "SCTP_INIT", 1: "SCTP_SNDRCV", 2: "SCTP_SNDINFO", 3: "SCTP_RCVINFO", 4: "SCTP_NXTINFO",
      5: "SCTP_PRINFO", 6: "SCTP_AUTHINFO", 7: "SCTP_DSTADDRV4", 8: "SCTP_DSTADDRV6",
    ],
    // SOL_RXRPC
    272: [
      1: "RXRPC_USER_CALL_ID", 2: "RXRPC_ABORT", 3: "RXRPC_ACK", 5: "RXRPC_NET_ERROR",
      6: "RXRPC_BUSY", 7: "RXRPC_LOCAL_ERROR", 8: "RXRPC_NEW_CALL", 10: "RXRPC_EXCLUSIVE_CALL",
      11: "RXRPC_UPGRADE_SERVICE", 12: "RXRPC_TX_LENGTH", 13: "RXRPC_SET_CALL_TIMEOUT",
      14: "RXRPC_CHARGE_ACCEPT", 15: "RXRPC_OOB_ID", 17: "RXRPC_RESPOND",
      19: "RXRPC_RESP_RXGK_APPDATA",
    ],
    // SOL_RDS
    276: [
      1: "RDS_CMSG_RDMA_ARGS", 2: "RDS_CMSG_RDMA_DEST", 3: "RDS_CMSG_RDMA_MAP",
      4: "RDS_CMSG_RDMA_STATUS", 5: "RDS_CMSG_CONG_UPDATE",
      6: "RDS_CMSG_ATOMIC_FADD", 7: "RDS_CMSG_ATOMIC_CSWP", 8: "RDS_CMSG_MASKED_ATOMIC_FADD",
      9: "RDS_CMSG_MASKED_ATOMIC_CSWP", 11: "RDS_CMSG_RXPATH_LATENCY", 12: "RDS_CMSG_ZCOPY_COOKIE",
      13: "RDS_CMSG_ZCOPY_COMPLETION",
    ],
    // SOL_IUCV
    277: [1: "SCM_IUCV_TRGCLS"],
  ]
}
