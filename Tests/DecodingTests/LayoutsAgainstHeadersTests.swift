import Records
import TestSupport
import Testing

/// The places of fields, held against the C structures: a byte where the headers say that a field
/// is has to show in that field and in no other.
@Suite struct LayoutsAgainstHeadersTests {
  struct Structure: CustomTestStringConvertible {
    var name: String
    var headers: [String]
    /// The names of fields in records, and in C.
    var fields: KeyValuePairs<String, String>
    /// The socket's, for an address.
    var socket: (family: UInt16, type: Int32, number: Int32)?
    /// Level and type, for a control message.
    var control: (level: Int32, type: Int32)?
    var testDescription: String { name }
  }

  private static let addresses: [Structure] = [
    Structure(
      name: "struct sockaddr_nl", headers: ["sys/socket.h", "linux/netlink.h"],
      fields: ["pid": "nl_pid", "groups": "nl_groups"], socket: (16, 3, 0)),
    Structure(
      name: "struct sockaddr_ll", headers: ["linux/if_packet.h"],
      fields: [
        "protocol": "sll_protocol", "ifindex": "sll_ifindex", "hatype": "sll_hatype",
        "pkttype": "sll_pkttype",
      ], socket: (17, 3, 0)),
    Structure(
      name: "struct sockaddr_pkt", headers: ["linux/if_packet.h"],
      fields: ["device": "spkt_device", "protocol": "spkt_protocol"], socket: (17, 10, 0)),
    Structure(
      name: "struct sockaddr_llc", headers: ["sys/socket.h", "linux/llc.h"],
      fields: [
        "arphrd": "sllc_arphrd", "test": "sllc_test", "xid": "sllc_xid", "ua": "sllc_ua",
        "sap": "sllc_sap", "mac": "sllc_mac",
      ], socket: (26, 2, 0)),
    Structure(
      name: "struct sockaddr_can", headers: ["sys/socket.h", "linux/can.h"],
      fields: [
        "ifindex": "can_ifindex", "rx_id": "can_addr.tp.rx_id", "tx_id": "can_addr.tp.tx_id",
      ], socket: (29, 2, 6)),
    Structure(
      name: "struct sockaddr_can", headers: ["sys/socket.h", "linux/can.h"],
      fields: [
        "name": "can_addr.j1939.name", "pgn": "can_addr.j1939.pgn", "addr": "can_addr.j1939.addr",
      ], socket: (29, 2, 7)),
    Structure(
      name: "struct sockaddr_rxrpc", headers: ["linux/rxrpc.h"],
      fields: [
        "service": "srx_service", "transport_type": "transport_type",
        "transport_len": "transport_len",
      ], socket: (33, 2, 2)),
    Structure(
      name: "struct sockaddr_pn", headers: ["sys/socket.h", "linux/phonet.h"],
      fields: ["obj": "spn_obj", "dev": "spn_dev", "resource": "spn_resource"],
      socket: (35, 2, 0)),
    Structure(
      name: "struct sockaddr_alg", headers: ["linux/if_alg.h"],
      fields: ["type": "salg_type", "feat": "salg_feat", "mask": "salg_mask", "name": "salg_name"],
      socket: (38, 5, 0)),
    Structure(
      name: "struct sockaddr_vm", headers: ["sys/socket.h", "linux/vm_sockets.h"],
      fields: ["port": "svm_port", "cid": "svm_cid", "flags": "svm_flags"], socket: (40, 1, 0)),
    Structure(
      name: "struct sockaddr_qrtr", headers: ["linux/qrtr.h"],
      fields: ["node": "sq_node", "port": "sq_port"], socket: (42, 2, 0)),
    Structure(
      name: "struct sockaddr_xdp", headers: ["linux/if_xdp.h"],
      fields: [
        "flags": "sxdp_flags", "ifindex": "sxdp_ifindex", "queue_id": "sxdp_queue_id",
        "shared_umem_fd": "sxdp_shared_umem_fd",
      ], socket: (44, 3, 0)),
    Structure(
      name: "struct sockaddr_mctp", headers: ["sys/socket.h", "linux/mctp.h"],
      fields: [
        "network": "smctp_network", "addr": "smctp_addr", "type": "smctp_type",
        "tag": "smctp_tag",
      ], socket: (45, 2, 0)),
  ]

  private static let controlData: [Structure] = [
    Structure(
      name: "struct ucred", headers: ["sys/socket.h"],
      fields: ["pid": "pid", "uid": "uid", "gid": "gid"], control: (1, 2)),
    Structure(
      name: "struct in_pktinfo", headers: ["linux/in.h"],
      fields: ["ifindex": "ipi_ifindex", "spec_dst": "ipi_spec_dst", "addr": "ipi_addr"],
      control: (0, 8)),
    Structure(
      name: "struct in6_pktinfo", headers: ["linux/in6.h", "linux/ipv6.h"],
      fields: ["addr": "ipi6_addr", "ifindex": "ipi6_ifindex"], control: (41, 50)),
    Structure(
      name: "struct sctp_initmsg", headers: ["stdint.h", "sys/socket.h", "linux/sctp.h"],
      fields: [
        "num_ostreams": "sinit_num_ostreams", "max_instreams": "sinit_max_instreams",
        "max_attempts": "sinit_max_attempts", "max_init_timeo_ms": "sinit_max_init_timeo",
      ], control: (132, 0)),
    Structure(
      name: "struct sctp_sndrcvinfo", headers: ["stdint.h", "sys/socket.h", "linux/sctp.h"],
      fields: [
        "stream": "sinfo_stream", "ssn": "sinfo_ssn", "flags": "sinfo_flags",
        "ppid": "sinfo_ppid", "context": "sinfo_context", "timetolive_ms": "sinfo_timetolive",
        "tsn": "sinfo_tsn", "cumtsn": "sinfo_cumtsn", "assoc_id": "sinfo_assoc_id",
      ], control: (132, 1)),
    Structure(
      name: "struct sctp_sndinfo", headers: ["stdint.h", "sys/socket.h", "linux/sctp.h"],
      fields: [
        "sid": "snd_sid", "flags": "snd_flags", "ppid": "snd_ppid", "context": "snd_context",
        "assoc_id": "snd_assoc_id",
      ], control: (132, 2)),
    Structure(
      name: "struct sctp_prinfo", headers: ["stdint.h", "sys/socket.h", "linux/sctp.h"],
      fields: ["policy": "pr_policy", "value": "pr_value"], control: (132, 5)),
    Structure(
      name: "struct rds_rdma_args", headers: ["linux/rds.h"],
      fields: [
        "cookie": "cookie", "remote_addr": "remote_vec.addr", "remote_bytes": "remote_vec.bytes",
        "local_vec_addr": "local_vec_addr", "nr_local": "nr_local", "flags": "flags",
        "user_token": "user_token",
      ], control: (276, 1)),
    Structure(
      name: "struct rds_get_mr_args", headers: ["linux/rds.h"],
      fields: [
        "addr": "vec.addr", "bytes": "vec.bytes", "cookie_addr": "cookie_addr", "flags": "flags",
      ], control: (276, 3)),
    Structure(
      name: "struct rds_atomic_args", headers: ["linux/rds.h"],
      fields: [
        "cookie": "cookie", "local_addr": "local_addr", "remote_addr": "remote_addr",
        "compare": "m_cswp.compare", "swap": "m_cswp.swap",
        "compare_mask": "m_cswp.compare_mask", "swap_mask": "m_cswp.swap_mask",
        "flags": "flags", "user_token": "user_token",
      ], control: (276, 9)),
  ]

  /// The field in which each byte of a structure shows.
  @Test(arguments: addresses + controlData)
  func fieldsAreWhereTheHeadersSay(_ structure: Structure) throws {
    let headers = try SystemHeaders(structure.headers)
    let sizeof = "sizeof(\(structure.name))"
    let offsets = structure.fields.map { "offsetof(\(structure.name), \($0.value))" }
    let values = try headers.values(of: offsets + [sizeof])
    let size = Int(try #require(values[sizeof]))
    for (field, expression) in zip(structure.fields, offsets) {
      let offset = Int(try #require(values[expression]))
      var bytes = [UInt8](repeating: 0, count: size)
      let empty = fields(of: structure, bytes)
      bytes[offset] = 1
      let changed = zip(empty, fields(of: structure, bytes)).filter { $0 != $1 }.map(\.0.name)
      #expect(changed == [field.key], "\(field.value) at \(offset)")
    }
    #expect(!fields(of: structure, [UInt8](repeating: 0, count: size)).isEmpty, "taken whole")
  }

  private func fields(of structure: Structure, _ bytes: [UInt8]) -> [Field] {
    var message = FakeMessage("x")
    var call: FakeCall
    if let socket = structure.socket {
      message.name = [UInt8(socket.family), 0] + bytes.dropFirst(2)
      call = FakeCall([message])
      call.socket = socketSnapshot(
        family: socket.family, type: socket.type, protocolNumber: socket.number)
      guard case .fields(let fields) = call.decoded().messages.first?.name?.form else { return [] }
      return fields
    }
    guard let control = structure.control else { return [] }
    message.control = controlMessage(level: control.level, type: control.type, data: bytes)
    call = FakeCall([message])
    return call.decoded().messages.first?.control?.first?.value ?? []
  }

  struct Bits: CustomTestStringConvertible {
    var prefix: String
    var headers: [String]
    var control: (level: Int32, type: Int32)
    /// Bytes in front of the number, its size, and bytes behind it.
    var places: (before: Int, size: Int, behind: Int)
    /// Names with the prefix that are something else.
    var others: Set<String> = []
    /// The names, where the prefix does not tell.
    var names: Set<String>?
    /// Names that older headers lack, and the kernel that brought them.
    var newer: [String: (value: UInt64, since: String)] = [:]
    var testDescription: String { prefix }
  }

  private static let bits: [Bits] = [
    Bits(
      prefix: "SOF_TIMESTAMPING_", headers: ["linux/net_tstamp.h"], control: (1, 37),
      places: (0, 4, 0),
      others: [
        "SOF_TIMESTAMPING_LAST", "SOF_TIMESTAMPING_MASK", "SOF_TIMESTAMPING_TX_RECORD_MASK",
      ],
      newer: [
        "SOF_TIMESTAMPING_OPT_ID_TCP": (0x1_0000, "6.2"),
        "SOF_TIMESTAMPING_OPT_RX_FILTER": (0x2_0000, "6.12"),
        "SOF_TIMESTAMPING_TX_COMPLETION": (0x4_0000, "6.15"),
      ]),
    Bits(
      prefix: "RDS_RDMA_", headers: ["linux/rds.h"], control: (276, 3), places: (24, 8, 0),
      others: [
        "RDS_RDMA_SUCCESS", "RDS_RDMA_REMOTE_ERROR", "RDS_RDMA_CANCELED", "RDS_RDMA_DROPPED",
        "RDS_RDMA_OTHER_ERROR", "RDS_RDMA_SEND",
      ]),
    Bits(
      prefix: "SCTP_", headers: ["stdint.h", "sys/socket.h", "linux/sctp.h"], control: (132, 2),
      places: (2, 2, 12),
      names: [
        "SCTP_UNORDERED", "SCTP_ADDR_OVER", "SCTP_ABORT", "SCTP_SACK_IMMEDIATELY",
        "SCTP_SENDALL", "SCTP_PR_SCTP_ALL", "SCTP_NOTIFICATION", "SCTP_EOF",
      ]),
    Bits(
      prefix: "ALG_OP_", headers: ["linux/if_alg.h"], control: (279, 3), places: (0, 4, 0)),
    Bits(
      prefix: "SCTP_PR_SCTP_", headers: ["stdint.h", "sys/socket.h", "linux/sctp.h"],
      control: (132, 5), places: (0, 2, 6),
      others: ["SCTP_PR_SCTP_MASK", "SCTP_PR_SCTP_MAX", "SCTP_PR_SCTP_ALL"]),
  ]

  /// Every value that the headers name shows under that name, and no other name shows.
  @Test(arguments: bits)
  func namesAreThoseOfTheHeaders(_ bits: Bits) throws {
    let headers = try SystemHeaders(bits.headers)
    let names =
      bits.names ?? headers.names.filter { $0.hasPrefix(bits.prefix) }.subtracting(bits.others)
    #expect(names.count > 1)
    let newer = bits.newer.mapValues { Int64(bitPattern: $0.value) }
    let values = try headers.values(of: names).merging(
      newer, uniquingKeysWith: { first, _ in first })
    for (name, value) in values {
      #expect(shownNames(of: UInt64(bitPattern: value), bits) == [name], "\(name) = \(value)")
    }
    let known = Set(values.values.map(UInt64.init(bitPattern:)))
    let small: Set<UInt64> = Set(0..<0x80)
    for value in small.union((0..<bits.places.size * 8).map { 1 << $0 }).subtracting(known) {
      let invented = shownNames(of: value, bits).subtracting(values.keys)
      #expect(invented.isEmpty, "\(value) has names that the headers do not have")
    }
  }

  private func shownNames(of value: UInt64, _ bits: Bits) -> Set<String> {
    let data =
      [UInt8](repeating: 0, count: bits.places.before) + littleEndian(value, bits.places.size)
      + [UInt8](repeating: 0, count: bits.places.behind)
    let block = controlMessage(level: bits.control.level, type: bits.control.type, data: data)
    let call = FakeCall([FakeMessage(iovecs: [[1]], control: block)])
    var names: Set<String> = []
    for field in call.decoded().messages.first?.control?.first?.value ?? [] {
      switch field.value {
      case .name(let name): names.insert(name)
      case .flags(_, let flags): names.formUnion(flags)
      default: break
      }
    }
    // What has no name shows as a number.
    return names.filter { $0.first?.isLetter == true }
  }
}
