import Records

// The data of the types of kernel.md §4 at levels of other protocols than those of IP.
extension ControlValueLayout {
  static let tls: [Int32: ControlValueLayout] = [
    // TLS_SET_RECORD_TYPE: the content types of RFC 8446, and ACK of DTLS
    1: ControlValueLayout(
      .exactly(1), "record_type",
      .named(
        size: 1,
        [
          20: "change_cipher_spec", 21: "alert", 22: "handshake", 23: "application_data",
          24: "heartbeat", 26: "ack",
        ]))
  ]

  static let alg: [Int32: ControlValueLayout] = [
    // ALG_SET_IV: struct af_alg_iv
    2: ControlValueLayout(
      .atLeast(4), [FieldLayout("ivlen", at: 0, .uint32), FieldLayout("iv", at: 4, .rest)]),
    // ALG_SET_OP
    3: ControlValueLayout(
      .atLeast(4), "op", .named(size: 4, [0: "ALG_OP_DECRYPT", 1: "ALG_OP_ENCRYPT"])),
    // ALG_SET_AEAD_ASSOCLEN
    4: ControlValueLayout(.atLeast(4), "assoclen", .uint32),
  ]

  static let sctp: [Int32: ControlValueLayout] = [
    // SCTP_INIT: struct sctp_initmsg
    0: ControlValueLayout(
      .exactly(8),
      [
        FieldLayout("num_ostreams", at: 0, .uint16),
        FieldLayout("max_instreams", at: 2, .uint16),
        FieldLayout("max_attempts", at: 4, .uint16),
        FieldLayout("max_init_timeo_ms", at: 6, .uint16),
      ]),
    // SCTP_SNDRCV: struct sctp_sndrcvinfo
    1: ControlValueLayout(
      .exactly(32),
      [
        FieldLayout("stream", at: 0, .uint16), FieldLayout("ssn", at: 2, .uint16),
        FieldLayout("flags", at: 4, .flags(size: 2, sctpFlags)),
        FieldLayout("ppid", at: 8, .bigEndian32), FieldLayout("context", at: 12, .uint32),
        FieldLayout("timetolive_ms", at: 16, .uint32), FieldLayout("tsn", at: 20, .uint32),
        FieldLayout("cumtsn", at: 24, .uint32), FieldLayout("assoc_id", at: 28, .int32),
      ]),
    // SCTP_SNDINFO: struct sctp_sndinfo
    2: ControlValueLayout(
      .exactly(16),
      [
        FieldLayout("sid", at: 0, .uint16), FieldLayout("flags", at: 2, .flags(size: 2, sctpFlags)),
        FieldLayout("ppid", at: 4, .bigEndian32), FieldLayout("context", at: 8, .uint32),
        FieldLayout("assoc_id", at: 12, .int32),
      ]),
    // SCTP_PRINFO: struct sctp_prinfo
    5: ControlValueLayout(
      .exactly(8),
      [
        FieldLayout(
          "policy", at: 0,
          .named(
            size: 2,
            [
              0: "SCTP_PR_SCTP_NONE", 0x10: "SCTP_PR_SCTP_TTL", 0x20: "SCTP_PR_SCTP_RTX",
              0x30: "SCTP_PR_SCTP_PRIO",
            ])),
        FieldLayout("value", at: 4, .uint32),
      ]),
    // SCTP_AUTHINFO: struct sctp_authinfo
    6: ControlValueLayout(.exactly(2), "keynumber", .uint16),
    // SCTP_DSTADDRV4, SCTP_DSTADDRV6
    7: ControlValueLayout(.exactly(4), "addr", .ipv4),
    8: ControlValueLayout(.exactly(16), "addr", .ipv6),
  ]

  /// include/uapi/linux/sctp.h; the policy of partial reliability in bits 4 and 5 is no flag.
  static let sctpFlags: [(bit: UInt64, name: String)] = [
    (0x1, "SCTP_UNORDERED"), (0x2, "SCTP_ADDR_OVER"), (0x4, "SCTP_ABORT"),
    (0x8, "SCTP_SACK_IMMEDIATELY"), (0x40, "SCTP_SENDALL"), (0x80, "SCTP_PR_SCTP_ALL"),
    (0x200, "SCTP_EOF"), (0x8000, "SCTP_NOTIFICATION"),
  ]

  static let rxrpc: [Int32: ControlValueLayout] = {
    let nothing = ControlValueLayout(.exactly(0), [])
    return [
      1: ControlValueLayout(.word, "user_call_id", .word),
      2: ControlValueLayout(.exactly(4), "abort_code", .uint32),
      10: nothing,  // RXRPC_EXCLUSIVE_CALL
      11: nothing,  // RXRPC_UPGRADE_SERVICE
      12: ControlValueLayout(.exactly(8), "tx_length", .int64),
      // RXRPC_SET_CALL_TIMEOUT: one to three of them
      13: ControlValueLayout(
        .units(of: 4, most: 12),
        [
          FieldLayout("hard_s", at: 0, .uint32), FieldLayout("idle_ms", at: 4, .uint32),
          FieldLayout("normal_ms", at: 8, .uint32),
        ]),
      14: nothing,  // RXRPC_CHARGE_ACCEPT
    ]
  }()

  static let rds: [Int32: ControlValueLayout] = {
    let cookie = ControlValueLayout(.exactly(8), "cookie", .uint64)
    let flags = { (offset: Int) in FieldLayout("flags", at: offset, .flags(size: 8, rdsFlags)) }
    // struct rds_atomic_args: a union between these
    func atomic(_ operands: String...) -> ControlValueLayout {
      let head = [
        FieldLayout("cookie", at: 0, .uint64), FieldLayout("local_addr", at: 8, .pointer),
        FieldLayout("remote_addr", at: 16, .pointer),
      ]
      return ControlValueLayout(
        .exactly(72),
        head + operands.indices.map { FieldLayout(operands[$0], at: 24 + 8 * $0, .uint64) }
          + [flags(56), FieldLayout("user_token", at: 64, .uint64)])
    }
    return [
      // RDS_CMSG_RDMA_ARGS: struct rds_rdma_args
      1: ControlValueLayout(
        .exactly(56),
        [
          FieldLayout("cookie", at: 0, .uint64), FieldLayout("remote_addr", at: 8, .pointer),
          FieldLayout("remote_bytes", at: 16, .uint64),
          FieldLayout("local_vec_addr", at: 24, .pointer),
          FieldLayout("nr_local", at: 32, .uint64), flags(40),
          FieldLayout("user_token", at: 48, .uint64),
        ]),
      2: cookie,  // RDS_CMSG_RDMA_DEST
      // RDS_CMSG_RDMA_MAP: struct rds_get_mr_args
      3: ControlValueLayout(
        .exactly(32),
        [
          FieldLayout("addr", at: 0, .pointer), FieldLayout("bytes", at: 8, .uint64),
          FieldLayout("cookie_addr", at: 16, .pointer), flags(24),
        ]),
      6: atomic("add"),  // RDS_CMSG_ATOMIC_FADD
      7: atomic("compare", "swap"),  // RDS_CMSG_ATOMIC_CSWP
      8: atomic("add", "nocarry_mask"),  // RDS_CMSG_MASKED_ATOMIC_FADD
      // RDS_CMSG_MASKED_ATOMIC_CSWP
      9: atomic("compare", "swap", "compare_mask", "swap_mask"),
      12: ControlValueLayout(.exactly(4), "cookie", .uint32),  // RDS_CMSG_ZCOPY_COOKIE
    ]
  }()

  /// include/uapi/linux/rds.h
  static let rdsFlags: [(bit: UInt64, name: String)] = [
    (0x1, "RDS_RDMA_READWRITE"), (0x2, "RDS_RDMA_FENCE"), (0x4, "RDS_RDMA_INVALIDATE"),
    (0x8, "RDS_RDMA_USE_ONCE"), (0x10, "RDS_RDMA_DONTWAIT"), (0x20, "RDS_RDMA_NOTIFY_ME"),
    (0x40, "RDS_RDMA_SILENT"),
  ]

  static let iucv: [Int32: ControlValueLayout] = [
    // SCM_IUCV_TRGCLS
    1: ControlValueLayout(.exactly(4), "target_class", .uint32)
  ]
}
