import Records

/// Puts the messages of a call together from what was found of each.
struct MessageMaker {
  /// The iovecs of all messages.
  let iovecs: [IOVector]
  /// The payloads that were gathered from several pieces.
  let gathered: [UInt8]
  /// Where the other payloads lie.
  let image: [UInt8]
  let addresses: AddressReader
  var control: ControlBlockReader

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
    return Message(
      index: index, header: entry.header, bytes: entry.bytes, sentLength: sentLength,
      name: name.address, iovecs: entry.iovecs.map { iovecs[$0] },
      payload: entry.payload.materialized(image: image, gathered: gathered),
      control: block.messages,
      // The kernel's order.
      fault: entry.fault ?? name.fault ?? entry.iovecFault ?? block.fault,
      truncated: entry.truncated || name.truncated || block.truncated,
      iovecRefusal: entry.refusal, controlRefusal: block.refusal)
  }

  /// What became of `msg_name`.
  private struct Name {
    var address: SocketAddress?
    var fault: RemoteAddress?
    var truncated = false

    init() {}

    init(
      _ header: MessageHeader, _ image: borrowing MemoryImage, _ addresses: AddressReader
    ) {
      guard let range = header.nameRange else { return }
      let extent = image.extent(of: range)
      switch extent.missing {
      case .nothing: address = addresses.read(image.bytes, in: extent.bytes)
      case .fault(let fault): self.fault = fault
      case .budget: truncated = true
      }
    }
  }
}
