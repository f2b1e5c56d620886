import Records
import TestSupport
import Testing

/// The names of levels and types of control messages, held against the headers.
extension NamesAgainstHeadersTests {
  private func typeNames(_ level: Int32) -> [String: Int64] {
    var names: [String: Int64] = [:]
    for type in Int32(0)...300 {
      let name = message(level, type).typeName
      if Int64(name) == nil { names[name] = Int64(type) }
    }
    return names
  }

  private func message(_ level: Int32, _ type: Int32) -> ControlMessage {
    ControlMessage(level: level, type: type, length: 0, data: [], status: nil, why: nil)
  }

  @Test func levels() throws {
    var names: [String: Int64] = [:]
    for level in Int32(0)...400 {
      let name = message(level, 0).levelName
      if Int64(name) == nil { names[name] = Int64(level) }
    }
    try check(
      Table(
        names: names, prefixes: ["SOL_"],
        headers: [
          "sys/socket.h", "netinet/in.h", "netinet/tcp.h", "linux/can.h", "linux/can/raw.h",
        ],
        newer: ["SOL_VSOCK": (287, "6.7")],
        // include/linux/socket.h; of CAN, one more than the last for each protocol
        internalNames: [
          "SOL_UDP": 17, "SOL_ICMPV6": 58, "SOL_CAN_BCM": 102, "SOL_CAN_ISOTP": 106,
          "SOL_CAN_J1939": 107, "SOL_SCTP": 132, "SOL_UDPLITE": 136, "SOL_RAW": 255,
          "SOL_IPX": 256, "SOL_AX25": 257, "SOL_ATALK": 258, "SOL_NETROM": 259, "SOL_ROSE": 260,
          "SOL_PNPIPE": 275, "SOL_TLS": 282, "SOL_XDP": 283, "SOL_MPTCP": 284, "SOL_MCTP": 285,
          "SOL_SMC": 286,
        ]))
  }

  /// No level has types that nothing here looks at.
  @Test func levelsWithTypes() {
    let levels = (Int32(0)...400).filter { !typeNames($0).isEmpty }
    #expect(levels == [0, 1, 17, 41, 132, 272, 276, 277, 279, 282])
    #expect(typeNames(277) == ["SCM_IUCV_TRGCLS": 1], "include/net/iucv/af_iucv.h, not exported")
  }

  @Test(
    arguments: [
      (282, "TLS_", ["linux/tls.h"], ["TLS_SET_RECORD_TYPE", "TLS_GET_RECORD_TYPE"]),
      (276, "RDS_CMSG_", ["linux/rds.h"], nil),
      (
        132, "SCTP_", ["stdint.h", "sys/socket.h", "linux/sctp.h"],
        [
          "SCTP_INIT", "SCTP_SNDRCV", "SCTP_SNDINFO", "SCTP_RCVINFO", "SCTP_NXTINFO",
          "SCTP_PRINFO", "SCTP_AUTHINFO", "SCTP_DSTADDRV4", "SCTP_DSTADDRV6",
        ]
      ),
    ] as [(Int32, String, [String], Set<String>?)])
  func protocolTypes(
    level: Int32, prefix: String, headers: [String], only: Set<String>?
  ) throws {
    // Options, ciphers and the like share the prefix; where they are many, the types are named.
    let all = try SystemHeaders(headers).names.filter { $0.hasPrefix(prefix) }
    let others = all.subtracting(only ?? all)
    try check(
      Table(
        names: typeNames(level), prefixes: [prefix], headers: headers,
        others: Dictionary(uniqueKeysWithValues: others.map { ($0, "no type") })))
  }

  @Test func udpTypes() throws {
    try check(
      Table(
        names: typeNames(17), prefixes: ["UDP_"], headers: ["linux/udp.h"],
        others: Self.list("an option", "UDP_CORK UDP_ENCAP UDP_NO_CHECK6_TX UDP_NO_CHECK6_RX"),
        otherPrefixes: ["UDP_ENCAP_"]))
  }

  @Test func cryptographyTypes() throws {
    try check(
      Table(
        names: typeNames(279), prefixes: ["ALG_SET_"], headers: ["linux/if_alg.h"],
        others: Self.list(
          "an option",
          "ALG_SET_KEY ALG_SET_AEAD_AUTHSIZE ALG_SET_DRBG_ENTROPY ALG_SET_KEY_BY_KEY_SERIAL")))
  }

  @Test func rxrpcTypes() throws {
    try check(
      Table(
        names: typeNames(272), prefixes: ["RXRPC_"], headers: ["linux/rxrpc.h"],
        others: Self.list(
          "an option",
          "RXRPC_SECURITY_KEY RXRPC_SECURITY_KEYRING RXRPC_EXCLUSIVE_CONNECTION "
            + "RXRPC_MIN_SECURITY_LEVEL RXRPC_UPGRADEABLE_SERVICE RXRPC_SUPPORTED_CMSG "
            + "RXRPC_MANAGE_RESPONSE"
        ).merging(
          Self.list(
            "a level of security, or a count",
            "RXRPC__SUPPORTED RXRPC_SECURITY_PLAIN RXRPC_SECURITY_AUTH RXRPC_SECURITY_ENCRYPT "
              + "RXRPC_SECURITY_NONE RXRPC_SECURITY_RXKAD RXRPC_SECURITY_RXGK "
              + "RXRPC_SECURITY_RXK5 RXRPC_SECURITY_YFS_RXGK"),
          uniquingKeysWith: { first, _ in first }),
        newer: [
          "RXRPC_OOB_ID": (15, "6.16"), "RXRPC_RESPOND": (17, "6.16"),
          "RXRPC_RESP_RXGK_APPDATA": (19, "6.16"),
        ]))
  }
}
