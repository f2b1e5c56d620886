/// One `mmsghdr` of a call, as it stood when the call was entered.
package struct Message: Sendable {
  /// Position in the array, from 0.
  package var index: Int
  /// The fields of `struct msghdr`; nil where the entry itself could not be read.
  package var header: MessageHeader?
  /// What the kernel would take, in bytes: the sum of the iovec lengths, cut at 0x7ffff000
  /// (`MAX_RW_COUNT`); nil where the iovecs cannot be read or are refused.
  package var bytes: UInt64?
  /// `msg_len` as the kernel wrote it; nil for an entry it did not count.
  package var sentLength: UInt32?
  /// The destination; nil where there is none or it cannot be read.
  package var name: SocketAddress?
  /// The iovecs, in order; nil where they cannot be read or are refused.
  package var iovecs: ArraySlice<IOVector>?
  package var payload: Payload
  /// The control messages as the kernel walks them; nil where they cannot be read.
  package var control: [ControlMessage]?
  /// How UDP cuts it into datagrams; nil where it does not, or that is not known.
  package var segmentation: Segmentation?
  /// The first address that could not be read of the entry, its name, iovec array or control block.
  package var fault: RemoteAddress?
  /// True where a budget of the capture, or memory that we cannot read and the kernel can, not the
  /// tracee, cut the address, the iovecs or the control block.
  package var truncated: Bool
  /// What could not be read as a whole, in the kernel's order.
  package var unreadable: [UnreadablePart]
  /// What was changed while the call ran; nil where it was not read again.
  package var mutated: [MessagePart]?
  /// Why `iovecs` is nil where they could be read.
  package var iovecRefusal: IOVectorRefusal?
  /// Why the kernel takes none of the control block; where a control message's own status says it,
  /// nil.
  package var controlRefusal: ControlRefusal?

  package init(
    index: Int, header: MessageHeader?, bytes: UInt64?, sentLength: UInt32?, name: SocketAddress?,
    iovecs: ArraySlice<IOVector>?, payload: Payload, control: [ControlMessage]?,
    segmentation: Segmentation? = nil, fault: RemoteAddress?, truncated: Bool,
    unreadable: [UnreadablePart] = [], mutated: [MessagePart]? = nil,
    iovecRefusal: IOVectorRefusal? = nil,
    controlRefusal: ControlRefusal? = nil
  ) {
    self.index = index
    self.header = header
    self.bytes = bytes
    self.sentLength = sentLength
    self.name = name
    self.iovecs = iovecs
    self.payload = payload
    self.control = control
    self.segmentation = segmentation
    self.fault = fault
    self.truncated = truncated
    self.unreadable = unreadable
    self.mutated = mutated
    self.iovecRefusal = iovecRefusal
    self.controlRefusal = controlRefusal
  }
}

/// The fields of `struct msghdr` as the tracee wrote them, in native widths.
package struct MessageHeader: Hashable, Sendable {
  package var name: RemoteAddress
  /// `msg_namelen`, which the kernel reads as a signed number.
  package var nameLength: Int32
  package var iovecs: RemoteAddress
  package var iovecCount: UInt64
  package var control: RemoteAddress
  package var controlLength: UInt64
  package var flags: SendFlags

  package init(
    name: RemoteAddress, nameLength: Int32, iovecs: RemoteAddress, iovecCount: UInt64,
    control: RemoteAddress, controlLength: UInt64, flags: SendFlags
  ) {
    self.name = name
    self.nameLength = nameLength
    self.iovecs = iovecs
    self.iovecCount = iovecCount
    self.control = control
    self.controlLength = controlLength
    self.flags = flags
  }
}

/// One `struct iovec`.
package struct IOVector: Hashable, Sendable {
  /// What the kernel cuts the sum of a message's lengths at (`MAX_RW_COUNT`; kernel.md §2.1, row
  /// 10).
  package static let maximumTotal: UInt64 = 0x7fff_f000

  package var base: RemoteAddress
  package var length: UInt64

  package init(base: RemoteAddress, length: UInt64) {
    self.base = base
    self.length = length
  }
}

/// The first bytes of a message, as many as were asked to be kept.
package struct Payload: Sendable {
  /// The kept bytes; nil where none were to be kept or the iovecs are refused.
  package var data: ArraySlice<UInt8>?
  /// True where the message holds more bytes than were kept.
  package var truncated: Bool
  /// The first address that could not be read.
  package var fault: RemoteAddress?
  /// What the first bytes look like, in one phrase: a guess.
  package var hint: String?

  package init(
    data: ArraySlice<UInt8>?, truncated: Bool, fault: RemoteAddress?, hint: String? = nil
  ) {
    self.data = data
    self.hint = hint
    self.truncated = truncated
    self.fault = fault
  }
}
