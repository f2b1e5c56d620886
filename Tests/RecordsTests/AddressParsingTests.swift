import Records
import Testing

/// Internet addresses and the names of numbers, read back.
@Suite struct AddressParsingTests {
  @Test(
    arguments: [
      ("127.0.0.1", 0x7f00_0001), ("255.255.255.255", .max), ("0.0.0.0", 0), ("1.2.3", nil),
      ("1.2.3.4.5", nil), ("256.1.1.1", nil), ("01.2.3.4", nil), ("1.2.3.", nil), ("", nil),
      ("1.2.3.4 ", nil), ("a.b.c.d", nil), ("1..2.3", nil), ("1000.1.1.1", nil),
    ] as [(String, UInt32?)])
  func ipv4(_ text: String, _ address: UInt32?) { #expect(IPv4.address(text) == address) }

  @Test(
    arguments: [
      ("::", 0, 0), ("::1", 0, 1), ("1::", 0x1_0000_0000_0000, 0),
      ("fe80::1:2", 0xfe80_0000_0000_0000, 0x1_0002),
      ("1:2:3:4:5:6:7:8", 0x1_0002_0003_0004, 0x5_0006_0007_0008),
      ("::ffff:127.0.0.1", 0, 0xffff_7f00_0001),
      ("1:2:3:4:5:6:1.2.3.4", 0x1_0002_0003_0004, 0x5_0006_0102_0304),
      ("2001:DB8::", 0x2001_0db8_0000_0000, 0),
      ("1:2:3:4::5:6:7", 0x1_0002_0003_0004, 0x5_0006_0007),
    ] as [(String, UInt64, UInt64)])
  func ipv6(_ text: String, _ high: UInt64, _ low: UInt64) {
    #expect(IPv6Address(text) == IPv6Address(high: high, low: low))
  }

  @Test(arguments: [
    "", ":", ":::", "1", "1:", ":1", "1::2::3", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::",
    "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "::g", "::1%2", "1:2:3:4:5:6:7",
  ])
  func noIPv6(_ text: String) { #expect(IPv6Address(text) == nil) }

  /// Every name leads back to its number, and every number without a name does.
  @Test func names() {
    for number in -5...1000 as ClosedRange<Int32> {
      #expect(Errno(name: Errno(rawValue: number).name)?.rawValue == number)
      #expect(Signal(name: Signal(rawValue: number).name)?.rawValue == number)
      #expect(SocketType(name: SocketType(rawValue: number).name)?.rawValue == number)
      for level in [0, 1, 17, 41, 132, 272, 276, 277, 279, 282, number] as [Int32] {
        let message = ControlMessage(
          level: level, type: number, length: 0, data: [], status: nil, why: nil)
        #expect(ControlMessage.level(named: message.levelName) == level)
        #expect(ControlMessage.type(named: message.typeName, at: level) == number)
      }
      for family in [AddressFamily.inet, .inet6, .netlink, .unix] {
        let socket = SocketDescription(
          family: family, type: .raw, protocolNumber: number, inode: 0, nonblocking: false,
          local: nil, peer: nil)
        #expect(
          SocketDescription.protocolNumber(named: socket.protocolName, of: family) == number)
      }
    }
    for number in 0...100 as ClosedRange<UInt16> {
      #expect(AddressFamily(name: AddressFamily(rawValue: number).name)?.rawValue == number)
    }
    for abi in ABI.allCases { #expect(ABI(name: abi.name) == abi) }
    #expect(Errno(name: "ENOTHING") == nil)
    #expect(Signal(name: "SIGRTMIN+31") == nil)
    #expect(SocketDescription.protocolNumber(named: "NO", of: .inet) == nil)
  }
}
