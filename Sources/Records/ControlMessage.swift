/// One control message (`struct cmsghdr` and what follows it), as the kernel's walk finds it.
package struct ControlMessage: Hashable, Sendable {
  /// What the kernel does with it.
  package enum Status: String, Sendable, CaseIterable {
    case used
    case ignored
    case rejected
  }

  package var level: Int32
  package var type: Int32
  /// `cmsg_len`, header included, as the tracee wrote it.
  package var length: UInt64
  /// The data behind the header, as far as it lies within the control block.
  package var data: [UInt8]
  /// The data taken apart; nil where its size is not that of the type, or the type is not known.
  package var value: [Field]?
  /// Nil where the socket, and with it the reader of the message, is not known.
  package var status: Status?
  /// Why it is ignored or rejected.
  package var why: String?

  package init(
    level: Int32, type: Int32, length: UInt64, data: [UInt8], value: [Field]? = nil,
    status: Status?, why: String?
  ) {
    self.level = level
    self.type = type
    self.length = length
    self.data = data
    self.value = value
    self.status = status
    self.why = why
  }
}
