import Records
import TestSupport
import Testing

@Suite struct AddressTests {
  private static func unix(_ path: [UInt8]) -> [UInt8] { [1, 0] + path }
  private static let inet6: [UInt8] =
    [10, 0, 0x01, 0xbb, 0x00, 0x0a, 0xbc, 0xde, 0x20, 0x01, 0x0d, 0xb8]
    + Array(repeating: 0, count: 11) + [1, 7, 0, 0, 0]
  private static let inet6Host = IPv6Address(high: 0x2001_0db8_0000_0000, low: 1)

  struct Row: CustomTestStringConvertible {
    var reason: String
    var bytes: [UInt8]
    var family: UInt16?
    var form: SocketAddress.Form
    var keepsRaw: Bool
    var testDescription: String { reason }
  }

  private static let rows: [Row] = [
    Row(
      reason: "IPv4", bytes: inetAddress(192, 0, 2, 1, port: 53), family: 2,
      form: .inet(address: 0xc000_0201, port: 53), keepsRaw: false),
    Row(
      reason: "IPv4 in a sockaddr_storage: what follows is never read",
      bytes: inetAddress(192, 0, 2, 1, port: 53) + Array(repeating: 0xee, count: 112), family: 2,
      form: .inet(address: 0xc000_0201, port: 53), keepsRaw: false),
    Row(
      reason: "sin_zero is never read",
      bytes: inetAddress(192, 0, 2, 1, port: 53).prefix(8) + Array(repeating: 7, count: 8),
      family: 2, form: .inet(address: 0xc000_0201, port: 53), keepsRaw: false),
    Row(
      reason: "IPv4, 15 bytes: too few", bytes: Array(inetAddress(1, 2, 3, 4, port: 5).dropLast()),
      family: 2, form: .undecoded, keepsRaw: true),
    Row(
      reason: "IPv6", bytes: inet6, family: 10,
      form: .inet6(address: inet6Host, port: 443, flowInfo: 0xabcde, scope: 7), keepsRaw: false),
    Row(
      reason: "IPv6 of 27 bytes: no scope", bytes: Array(inet6.dropLast()), family: 10,
      form: .inet6(address: inet6Host, port: 443, flowInfo: 0xabcde, scope: 0), keepsRaw: false),
    Row(
      reason: "IPv6 of 24 bytes", bytes: Array(inet6.prefix(24)), family: 10,
      form: .inet6(address: inet6Host, port: 443, flowInfo: 0xabcde, scope: 0), keepsRaw: false),
    Row(
      reason: "IPv6 of 23 bytes: too few", bytes: Array(inet6.prefix(23)), family: 10,
      form: .undecoded, keepsRaw: true),
    Row(
      reason: "AF_UNIX of 2 bytes", bytes: unix([]), family: 1, form: .unix(.unnamed),
      keepsRaw: false),
    Row(
      reason: "a path with its NUL, then rubbish", bytes: unix(Array("/run/x\0rubbish".utf8)),
      family: 1, form: .unix(.path(Array("/run/x".utf8))), keepsRaw: false),
    Row(
      reason: "a path that ends with the address", bytes: unix(Array("/run/x".utf8)), family: 1,
      form: .unix(.path(Array("/run/x".utf8))), keepsRaw: false),
    Row(
      reason: "a path that is not UTF-8", bytes: unix([0x2f, 0xff, 0]), family: 1,
      form: .unix(.path([0x2f, 0xff])), keepsRaw: true),
    Row(
      reason: "an abstract name, NULs and all", bytes: unix([0, 0x61, 0, 0x62, 0]), family: 1,
      form: .unix(.abstract([0x61, 0, 0x62, 0])), keepsRaw: false),
    Row(
      reason: "the empty abstract name", bytes: unix([0]), family: 1, form: .unix(.abstract([])),
      keepsRaw: false),
    Row(
      reason: "an abstract name that is not UTF-8", bytes: unix([0, 0xc3]), family: 1,
      form: .unix(.abstract([0xc3])), keepsRaw: true),
    Row(
      reason: "a family that is not decoded", bytes: [9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
      family: 9, form: .undecoded, keepsRaw: true),
    Row(
      reason: "AF_UNSPEC, where it is not known what a socket makes of it",
      bytes: [0] + inetAddress(1, 2, 3, 4, port: 5).dropFirst(), family: 0, form: .undecoded,
      keepsRaw: true),
    Row(
      reason: "a family that does not exist", bytes: [0xff, 0xff, 1], family: 0xffff,
      form: .undecoded, keepsRaw: true),
    Row(
      reason: "half a family", bytes: [2], family: nil, form: .undecoded, keepsRaw: true),
  ]

  @Test(arguments: rows)
  func names(_ row: Row) throws {
    let call = FakeCall([FakeMessage("x", name: row.bytes)])
    let name = try #require(call.decoded().messages.first?.name)
    #expect(name.family?.rawValue == row.family)
    #expect(name.form == row.form)
    #expect(name.raw == (row.keepsRaw ? row.bytes : nil))
  }

  @Test(arguments: rows)
  func socketAddresses(_ row: Row) {
    var call = FakeCall([FakeMessage("x")])
    call.socket = socketSnapshot(family: 2, type: 2, local: [], peer: row.bytes)
    let socket = call.decoded().socket
    #expect(socket?.local == nil, "getsockname failed")
    #expect(socket?.peer?.form == row.form)
    #expect(socket?.peer?.raw == (row.keepsRaw ? row.bytes : nil))
  }

  @Test(
    arguments: [
      (0x20_0000, 0, false, "no length, no address"),
      (0, 16, false, "NULL, whatever the length"),
      (0, -1, false, "NULL, whatever the length"),
      (0x20_0000, -1, false, "negative: refused"),
      (0x20_0000, 16, true, "an address"),
      (0x20_0000, Int32.max, true, "clamped at 128"),
    ] as [(UInt64, Int32, Bool, Comment)])
  func namePointers(pointer: UInt64, length: Int32, isRead: Bool, reason: Comment) {
    var call = FakeCall([FakeMessage("x", name: inetAddress(127, 0, 0, 1, port: 1))])
    call.memory.write(
      littleEndian(pointer, 8) + littleEndian(UInt64(UInt32(bitPattern: length)), 4),
      at: FakeCall.vector)
    let message = call.decoded().messages.first
    #expect((message?.name != nil) == isRead, reason)
    #expect(message?.fault == nil, reason)
  }
}
