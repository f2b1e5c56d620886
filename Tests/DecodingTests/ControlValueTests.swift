import Records
import TestSupport
import Testing

/// The data of control messages, taken apart (kernel.md §4).
@Suite struct ControlValueTests {
  struct Row: CustomTestStringConvertible {
    var reason: String
    var level: Int32
    var type: Int32
    var data: [UInt8]
    var value: [Field]?
    var testDescription: String { reason }
  }

  private static func u16(_ values: UInt64...) -> [UInt8] {
    values.flatMap { littleEndian($0, 2) }
  }
  private static func u32(_ values: UInt64...) -> [UInt8] {
    values.flatMap { littleEndian($0, 4) }
  }
  private static func u64(_ values: UInt64...) -> [UInt8] {
    values.flatMap { littleEndian($0, 8) }
  }
  private static let loopback6 = [UInt8](repeating: 0, count: 15) + [1]

  private static let socketRows: [Row] = [
    Row(
      reason: "SCM_RIGHTS: descriptors are signed, odd bytes are cut off", level: 1, type: 1,
      data: u32(3, 0xffff_ffff) + [9],
      value: [
        Field("descriptors", .list([.number(3), .number(-1)])),
        Field("files", .list([.null, .null])),
      ]),
    Row(
      reason: "SCM_RIGHTS without a whole one", level: 1, type: 1, data: [1, 2, 3],
      value: [Field("descriptors", .list([])), Field("files", .list([]))]),
    Row(
      reason: "SCM_CREDENTIALS", level: 1, type: 2, data: u32(4711, 1000, 0xffff_ffff),
      value: [
        Field("pid", .number(4711)), Field("uid", .unsigned(1000)),
        Field("gid", .unsigned(0xffff_ffff)), Field("user", .null), Field("group", .null),
      ]),
    Row(
      reason: "SO_PRIORITY", level: 1, type: 12, data: u32(6),
      value: [Field("priority", .unsigned(6))]),
    Row(
      reason: "SO_MARK", level: 1, type: 36, data: u32(0x8000_0001),
      value: [Field("mark", .unsigned(0x8000_0001))]),
    Row(reason: "SO_MARK, too long: nothing is made up", level: 1, type: 36, data: u64(1)),
    Row(
      reason: "SO_TIMESTAMPING_OLD by name, unknown bits at the end", level: 1, type: 37,
      data: u32(0x8000_0103),
      value: [
        Field(
          "flags",
          .flags(
            0x8000_0103,
            [
              "SOF_TIMESTAMPING_TX_HARDWARE", "SOF_TIMESTAMPING_TX_SOFTWARE",
              "SOF_TIMESTAMPING_TX_SCHED", "0x80000000",
            ]))
      ]),
    Row(
      reason: "SO_TIMESTAMPING_NEW", level: 1, type: 65, data: u32(0),
      value: [Field("flags", .flags(0, []))]),
    Row(
      reason: "SCM_TXTIME: which clock is not known", level: 1, type: 61, data: u64(1 << 60),
      value: [
        Field("txtime_ns", .unsigned(1 << 60)), Field("clock", .null), Field("relative_ns", .null),
      ]),
    Row(
      reason: "SCM_DEVMEM_DMABUF", level: 1, type: 79, data: u32(5),
      value: [Field("dmabuf_id", .unsigned(5))]),
    Row(
      reason: "SCM_TS_OPT_ID", level: 1, type: 81, data: u32(5),
      value: [Field("id", .unsigned(5))]),
    Row(reason: "SCM_SECURITY is not sent", level: 1, type: 3, data: u32(5)),
    Row(reason: "a level that does not exist", level: 77, type: 1, data: u32(5)),
  ]

  private static let internetRows: [Row] = [
    Row(
      reason: "IP_TOS as a byte", level: 0, type: 1, data: [0xb9],
      value: [
        Field("tos", .unsigned(0xb9)), Field("dscp", .unsigned(46)), Field("ecn", .unsigned(1)),
      ]
    ),
    Row(
      reason: "IP_TOS as an int", level: 0, type: 1, data: u32(0xb8),
      value: [
        Field("tos", .number(0xb8)), Field("dscp", .unsigned(46)), Field("ecn", .unsigned(0)),
      ]),
    Row(
      reason: "IP_TTL", level: 0, type: 2, data: u32(64), value: [Field("ttl", .number(64))]),
    Row(
      reason: "IP_RETOPTS", level: 0, type: 7, data: [1, 1, 1],
      value: [Field("options", .bytes([1, 1, 1]))]),
    Row(
      reason: "IP_PKTINFO", level: 0, type: 8, data: u32(2) + [127, 0, 0, 1, 192, 0, 2, 1],
      value: [
        Field("ifindex", .number(2)), Field("interface", .null),
        Field("spec_dst", .ipv4(0x7f00_0001)),
        Field("addr", .ipv4(0xc000_0201)),
      ]),
    Row(
      reason: "IP_PROTOCOL", level: 0, type: 52, data: u32(17),
      value: [Field("protocol", .number(17))]),
    Row(
      reason: "IPV6_PKTINFO", level: 41, type: 50, data: loopback6 + u32(3),
      value: [
        Field("addr", .ipv6(IPv6Address(high: 0, low: 1))), Field("ifindex", .number(3)),
        Field("interface", .null),
      ]),
    Row(
      reason: "IPV6_FLOWINFO", level: 41, type: 11, data: [0x0b, 0x81, 0x23, 0x45],
      value: [
        Field("flowinfo", .unsigned(0x0b81_2345)), Field("traffic_class", .unsigned(0xb8)),
        Field("flow_label", .unsigned(0x12345)),
      ]),
    Row(
      reason: "IPV6_HOPOPTS", level: 41, type: 54, data: [59, 0, 1, 4, 0, 0, 0, 0],
      value: [
        Field("nexthdr", .unsigned(59)), Field("hdrlen", .unsigned(0)),
        Field("options", .bytes([1, 4, 0, 0, 0, 0])),
      ]),
    Row(
      reason: "IPV6_RTHDR", level: 41, type: 57, data: [59, 2, 2, 1, 0, 0, 0, 0],
      value: [
        Field("nexthdr", .unsigned(59)), Field("hdrlen", .unsigned(2)),
        Field("type", .unsigned(2)), Field("segments_left", .unsigned(1)),
        Field("data", .bytes([0, 0, 0, 0])),
      ]),
    Row(
      reason: "IPV6_HOPLIMIT, -1 for the default", level: 41, type: 52, data: u32(0xffff_ffff),
      value: [Field("hop_limit", .number(-1))]),
    Row(
      reason: "IPV6_DONTFRAG", level: 41, type: 62, data: u32(1),
      value: [Field("dontfrag", .number(1))]),
    Row(
      reason: "IPV6_TCLASS", level: 41, type: 67, data: u32(3),
      value: [Field("tclass", .number(3)), Field("dscp", .unsigned(0)), Field("ecn", .unsigned(3))]),
    Row(
      reason: "SCTP_INIT", level: 132, type: 0, data: u16(1, 2, 3, 4),
      value: [
        Field("num_ostreams", .unsigned(1)), Field("max_instreams", .unsigned(2)),
        Field("max_attempts", .unsigned(3)), Field("max_init_timeo_ms", .unsigned(4)),
      ]),
    Row(
      reason: "SCTP_SNDINFO; the payload protocol is big-endian by custom", level: 132, type: 2,
      data: u16(7, 0x201) + [0, 0, 0, 51] + u32(8, 9),
      value: [
        Field("sid", .unsigned(7)), Field("flags", .flags(0x201, ["SCTP_UNORDERED", "SCTP_EOF"])),
        Field("ppid", .unsigned(51)), Field("context", .unsigned(8)),
        Field("assoc_id", .number(9)),
      ]),
    Row(
      reason: "SCTP_PRINFO", level: 132, type: 5, data: u16(0x30, 0) + u32(5),
      value: [Field("policy", .name("SCTP_PR_SCTP_PRIO")), Field("value", .unsigned(5))]),
    Row(
      reason: "SCTP_DSTADDRV4", level: 132, type: 7, data: [127, 0, 0, 1],
      value: [Field("addr", .ipv4(0x7f00_0001))]),
  ]

  private static let otherRows: [Row] = [
    Row(
      reason: "TLS_SET_RECORD_TYPE", level: 282, type: 1, data: [21],
      value: [Field("record_type", .name("alert"))]),
    Row(
      reason: "TLS_SET_RECORD_TYPE, of no name", level: 282, type: 1, data: [99],
      value: [Field("record_type", .name("99"))]),
    Row(
      reason: "ALG_SET_IV", level: 279, type: 2, data: u32(2) + [0xab, 0xcd],
      value: [Field("ivlen", .unsigned(2)), Field("iv", .bytes([0xab, 0xcd]))]),
    Row(
      reason: "ALG_SET_OP", level: 279, type: 3, data: u32(1),
      value: [Field("op", .name("ALG_OP_ENCRYPT"))]),
    Row(
      reason: "ALG_SET_AEAD_ASSOCLEN", level: 279, type: 4, data: u32(16),
      value: [Field("assoclen", .unsigned(16))]),
    Row(
      reason: "RXRPC_USER_CALL_ID", level: 272, type: 1, data: u64(UInt64.max),
      value: [Field("user_call_id", .unsigned(UInt64.max))]),
    Row(reason: "RXRPC_EXCLUSIVE_CALL has no data", level: 272, type: 10, data: [], value: []),
    Row(
      reason: "RXRPC_SET_CALL_TIMEOUT, two of three", level: 272, type: 13, data: u32(1, 2),
      value: [
        Field("hard_s", .unsigned(1)), Field("idle_ms", .unsigned(2)), Field("normal_ms", .null),
      ]),
    Row(
      reason: "RDS_CMSG_RDMA_MAP", level: 276, type: 3, data: u64(0x1000, 64, 0x2000, 0x9),
      value: [
        Field("addr", .pointer(RemoteAddress(0x1000))), Field("bytes", .unsigned(64)),
        Field("cookie_addr", .pointer(RemoteAddress(0x2000))),
        Field("flags", .flags(9, ["RDS_RDMA_READWRITE", "RDS_RDMA_USE_ONCE"])),
      ]),
    Row(
      reason: "RDS_CMSG_ATOMIC_CSWP", level: 276, type: 7,
      data: u64(1, 2, 3, 4, 5, 0, 0, 0x20, 8),
      value: [
        Field("cookie", .unsigned(1)), Field("local_addr", .pointer(RemoteAddress(2))),
        Field("remote_addr", .pointer(RemoteAddress(3))), Field("compare", .unsigned(4)),
        Field("swap", .unsigned(5)), Field("flags", .flags(0x20, ["RDS_RDMA_NOTIFY_ME"])),
        Field("user_token", .unsigned(8)),
      ]),
    Row(
      reason: "SCM_IUCV_TRGCLS", level: 277, type: 1, data: u32(4),
      value: [Field("target_class", .unsigned(4))]),
  ]

  @Test(arguments: socketRows + internetRows + otherRows)
  func values(_ row: Row) {
    let block = controlMessage(level: row.level, type: row.type, data: row.data)
    let call = FakeCall([FakeMessage(iovecs: [[1]], control: block)])
    let message = call.decoded().messages.first?.control?.first
    #expect(message?.value == row.value)
    #expect(message?.data == row.data, "the bytes stay")
  }

  /// Whatever the size, nothing is read past the end.
  @Test(arguments: [0, 1, 17, 41, 132, 272, 276, 277, 279, 282] as [Int32])
  func everySizeOfEveryType(level: Int32) {
    for type in Int32(0)...110 {
      let sizes = (0...80).map { [UInt8](repeating: 0xff, count: $0) }
      let call = FakeCall(
        sizes.map {
          FakeMessage(control: controlMessage(level: level, type: type, data: $0))
        })
      #expect(call.decoded().messages.map { $0.control?.first?.data } == sizes)
    }
  }

  @Test(
    arguments: [
      (3000, 1200, 3, 600, "the last is what is left"),
      (2400, 1200, 2, 1200, "or as long as the others"),
      (1200, 1200, 1, 1200, "nothing to cut"),
      (1199, 1200, 1, 1199, "less than one"),
      (0, 1200, 1, 0, "an empty datagram"),
      (100, 0, 1, 100, "0 is no size"),
      (70000, 1, 70000, 1, "more than the kernel takes"),
    ] as [(Int, UInt64, UInt64, UInt64, Comment)])
  func segments(
    bytes: Int, size: UInt64, count: UInt64, last: UInt64, reason: Comment
  ) {
    let block = controlMessage(level: 17, type: 103, data: littleEndian(size, 2))
    let call = FakeCall([
      FakeMessage(iovecs: [[UInt8](repeating: 0, count: bytes)], control: block)
    ])
    #expect(
      call.decoded().messages.first?.control?.first?.value == [
        Field("segment_size", .unsigned(size)), Field("segments", .unsigned(count)),
        Field("last_segment", .unsigned(last)),
      ], reason)
  }

  @Test func segmentsOfWhoKnowsHowMuch() {
    let block = controlMessage(level: 17, type: 103, data: [1, 0])
    var call = FakeCall([FakeMessage(iovecs: [[1]], control: block)])
    call.memory.write(littleEndian(2000, 8), at: FakeCall.vector + 24)
    let value = call.decoded().messages.first?.control?.first?.value
    #expect(value?.dropFirst().map(\.value) == [.null, .null], "the iovecs are refused")
  }

  @Test func anUnsignedLongIsTheTracees() {
    let block = controlMessage(.i386, level: 272, type: 1, data: [1, 2, 3, 4])
    let call = FakeCall([FakeMessage(iovecs: [[1]], control: block)], abi: .i386)
    #expect(
      call.decoded().messages.first?.control?.first?.value
        == [Field("user_call_id", .unsigned(0x0403_0201))])
  }
}
