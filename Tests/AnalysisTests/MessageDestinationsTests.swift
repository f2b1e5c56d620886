import Records
import Testing

@testable import Analysis

@Suite struct MessageDestinationsTests {
  /// More than are told apart: those beyond are not known, rather than the last that is.
  @Test func destinationsBeyondTheMostAreUnknown() {
    let messages = (0..<70).map { index in
      Message(
        index: index, header: nil, bytes: 1, sentLength: nil,
        name: .inet(0x7f00_0001, UInt16(2000 + index)), iovecs: nil,
        payload: Payload(data: nil, truncated: false, fault: nil), control: [], fault: nil,
        truncated: false)
    }
    let destinations = MessageDestinations(messages, on: nil)
    #expect(destinations[63] == .inet(0x7f00_0001, 2063))
    #expect(destinations[64] == nil && destinations[69] == nil)
    #expect(destinations.contains(.inet(0x7f00_0001, 2069)))
    #expect(!MessageDestinations(Array(messages.prefix(3)), on: nil).contains(.inet(1, 1)))
  }
}
