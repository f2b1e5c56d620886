import Records

/// The fields of a socket address besides those of IPv4, IPv6 and AF_UNIX (kernel.md §5), under
/// their names in C without the prefix of the structure.
struct AddressLayout {
  /// What the kernel asks for at least, in bytes.
  let leastSize: Int
  let fields: [FieldLayout]
  /// False where the structure holds more than `fields`, in a way that is not known.
  var isWhole = true

  /// Reads the fields of the address in `range` of `bytes`.
  func fields(_ bytes: [UInt8], in range: Range<Int>) -> [Field] {
    fields.map { $0.read(bytes, in: range) }
  }

  /// The layout of an address, for the families that have one in the tables below. Some have
  /// several: by the protocol of the socket, TIPC by a byte of the address itself.
  static func of(
    _ family: AddressFamily, _ socket: SocketKind?, _ bytes: ArraySlice<UInt8>
  ) -> AddressLayout? {
    let socket = socket?.family == family ? socket : nil
    switch family {
    case .tipc: return tipc(kind: bytes.dropFirst(2).first ?? 0)
    case .packet: return socket?.type == .packet ? oldPacket : packet
    case .can: return can(protocolNumber: socket?.protocolNumber)
    case .bluetooth: return bluetooth(protocolNumber: socket?.protocolNumber)
    default: return byFamily[family]
    }
  }
}

extension AddressLayout {
  private static let byFamily: [AddressFamily: AddressLayout] = [
    // struct sockaddr_nl
    .netlink: AddressLayout(
      leastSize: 12,
      fields: [FieldLayout("pid", at: 4, .uint32), FieldLayout("groups", at: 8, .uint32)]),
    // struct sockaddr_llc
    .llc: AddressLayout(
      leastSize: 16,
      fields: [
        FieldLayout("arphrd", at: 2, .uint16), FieldLayout("test", at: 4, .uint8),
        FieldLayout("xid", at: 5, .uint8), FieldLayout("ua", at: 6, .uint8),
        FieldLayout("sap", at: 7, .uint8), FieldLayout("mac", at: 8, .hardwareAddress),
      ]),
    // struct sockaddr_rxrpc
    .rxrpc: AddressLayout(
      leastSize: 10,
      fields: [
        FieldLayout("service", at: 2, .uint16), FieldLayout("transport_type", at: 4, .uint16),
        FieldLayout("transport_len", at: 6, .uint16), FieldLayout("transport", at: 8, .address),
      ]),
    // struct sockaddr_pn
    .phonet: AddressLayout(
      leastSize: 5,
      fields: [
        FieldLayout("obj", at: 2, .uint8), FieldLayout("dev", at: 3, .uint8),
        FieldLayout("resource", at: 4, .uint8),
      ]),
    // struct sockaddr_alg
    .alg: AddressLayout(
      leastSize: 24,
      fields: [
        FieldLayout("type", at: 2, .text(14)), FieldLayout("feat", at: 16, .uint32),
        FieldLayout("mask", at: 20, .uint32), FieldLayout("name", at: 24, .text(64)),
      ]),
    // struct sockaddr_vm
    .vsock: AddressLayout(
      leastSize: 16,
      fields: [
        FieldLayout("cid", at: 8, .uint32), FieldLayout("port", at: 4, .uint32),
        FieldLayout("flags", at: 12, .uint8),
      ]),
    // struct sockaddr_qrtr
    .qipcrtr: AddressLayout(
      leastSize: 12,
      fields: [FieldLayout("node", at: 4, .uint32), FieldLayout("port", at: 8, .uint32)]),
    // struct sockaddr_xdp
    .xdp: AddressLayout(
      leastSize: 16,
      fields: [
        FieldLayout("flags", at: 2, .uint16), FieldLayout("ifindex", at: 4, .uint32),
        FieldLayout("queue_id", at: 8, .uint32), FieldLayout("shared_umem_fd", at: 12, .int32),
      ]),
    // struct sockaddr_mctp
    .mctp: AddressLayout(
      leastSize: 12,
      fields: [
        FieldLayout("network", at: 4, .int32), FieldLayout("addr", at: 8, .uint8),
        FieldLayout("type", at: 9, .uint8), FieldLayout("tag", at: 10, .uint8),
      ]),
  ]

  /// struct sockaddr_ll
  private static let packet = AddressLayout(
    leastSize: 20,
    fields: [
      FieldLayout("protocol", at: 2, .bigEndian16), FieldLayout("ifindex", at: 4, .int32),
      FieldLayout("hatype", at: 8, .uint16), FieldLayout("pkttype", at: 10, .uint8),
      FieldLayout("halen", at: 11, .uint8),
      FieldLayout("addr", at: 12, .sizedHardwareAddress(lengthAt: 11)),
    ])

  /// struct sockaddr_pkt, of SOCK_PACKET
  private static let oldPacket = AddressLayout(
    leastSize: 18,
    fields: [
      FieldLayout("device", at: 2, .text(14)), FieldLayout("protocol", at: 16, .bigEndian16),
    ])

  private static let tipcHead = [
    FieldLayout("addrtype", at: 2, .named(size: 1, [1: "range", 2: "service", 3: "socket"])),
    FieldLayout("scope", at: 3, .int8),
  ]

  /// struct sockaddr_tipc, by `addrtype`
  private static func tipc(kind: UInt8) -> AddressLayout {
    let names: [String] =
      switch kind {
      case 1: ["type", "lower", "upper"]
      case 2: ["type", "instance", "domain"]
      case 3: ["ref", "node"]
      default: []
      }
    let rest = names.indices.map { FieldLayout(names[$0], at: 4 + 4 * $0, .uint32) }
    return AddressLayout(leastSize: 16, fields: tipcHead + rest, isWhole: !names.isEmpty)
  }

  /// struct sockaddr_can: what follows the interface belongs to the protocol.
  private static func can(protocolNumber: Int32?) -> AddressLayout {
    let ifindex = FieldLayout("ifindex", at: 4, .int32)
    switch protocolNumber {
    // CAN_RAW, CAN_BCM
    case 1, 2: return AddressLayout(leastSize: 8, fields: [ifindex])
    // CAN_ISOTP
    case 6:
      return AddressLayout(
        leastSize: 8,
        fields: [
          ifindex, FieldLayout("rx_id", at: 8, .uint32), FieldLayout("tx_id", at: 12, .uint32),
        ])
    // CAN_J1939
    case 7:
      return AddressLayout(
        leastSize: 8,
        fields: [
          ifindex, FieldLayout("name", at: 8, .uint64), FieldLayout("pgn", at: 16, .uint32),
          FieldLayout("addr", at: 20, .uint8),
        ])
    default: return AddressLayout(leastSize: 8, fields: [ifindex], isWhole: false)
    }
  }

  private static func bluetooth(protocolNumber: Int32?) -> AddressLayout? {
    switch protocolNumber {
    // BTPROTO_L2CAP: struct sockaddr_l2
    case 0:
      AddressLayout(
        leastSize: 12,
        fields: [
          FieldLayout("psm", at: 2, .uint16), FieldLayout("bdaddr", at: 4, .bluetoothAddress),
          FieldLayout("cid", at: 10, .uint16), FieldLayout("bdaddr_type", at: 12, .uint8),
        ])
    // BTPROTO_HCI: struct sockaddr_hci
    case 1:
      AddressLayout(
        leastSize: 4,
        fields: [FieldLayout("dev", at: 2, .uint16), FieldLayout("channel", at: 4, .uint16)])
    // BTPROTO_SCO: struct sockaddr_sco
    case 2:
      AddressLayout(leastSize: 8, fields: [FieldLayout("bdaddr", at: 2, .bluetoothAddress)])
    // BTPROTO_RFCOMM: struct sockaddr_rc
    case 3:
      AddressLayout(
        leastSize: 9,
        fields: [
          FieldLayout("bdaddr", at: 2, .bluetoothAddress), FieldLayout("channel", at: 8, .uint8),
        ])
    // BTPROTO_ISO: struct sockaddr_iso
    case 8:
      AddressLayout(
        leastSize: 9,
        fields: [
          FieldLayout("bdaddr", at: 2, .bluetoothAddress),
          FieldLayout("bdaddr_type", at: 8, .uint8),
        ])
    default: nil
    }
  }
}
