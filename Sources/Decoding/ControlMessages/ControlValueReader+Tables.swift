import Records

// The data of the types of kernel.md §4, under their names in C without prefixes, with units where
// a name would not say them.
extension ControlValueLayout {
  /// By level and type.
  static let byLevel: [Int32: [Int32: ControlValueLayout]] = [
    1: socket, 0: ip, 41: ipv6, 17: udp, 282: tls, 279: alg, 132: sctp, 272: rxrpc, 276: rds,
    277: iucv,
  ]

  private static let socket: [Int32: ControlValueLayout] = [
    // SCM_RIGHTS; odd bytes are cut off
    1: .descriptors,
    // SCM_CREDENTIALS: struct ucred
    2: ControlValueLayout(
      .exactly(12),
      [
        FieldLayout("pid", at: 0, .int32), FieldLayout("uid", at: 4, .uint32),
        FieldLayout("gid", at: 8, .uint32),
      ], .userNames),
    // SO_PRIORITY
    12: ControlValueLayout(.exactly(4), "priority", .uint32),
    // SO_MARK
    36: ControlValueLayout(.exactly(4), "mark", .uint32),
    // SO_TIMESTAMPING_OLD, SO_TIMESTAMPING_NEW
    37: ControlValueLayout(.exactly(4), "flags", .flags(size: 4, timestamping)),
    65: ControlValueLayout(.exactly(4), "flags", .flags(size: 4, timestamping)),
    // SCM_TXTIME
    61: ControlValueLayout(.exactly(8), [FieldLayout("txtime_ns", at: 0, .uint64)], .clock),
    // SCM_DEVMEM_DMABUF
    79: ControlValueLayout(.exactly(4), "dmabuf_id", .uint32),
    // SCM_TS_OPT_ID
    81: ControlValueLayout(.exactly(4), "id", .uint32),
  ]

  /// include/uapi/linux/net_tstamp.h
  static let timestamping: [(bit: UInt64, name: String)] = [
    (0x1, "SOF_TIMESTAMPING_TX_HARDWARE"),
    (0x2, "SOF_TIMESTAMPING_TX_SOFTWARE"),
    (0x4, "SOF_TIMESTAMPING_RX_HARDWARE"),
    (0x8, "SOF_TIMESTAMPING_RX_SOFTWARE"),
    (0x10, "SOF_TIMESTAMPING_SOFTWARE"),
    (0x20, "SOF_TIMESTAMPING_SYS_HARDWARE"),
    (0x40, "SOF_TIMESTAMPING_RAW_HARDWARE"),
    (0x80, "SOF_TIMESTAMPING_OPT_ID"),
    (0x100, "SOF_TIMESTAMPING_TX_SCHED"),
    (0x200, "SOF_TIMESTAMPING_TX_ACK"),
    (0x400, "SOF_TIMESTAMPING_OPT_CMSG"),
    (0x800, "SOF_TIMESTAMPING_OPT_TSONLY"),
    (0x1000, "SOF_TIMESTAMPING_OPT_STATS"),
    (0x2000, "SOF_TIMESTAMPING_OPT_PKTINFO"),
    (0x4000, "SOF_TIMESTAMPING_OPT_TX_SWHW"),
    (0x8000, "SOF_TIMESTAMPING_BIND_PHC"),
    (0x1_0000, "SOF_TIMESTAMPING_OPT_ID_TCP"),
    (0x2_0000, "SOF_TIMESTAMPING_OPT_RX_FILTER"),
    (0x4_0000, "SOF_TIMESTAMPING_TX_COMPLETION"),
  ]

  private static let ip: [Int32: ControlValueLayout] = [
    // IP_TOS
    1: ControlValueLayout(.either(1, 4), [FieldLayout("tos", at: 0, .byteOrInt)], .trafficClass),
    // IP_TTL
    2: ControlValueLayout(.exactly(4), "ttl", .int32),
    // IP_RETOPTS
    7: ControlValueLayout(.any, "options", .rest),
    // IP_PKTINFO: struct in_pktinfo
    8: ControlValueLayout(
      .exactly(12),
      [
        FieldLayout("ifindex", at: 0, .int32), FieldLayout("spec_dst", at: 4, .ipv4),
        FieldLayout("addr", at: 8, .ipv4),
      ]),
    // IP_PROTOCOL
    52: ControlValueLayout(.exactly(4), "protocol", .int32),
  ]

  private static let ipv6: [Int32: ControlValueLayout] = {
    // struct in6_pktinfo
    let packetInfo = ControlValueLayout(
      .atLeast(20), [FieldLayout("addr", at: 0, .ipv6), FieldLayout("ifindex", at: 16, .int32)])
    let hopLimit = ControlValueLayout(.exactly(4), "hop_limit", .int32)
    // struct ipv6_opt_hdr; hdrlen counts units of 8 bytes behind the first
    let header = [FieldLayout("nexthdr", at: 0, .uint8), FieldLayout("hdrlen", at: 1, .uint8)]
    let options = ControlValueLayout(.atLeast(2), header + [FieldLayout("options", at: 2, .rest)])
    // struct ipv6_rt_hdr
    let routing = ControlValueLayout(
      .atLeast(4),
      header + [
        FieldLayout("type", at: 2, .uint8), FieldLayout("segments_left", at: 3, .uint8),
        FieldLayout("data", at: 4, .rest),
      ])
    return [
      2: packetInfo,  // IPV6_2292PKTINFO
      3: options,  // IPV6_2292HOPOPTS
      4: options,  // IPV6_2292DSTOPTS
      5: routing,  // IPV6_2292RTHDR
      8: hopLimit,  // IPV6_2292HOPLIMIT
      // IPV6_FLOWINFO
      11: ControlValueLayout(
        .atLeast(4), [FieldLayout("flowinfo", at: 0, .bigEndian32)], .flowLabel),
      50: packetInfo,  // IPV6_PKTINFO
      52: hopLimit,  // IPV6_HOPLIMIT
      54: options,  // IPV6_HOPOPTS
      55: options,  // IPV6_RTHDRDSTOPTS
      57: routing,  // IPV6_RTHDR
      59: options,  // IPV6_DSTOPTS
      62: ControlValueLayout(.exactly(4), "dontfrag", .int32),  // IPV6_DONTFRAG
      // IPV6_TCLASS
      67: ControlValueLayout(.exactly(4), [FieldLayout("tclass", at: 0, .int32)], .trafficClass),
    ]
  }()

  private static let udp: [Int32: ControlValueLayout] = [
    // UDP_SEGMENT
    103: ControlValueLayout(.exactly(2), [FieldLayout("segment_size", at: 0, .uint16)], .segments)
  ]
}
