import Records
import TestSupport
import Testing

/// The names of levels and types of control messages, held against the headers.
extension NamesAgainstHeadersTests {
  private func typeNames(_ level: Int32) -> [String: Int64] {
    var names: [String: Int64] = [:]
    for type in Int32(0)...120 {
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
        newer: ["SOL_VSOCK": "6.7"],
        internalNames: [
          "SOL_UDP", "SOL_UDPLITE", "SOL_SCTP", "SOL_IPX", "SOL_AX25", "SOL_ATALK", "SOL_NETROM",
          "SOL_ROSE", "SOL_CAN_BCM", "SOL_CAN_ISOTP", "SOL_CAN_J1939", "SOL_TLS", "SOL_XDP",
          "SOL_MPTCP", "SOL_MCTP", "SOL_SMC", "SOL_PNPIPE", "SOL_ICMPV6", "SOL_RAW",
        ]))
  }

  @Test func socketTypes() throws {
    try check(
      Table(
        names: typeNames(1), prefixes: ["SCM_"], headers: ["sys/socket.h", "asm/socket.h"],
        others: [
          "SCM_SRCRT": "IPv4's, of no use", "SCM_TIMESTAMPING": "SO_TIMESTAMPING_OLD",
          "SCM_MAX_FD": "a limit",
        ],
        newer: [
          "SCM_PIDFD": "6.5", "SCM_TS_OPT_ID": "6.13", "SCM_DEVMEM_LINEAR": "6.12",
          "SCM_DEVMEM_DMABUF": "6.12",
        ], internalNames: ["SCM_SECURITY"]))
  }

  @Test(
    arguments: [
      (17, "UDP_", ["linux/udp.h"], ["UDP_SEGMENT", "UDP_GRO"]),
      (282, "TLS_", ["linux/tls.h"], ["TLS_SET_RECORD_TYPE", "TLS_GET_RECORD_TYPE"]),
      (279, "ALG_SET_", ["linux/if_alg.h"], ["ALG_SET_IV", "ALG_SET_OP", "ALG_SET_AEAD_ASSOCLEN"]),
      (276, "RDS_CMSG_", ["linux/rds.h"], nil),
      (272, "RXRPC_", ["linux/rxrpc.h"], nil),
    ] as [(Int32, String, [String], Set<String>?)])
  func protocolTypes(
    level: Int32, prefix: String, headers: [String], only: Set<String>?
  ) throws {
    // Options and the like share the prefix; where the types cannot be told by it, they are named.
    let all = try SystemHeaders(headers).names.filter { $0.hasPrefix(prefix) }
    let notOurs = all.subtracting(only ?? all).union(Self.notSent)
    try check(
      Table(
        names: typeNames(level), prefixes: [prefix], headers: headers,
        others: Dictionary(uniqueKeysWithValues: notOurs.map { ($0, "no type") }),
        newer: [
          "RXRPC_OOB_ID": "6.16", "RXRPC_RESPOND": "6.16", "RXRPC_RESP_RXGK_APPDATA": "6.16",
        ]))
  }

  /// Names among those of types to send that are none.
  private static let notSent: Set<String> = [
    // Socket options, levels and other constants of linux/rxrpc.h.
    "RXRPC_SECURITY_KEY", "RXRPC_SECURITY_KEYRING", "RXRPC_EXCLUSIVE_CONNECTION",
    "RXRPC_MIN_SECURITY_LEVEL", "RXRPC_UPGRADEABLE_SERVICE", "RXRPC_SUPPORTED_CMSG",
    "RXRPC__SUPPORTED", "RXRPC_SECURITY_PLAIN", "RXRPC_SECURITY_AUTH", "RXRPC_SECURITY_ENCRYPT",
    "RXRPC_SECURITY_NONE", "RXRPC_SECURITY_RXKAD", "RXRPC_SECURITY_RXGK", "RXRPC_SECURITY_YFS_RXGK",
    "RXRPC_MANAGE_RESPONSE", "RXRPC_SECURITY_RXK5",
  ]

  @Test func sctpTypes() throws {
    try check(
      Table(
        names: typeNames(132), prefixes: ["SCTP_DSTADDR"],
        headers: ["stdint.h", "sys/socket.h", "linux/sctp.h"]))
  }

  @Test(arguments: [(0, "linux/in.h"), (41, "linux/in6.h")] as [(Int32, String)])
  func internetTypes(level: Int32, header: String) throws {
    // What begins with IP_ is an option first of all.
    try check(
      Table(
        names: typeNames(level), prefixes: [], headers: [header],
        newer: ["IP_PROTOCOL": "6.4"], internalNames: ["IPV6_2292PKTINFO"]))
  }
}
