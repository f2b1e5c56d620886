import Decoding
import Records

/// Which ranges of the tracee a call is about, within the budgets.
extension Capture {
  mutating func wantVector(_ arguments: SendArguments, _ layout: MessageLayout) {
    // Without the msg_len of the last entry: the kernel does not read it either.
    let count = (arguments.entryCount - 1) * layout.stride + layout.sentLengthOffset
    wanted.want(RemoteRange(start: arguments.vector, count: count))
  }

  /// True where a message has control data.
  mutating func wantHeaders(
    _ vector: MemoryImage, _ arguments: SendArguments, _ layout: MessageLayout
  ) -> Bool {
    var hasControl = false
    var budget = FairBudget.control(entries: arguments.entryCount, room: room)
    var iovecBudget = FairBudget.iovecs(entries: arguments.entryCount, room: room)
    for index in 0..<arguments.entryCount {
      guard let header = layout.header(in: vector.bytes, at: index * layout.stride) else { break }
      if let name = header.nameRange { wanted.want(name) }
      if var iovecs = header.iovecRange(layout) {
        iovecs.count = iovecBudget.take(iovecs.count)
        wanted.want(iovecs)
      }
      if var control = header.controlRange {
        control.count = budget.take(control.count)
        wanted.want(control)
        hasControl = true
      }
    }
    return hasControl
  }

  /// What is kept of each message at entry, and all of it where it is compared.
  mutating func wantPayload(
    _ vector: MemoryImage, _ headers: MemoryImage, _ arguments: SendArguments,
    _ layout: MessageLayout, isCompared: Bool
  ) {
    let kept = PayloadShare(
      limit: payloadLimit, .payload(entries: arguments.entryCount, room: room))
    wantPayload(
      vector, headers, arguments, layout, kept, isCompared ? contents(of: arguments) : nil)
  }

  /// All of each message, as far as it is compared.
  func contents(of arguments: SendArguments) -> PayloadShare {
    PayloadShare(
      limit: CallSnapshot.longestContents, .contents(entries: arguments.entryCount, room: room))
  }

  /// Of each message what one share has, or the other where that is more.
  mutating func wantPayload(
    _ vector: MemoryImage, _ headers: MemoryImage, _ arguments: SendArguments,
    _ layout: MessageLayout, _ share: PayloadShare, _ other: PayloadShare? = nil
  ) {
    guard share.limit > 0 || other != nil else { return }
    var (share, other) = (share, other)
    for index in 0..<arguments.entryCount {
      guard let header = layout.header(in: vector.bytes, at: index * layout.stride) else { break }
      guard let range = header.iovecRange(layout) else { continue }
      let extent = headers.extent(of: range)
      guard extent.missing == .nothing else { continue }
      let bytes = byteCount(
        Int(header.iovecCount), at: extent.bytes.lowerBound, of: headers, layout)
      var left = max(share.take(of: bytes), other?.take(of: bytes) ?? 0)
      for slot in 0..<Int(header.iovecCount) where left > 0 {
        let offset = extent.bytes.lowerBound + slot * layout.iovecStride
        guard let iovec = layout.iovec(in: headers.bytes, at: offset) else { break }
        let count = Int(min(iovec.length, UInt64(left)))
        wanted.want(RemoteRange(start: iovec.base, count: count))
        left -= count
      }
    }
  }

  /// How many bytes there are of a message with the `count` iovecs at `offset` of `headers`: none
  /// where a negative length makes the kernel refuse it.
  private func byteCount(
    _ count: Int, at offset: Int, of headers: MemoryImage, _ layout: MessageLayout
  ) -> UInt64 {
    var total: UInt64 = 0
    for slot in 0..<count {
      let offset = offset + slot * layout.iovecStride
      guard let iovec = layout.iovec(in: headers.bytes, at: offset) else { break }
      if layout.isNegative(iovec.length) { return 0 }
      total = min(total &+ min(iovec.length, IOVector.maximumTotal), IOVector.maximumTotal)
    }
    return total
  }
}

/// Up to so many bytes of each message, as far as a budget has them.
struct PayloadShare {
  let limit: UInt64
  private var budget: FairBudget

  init(limit: UInt64, _ budget: FairBudget) {
    self.limit = limit
    self.budget = budget
  }

  /// How many are to be read of the next message, which has `count`.
  mutating func take(of count: UInt64) -> Int { budget.take(Int(min(count, limit))) }
}
