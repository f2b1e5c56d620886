/// Whether the bytes of a message can be read.
package enum PayloadAccess: Hashable, Sendable {
  case readable
  /// Not from this address on; so many bytes lie before it.
  case fault(at: RemoteAddress, after: UInt64)
}
