import Records

/// Puts the messages of a call together from what was found of each.
struct MessageMaker {
  /// The iovecs of all messages.
  private let iovecs: [IOVector]
  /// The payloads that were gathered from several pieces.
  private let gathered: [UInt8]
  /// Where the other payloads lie.
  private let image: [UInt8]
  private let addresses: AddressReader
  private let hints: PayloadHint
  private var control: ControlBlockReader
  private let segmentation: DatagramCutting
  private let layout: MessageLayout
  /// Where the name of the last message lies in the image of the headers.
  private(set) var nameBytes: Range<Int>?
  /// What of the last message was not read although the kernel may read it: the first such part.
  private(set) var withheld: (part: MessagePart, address: RemoteAddress)?

  init(
    iovecs: [IOVector], gathered: [UInt8], image: [UInt8], addresses: AddressReader,
    hints: PayloadHint, control: ControlBlockReader, segmentation: DatagramCutting,
    layout: MessageLayout
  ) {
    self.iovecs = iovecs
    self.gathered = gathered
    self.image = image
    self.addresses = addresses
    self.hints = hints
    self.control = control
    self.segmentation = segmentation
    self.layout = layout
  }

  /// The message of one entry, whose name and control block are looked up in `headers`.
  mutating func message(
    _ index: Int, _ entry: Entry, _ headers: borrowing MemoryImage, sentLength: UInt32?
  ) -> Message {
    var name = Name()
    var block = ControlBlockReader.Block()
    if let header = entry.header {
      name = Name(header, headers, addresses)
      block = control.read(
        header, headers, destination: name.address, bytes: entry.bytes)
    }
    nameBytes = name.bytes
    withheld = Self.firstWithheld(entry, name, block)
    // The kernel's order.
    let fault = entry.fault ?? name.fault ?? entry.iovecFault ?? block.fault
    var unreadable = UnreadableParts(layout)
    if fault != nil { unreadable.examine(entry, control: block.fault, headers) }
    return Message(
      index: index, header: entry.header, bytes: entry.bytes, sentLength: sentLength,
      name: name.address, iovecs: entry.iovecs.map { iovecs[$0] },
      payload: entry.payload.materialized(image: image, gathered: gathered) {
        hints.hint($0, to: name.address)
      },
      control: block.messages,
      segmentation: segmentation.segmentation(ofBytes: entry.bytes, block),
      fault: fault, truncated: entry.truncated || name.truncated || block.truncated,
      unreadable: unreadable.parts,
      iovecRefusal: entry.refusal, controlRefusal: block.refusal)
  }

  /// In the kernel's order.
  private static func firstWithheld(
    _ entry: Entry, _ name: Name, _ block: ControlBlockReader.Block
  ) -> (part: MessagePart, address: RemoteAddress)? {
    if entry.header == nil { return entry.withheld.map { (.header, $0) } }
    return name.withheld.map { (.name, $0) } ?? entry.withheld.map { (.iov, $0) }
      ?? block.withheld.map { (.control, $0) } ?? entry.payload.withheld.map { (.payload, $0) }
  }

  /// What became of `msg_name`.
  private struct Name {
    var address: SocketAddress?
    var bytes: Range<Int>?
    var fault: RemoteAddress?
    var truncated = false
    var withheld: RemoteAddress?

    init() {}

    init(
      _ header: MessageHeader, _ image: borrowing MemoryImage, _ addresses: AddressReader
    ) {
      guard let range = header.nameRange else { return }
      let extent = image.extent(of: range)
      switch extent.missing {
      case .nothing:
        address = addresses.read(image.bytes, in: extent.bytes)
        bytes = extent.bytes
      case .fault(let fault): self.fault = fault
      case .withheld(let address):
        truncated = true
        withheld = address
      case .budget: truncated = true
      }
    }
  }
}
