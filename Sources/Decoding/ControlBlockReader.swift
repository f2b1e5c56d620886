import Records

/// Reads the control blocks of a call's messages.
struct ControlBlockReader {
  private let layout: MessageLayout
  private let socket: SocketDescription?
  private var budget: Int

  init(_ layout: MessageLayout, _ socket: SocketDescription?, budget: Int) {
    self.layout = layout
    self.socket = socket
    self.budget = budget
  }

  /// Fills in what `message` says of control messages; its name must be there already.
  mutating func read(
    _ header: MessageHeader, _ image: borrowing MemoryImage, into message: inout Message
  ) {
    guard header.controlLength > 0 else {
      message.control = []
      return
    }
    guard let range = header.controlRange else {
      message.controlRefusal = .tooLong
      return
    }
    if layout.isCompat, header.control.isNull {
      // The conversion takes NULL for an empty list, and refuses that; it does not read it.
      message.control = []
      message.controlRefusal = .noHeader
      return
    }
    let extent = image.extent(of: range)
    let available = extent.bytes.prefix(budget)
    budget -= available.count
    var walk = ControlMessageWalk(
      image.bytes, in: available, length: range.count, layout: layout)
    if case .refused(let refusal) = walk.end {
      // Found before what could not be read, if anything, was looked at.
      message.controlRefusal = refusal
    } else if case .fault(let address) = extent.missing, available.count == extent.bytes.count {
      message.fault = message.fault ?? address
      return
    } else if available.count < range.count {
      message.truncated = true
    }
    walk.judge(by: reader(for: message), layout: layout)
    message.control = walk.messages
  }

  private func reader(for message: Message) -> ControlReader? {
    socket.flatMap { ControlReader.of($0, destination: message.name) }
  }
}

extension Range where Bound == Int {
  /// Its first `count` positions, or all where it has fewer.
  func prefix(_ count: Int) -> Range<Int> {
    lowerBound..<lowerBound + Swift.min(self.count, Swift.max(count, 0))
  }
}
