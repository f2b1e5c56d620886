import Testing

@testable import Tracing

struct LocalPortsTests {
  @Test(
    arguments: [
      ("32768\t60999\n", 32768...60999), ("1 65535", 1...65535), ("5\t5\n", 5...5),
      ("", nil), ("32768\n", nil), ("9 8", nil), ("1 65536", nil), ("1 2 3", nil), ("a b", nil),
    ] as [(String, ClosedRange<UInt16>?)])
  func range(_ text: String, _ expected: ClosedRange<UInt16>?) {
    #expect(LocalPorts.range(text) == expected)
  }

}
