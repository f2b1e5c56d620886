import Records
import TestSupport
import Testing

/// The families that are shown field by field (kernel.md §5), and what the socket has to say.
@Suite struct AddressFamilyTests {
  struct Row: CustomTestStringConvertible {
    var reason: String
    var socket: (family: UInt16, type: Int32, number: Int32)
    var bytes: [UInt8]
    var fields: [Field]
    var keepsRaw = false
    var testDescription: String { reason }
  }

  private static func bytes(_ family: UInt8, _ rest: [UInt8]) -> [UInt8] { [family, 0] + rest }
  private static func u32(_ value: UInt64) -> [UInt8] { littleEndian(value, 4) }
  private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }
  private static let mac: [UInt8] = [2, 0, 0, 0, 0, 0x2a]

  private static let rows: [Row] = [
    Row(
      reason: "AF_NETLINK", socket: (16, 3, 0), bytes: bytes(16, [9, 9] + u32(4711) + u32(1)),
      fields: [Field("pid", .unsigned(4711)), Field("groups", .unsigned(1))]),
    Row(
      reason: "AF_PACKET, an address of six bytes", socket: (17, 2, 0),
      bytes: bytes(17, [8, 0] + u32(3) + [1, 0, 0, 6] + mac + [9, 9]),
      fields: [
        Field("protocol", .unsigned(0x800)), Field("ifindex", .number(3)),
        Field("interface", .null),
        Field("hatype", .unsigned(1)), Field("pkttype", .unsigned(0)),
        Field("halen", .unsigned(6)), Field("addr", .hardwareAddress(mac)),
      ]),
    Row(
      reason: "AF_PACKET, whatever the family says: the kernel does not look at it",
      socket: (17, 3, 0), bytes: bytes(99, [0x86, 0xdd] + u32(0xffff_ffff) + zeros(12)),
      fields: [
        Field("protocol", .unsigned(0x86dd)), Field("ifindex", .number(-1)),
        Field("interface", .null),
        Field("hatype", .unsigned(0)), Field("pkttype", .unsigned(0)),
        Field("halen", .unsigned(0)), Field("addr", .hardwareAddress([])),
      ]),
    Row(
      reason: "SOCK_PACKET", socket: (17, 10, 0),
      bytes: bytes(1, Array("lo".utf8) + zeros(12) + [8, 0]),
      fields: [Field("device", .text(Array("lo".utf8))), Field("protocol", .unsigned(0x800))]),
    Row(
      reason: "SOCK_PACKET, a device that is not UTF-8", socket: (17, 10, 0),
      bytes: bytes(1, [0xff] + zeros(13) + [8, 0]),
      fields: [Field("device", .text([0xff])), Field("protocol", .unsigned(0x800))],
      keepsRaw: true),
    Row(
      reason: "AF_LLC", socket: (26, 2, 0), bytes: bytes(26, [1, 0, 1, 2, 3, 4] + mac + [0, 0]),
      fields: [
        Field("arphrd", .unsigned(1)), Field("test", .unsigned(1)), Field("xid", .unsigned(2)),
        Field("ua", .unsigned(3)), Field("sap", .unsigned(4)),
        Field("mac", .hardwareAddress(mac)),
      ]),
    Row(
      reason: "CAN_RAW: the interface alone", socket: (29, 3, 1),
      bytes: bytes(29, [0, 0] + u32(5) + u32(1) + zeros(12)),
      fields: [Field("ifindex", .number(5)), Field("interface", .null)]),
    Row(
      reason: "CAN_ISOTP", socket: (29, 2, 6),
      bytes: bytes(29, [0, 0] + u32(5) + u32(0x700) + u32(0x708) + zeros(8)),
      fields: [
        Field("ifindex", .number(5)), Field("interface", .null), Field("rx_id", .unsigned(0x700)),
        Field("tx_id", .unsigned(0x708)),
      ]),
    Row(
      reason: "CAN_ISOTP, as short as the kernel takes it: what is not there is null",
      socket: (29, 2, 6), bytes: bytes(29, [0, 0] + u32(5)),
      fields: [
        Field("ifindex", .number(5)), Field("interface", .null), Field("rx_id", .null),
        Field("tx_id", .null),
      ]),
    Row(
      reason: "CAN_J1939", socket: (29, 2, 7),
      bytes: bytes(
        29, [0, 0] + u32(5) + littleEndian(UInt64.max, 8) + u32(0x3ff00) + [0xff, 0, 0, 0]),
      fields: [
        Field("ifindex", .number(5)), Field("interface", .null),
        Field("name", .unsigned(UInt64.max)),
        Field("pgn", .unsigned(0x3ff00)), Field("addr", .unsigned(0xff)),
      ]),
    Row(
      reason: "AF_TIPC, a service range", socket: (30, 2, 0),
      bytes: bytes(30, [1, 2] + u32(4242) + u32(1) + u32(9)),
      fields: [
        Field("addrtype", .name("range")), Field("scope", .number(2)),
        Field("type", .unsigned(4242)), Field("lower", .unsigned(1)),
        Field("upper", .unsigned(9)),
      ]),
    Row(
      reason: "AF_TIPC, a service", socket: (30, 2, 0),
      bytes: bytes(30, [2, 0xff] + u32(4242) + u32(1) + u32(0)),
      fields: [
        Field("addrtype", .name("service")), Field("scope", .number(-1)),
        Field("type", .unsigned(4242)), Field("instance", .unsigned(1)),
        Field("domain", .unsigned(0)),
      ]),
    Row(
      reason: "AF_TIPC, a socket", socket: (30, 2, 0),
      bytes: bytes(30, [3, 0] + u32(77) + u32(1) + u32(0)),
      fields: [
        Field("addrtype", .name("socket")), Field("scope", .number(0)),
        Field("ref", .unsigned(77)), Field("node", .unsigned(1)),
      ]),
    Row(
      reason: "AF_TIPC, a kind that does not exist", socket: (30, 2, 0),
      bytes: bytes(30, [9, 0] + zeros(12)),
      fields: [Field("addrtype", .name("9")), Field("scope", .number(0))], keepsRaw: true),
    Row(
      reason: "L2CAP: the device's bytes stand in reverse order", socket: (31, 5, 0),
      bytes: bytes(31, [1, 0x10] + mac + [0x40, 0, 1, 0]),
      fields: [
        Field("psm", .unsigned(0x1001)), Field("bdaddr", .hardwareAddress(mac.reversed())),
        Field("cid", .unsigned(0x40)), Field("bdaddr_type", .unsigned(1)),
      ]),
    Row(
      reason: "HCI", socket: (31, 3, 1), bytes: bytes(31, [0, 0, 3, 0]),
      fields: [Field("dev", .unsigned(0)), Field("channel", .unsigned(3))]),
    Row(
      reason: "RFCOMM", socket: (31, 1, 3), bytes: bytes(31, mac + [7, 0]),
      fields: [Field("bdaddr", .hardwareAddress(mac.reversed())), Field("channel", .unsigned(7))]),
    Row(
      reason: "SCO", socket: (31, 5, 2), bytes: bytes(31, mac),
      fields: [Field("bdaddr", .hardwareAddress(mac.reversed()))]),
    Row(
      reason: "ISO", socket: (31, 5, 8), bytes: bytes(31, mac + [2, 0]),
      fields: [
        Field("bdaddr", .hardwareAddress(mac.reversed())), Field("bdaddr_type", .unsigned(2)),
      ]),
    Row(
      reason: "AF_RXRPC, an address in an address", socket: (33, 2, 2),
      bytes: bytes(33, [52, 0, 2, 0, 16, 0] + inetAddress(127, 0, 0, 1, port: 7001) + zeros(12)),
      fields: [
        Field("service", .unsigned(52)), Field("transport_type", .unsigned(2)),
        Field("transport_len", .unsigned(16)),
        Field(
          "transport",
          .address(
            SocketAddress(
              family: .inet, form: .inet(address: 0x7f00_0001, port: 7001), raw: nil))),
      ]),
    Row(
      reason: "AF_PHONET", socket: (35, 2, 0), bytes: bytes(35, [1, 2, 3] + zeros(11)),
      fields: [
        Field("obj", .unsigned(1)), Field("dev", .unsigned(2)), Field("resource", .unsigned(3)),
      ]),
    Row(
      reason: "AF_ALG", socket: (38, 5, 0),
      bytes: bytes(
        38, Array("hash\0\0\0\0\0\0\0\0\0\0".utf8) + u32(1) + u32(2) + Array("sha256\0".utf8)),
      fields: [
        Field("type", .text(Array("hash".utf8))), Field("feat", .unsigned(1)),
        Field("mask", .unsigned(2)), Field("name", .text(Array("sha256".utf8))),
      ]),
    Row(
      reason: "AF_VSOCK: ports are 32-bit, in the tracee's order", socket: (40, 1, 0),
      bytes: bytes(40, [0, 0] + u32(0xffff_ffff) + u32(2) + [1, 0, 0, 0]),
      fields: [
        Field("cid", .unsigned(2)), Field("port", .unsigned(0xffff_ffff)),
        Field("flags", .unsigned(1)),
      ]),
    Row(
      reason: "AF_QIPCRTR", socket: (42, 2, 0), bytes: bytes(42, [0, 0] + u32(1) + u32(2)),
      fields: [Field("node", .unsigned(1)), Field("port", .unsigned(2))]),
    Row(
      reason: "AF_XDP", socket: (44, 3, 0),
      bytes: bytes(44, [1, 0] + u32(3) + u32(4) + u32(0xffff_ffff)),
      fields: [
        Field("flags", .unsigned(1)), Field("ifindex", .unsigned(3)), Field("interface", .null),
        Field("queue_id", .unsigned(4)), Field("shared_umem_fd", .number(-1)),
      ]),
    Row(
      reason: "AF_MCTP", socket: (45, 2, 0), bytes: bytes(45, [0, 0] + u32(1) + [8, 1, 0x88, 0]),
      fields: [
        Field("network", .number(1)), Field("addr", .unsigned(8)), Field("type", .unsigned(1)),
        Field("tag", .unsigned(0x88)),
      ]),
  ]

  @Test(arguments: rows)
  func fields(_ row: Row) throws {
    var call = FakeCall([FakeMessage("x", name: row.bytes)])
    call.socket = socketSnapshot(
      family: row.socket.family, type: row.socket.type, protocolNumber: row.socket.number,
      local: row.bytes)
    let decoded = call.decoded()
    let name = try #require(decoded.messages.first?.name)
    #expect(name.form == .fields(row.fields))
    #expect(name.raw == (row.keepsRaw ? row.bytes : nil))
    #expect(decoded.socket?.local == name, "the socket's own address is read the same way")
  }

  /// Bytes that say they are of a family that the socket has no use for may be anything.
  @Test func doubtfulAddressesKeepTheirBytes() {
    let bytes = [33, 0] + inetAddress(127, 0, 0, 1, port: 53).dropFirst(2)
    var call = FakeCall([FakeMessage("x", name: bytes)])
    call.socket = socketSnapshot(family: 2, type: 2, protocolNumber: 17)
    #expect(call.decoded().messages.first?.name?.raw == bytes)
    call.socket = nil
    #expect(call.decoded().messages.first?.name?.raw == nil)
  }

  /// No beginning of an address is read past its end.
  @Test(arguments: rows)
  func shortAddresses(_ row: Row) {
    for count in 1..<row.bytes.count {
      var call = FakeCall([FakeMessage("x", name: Array(row.bytes.prefix(count)))])
      call.socket = socketSnapshot(
        family: row.socket.family, type: row.socket.type, protocolNumber: row.socket.number)
      let name = call.decoded().messages.first?.name
      #expect(name != nil)
      if name?.form == .undecoded { #expect(name?.raw == Array(row.bytes.prefix(count))) }
    }
  }

  @Test(
    arguments: [
      ((2, 2, 17), true, "UDP: as AF_INET"),
      ((2, 3, 1), true, "raw: as AF_INET"),
      ((2, 2, 1), false, "ping refuses it"),
      ((2, 1, 6), false, "TCP"),
      ((10, 2, 17), false, "UDP over IPv6: no address at all"),
    ] as [((UInt16, Int32, Int32), Bool, Comment)])
  func unspecified(socket: (UInt16, Int32, Int32), isInet: Bool, reason: Comment) {
    let bytes = [0] + inetAddress(1, 2, 3, 4, port: 5).dropFirst()
    var call = FakeCall([FakeMessage("x", name: bytes)])
    call.socket = socketSnapshot(
      family: socket.0, type: socket.1, protocolNumber: socket.2)
    let name = call.decoded().messages.first?.name
    #expect(name?.family == .unspecified, reason)
    #expect(
      name?.form == (isInet ? .inet(address: 0x0102_0304, port: 5) : .undecoded), reason)
  }
}
