/// What a message is made of, in the order in which the kernel reads it.
package enum MessagePart: String, Sendable, CaseIterable {
  /// The `msghdr` of its entry in the array.
  case header
  case name
  case iov
  case control
  case payload
}

/// A part of a message that could not be read as a whole.
package struct UnreadablePart: Hashable, Sendable {
  package var part: MessagePart
  /// The first address that could not be read.
  package var address: RemoteAddress
  /// What could be read before it, or the beginning of that.
  package var bytes: [UInt8]
  /// How many bytes could be read before it.
  package var available: Int
  /// How many bytes the kernel reads.
  package var wanted: Int
  /// What the kernel does with it: an errno and why, in one sentence.
  package var effect: String

  package init(
    part: MessagePart, address: RemoteAddress, bytes: [UInt8], available: Int, wanted: Int,
    effect: String
  ) {
    self.part = part
    self.address = address
    self.bytes = bytes
    self.available = available
    self.wanted = wanted
    self.effect = effect
  }
}
