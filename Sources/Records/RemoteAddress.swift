/// An address in the tracee, never a pointer of ours.
///
/// Arithmetic is checked: what a tracee passes may lie anywhere, also at the end of the address
/// space.
package struct RemoteAddress: Hashable, Comparable, Sendable {
  package var value: UInt64

  package init(_ value: UInt64) { self.value = value }

  package static let null = RemoteAddress(0)

  package var isNull: Bool { value == 0 }

  /// The address `count` bytes further on, or nil beyond the end of the address space.
  package func advanced(by count: UInt64) -> RemoteAddress? {
    let (sum, overflow) = value.addingReportingOverflow(count)
    return overflow ? nil : RemoteAddress(sum)
  }

  package static func < (left: RemoteAddress, right: RemoteAddress) -> Bool {
    left.value < right.value
  }
}
