import Records

/// Reads the control blocks of a call's messages.
struct ControlBlockReader {
  private let layout: MessageLayout
  private let socket: SocketDescription?
  private let details: CallDetails
  private let users: UserNames
  private var budget: FairBudget
  private var count: FairBudget

  init(
    _ layout: MessageLayout, _ socket: SocketDescription?, details: CallDetails,
    users: UserNames, budget: FairBudget, count: FairBudget
  ) {
    self.layout = layout
    self.socket = socket
    self.details = details
    self.users = users
    self.budget = budget
    self.count = count
  }

  /// What a message's record says of its control block.
  struct Block {
    var messages: [ControlMessage]? = nil
    var refusal: ControlRefusal? = nil
    var fault: RemoteAddress? = nil
    var truncated = false
    var withheld: RemoteAddress? = nil
  }

  /// Reads the control block of a message of `bytes` bytes to `destination`.
  mutating func read(
    _ header: MessageHeader, _ image: borrowing MemoryImage, destination: SocketAddress?,
    bytes: UInt64?
  ) -> Block {
    guard header.controlLength > 0 else { return Block(messages: []) }
    guard let range = header.controlRange else { return Block(refusal: .tooLong) }
    if layout.isCompat, header.control.isNull {
      // The conversion takes NULL for an empty list, and refuses that; it does not read it.
      return Block(messages: [], refusal: .noHeader)
    }
    let extent = image.extent(of: range)
    let available = extent.bytes.prefix(budget.take(extent.bytes.count))
    var block = Block()
    let most = count.take(available.count / layout.controlHeaderSize + 1)
    var walk = ControlMessageWalk(
      image.bytes, in: available, length: range.count, layout: layout, most: most)
    count.giveBack(most - walk.messages.count)
    if case .refused(let refusal) = walk.end {
      // Found before what could not be read, if anything, was looked at.
      block.refusal = refusal
    } else if case .fault(let address) = extent.missing, available.count == extent.bytes.count {
      // The conversion of a 32-bit block reads its messages one by one, and nothing behind the
      // last; any other block is copied whole first.
      let isWhole = layout.isCompat && walk.end == .done && walk.length <= available.count
      if !isWhole { return Block(fault: address) }
    } else {
      block.truncated = available.count < range.count || walk.end == .cut
      if case .withheld(let address) = extent.missing, available.count == extent.bytes.count {
        block.withheld = address
      }
    }
    let reader = socket.flatMap { ControlReader.of($0, destination: destination) }
    walk.judge(by: reader, layout: layout)
    block.messages = walk.messages
    let values = ControlValueReader(
      layout: layout, messageBytes: bytes, details: details, users: users)
    for index in walk.messages.indices {
      block.messages?[index].value = values.value(of: walk.messages[index])
    }
    return block
  }
}

extension Range where Bound == Int {
  /// Its first `count` positions, or all where it has fewer.
  func prefix(_ count: Int) -> Range<Int> {
    lowerBound..<lowerBound + Swift.min(self.count, Swift.max(count, 0))
  }
}
