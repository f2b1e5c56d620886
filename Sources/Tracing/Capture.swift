package import Decoding
import Records

/// Copies what a call is about out of the tracee: bytes only, in as few reads as can be.
///
/// Three rounds at entry, since each tells where the next one's bytes lie: the `mmsghdr` array;
/// names, iovec arrays and control blocks; payload. One at exit: the array again, for `msg_len`.
package struct Capture {
  /// How many bytes of each message are kept.
  package var payloadLimit: UInt64
  // Reused from call to call, so that a call in the steady state allocates nothing.
  private var ranges = RangeList()

  package init(payloadLimit: UInt64) {
    self.payloadLimit = payloadLimit
  }

  /// Fills in what is known at entry.
  package mutating func enter(
    _ snapshot: inout CallSnapshot, arguments: CallInfo.Arguments, memory: borrowing TraceeMemory
  ) {
    snapshot.payloadLimit = payloadLimit
    snapshot.arguments = sendArguments(
      arguments, syscall: snapshot.syscall, memory: memory, scratch: &snapshot.vector)
    guard let arguments = snapshot.arguments, arguments.entryCount > 0 else { return }
    let layout = MessageLayout.of(snapshot.abi)
    readVector(arguments, layout, memory, into: &snapshot.vector)
    readHeaders(snapshot.vector, arguments, layout, memory, into: &snapshot.headers)
    if payloadLimit > 0 {
      readPayload(
        snapshot.vector, snapshot.headers, arguments, layout, memory, into: &snapshot.payload)
    }
  }

  /// Fills in what the kernel wrote: `msg_len` of the entries that it counted.
  package mutating func leave(_ snapshot: inout CallSnapshot, memory: borrowing TraceeMemory) {
    guard let arguments = snapshot.arguments, let exit = snapshot.exit, exit.returnValue > 0
    else { return }
    let layout = MessageLayout.of(snapshot.abi)
    let count = Int(min(exit.returnValue, Int64(arguments.entryCount)))
    // From the first msg_len to the end of the last: the bytes between are cheaper than ranges.
    guard let start = arguments.vector.advanced(by: UInt64(layout.sentLengthOffset)) else { return }
    ranges.reset()
    ranges.want(RemoteRange(start: start, count: (count - 1) * layout.stride + 4))
    read(memory, into: &snapshot.counted)
  }

  /// The four arguments: registers, or the block that i386's `socketcall` is pointed at.
  ///
  ///     socketcall(20, args)   args: u32 fd, u32 msgvec, u32 vlen, u32 flags
  private mutating func sendArguments(
    _ registers: CallInfo.Arguments, syscall: Syscall, memory: borrowing TraceeMemory,
    scratch: inout MemoryImage
  ) -> SendArguments? {
    if syscall == .sendmmsg {
      return SendArguments(
        fd: Int32(truncatingIfNeeded: registers.first), vector: RemoteAddress(registers.second),
        vectorLength: UInt32(truncatingIfNeeded: registers.third),
        flags: SendFlags(rawValue: UInt32(truncatingIfNeeded: registers.fourth)))
    }
    ranges.reset()
    ranges.want(RemoteRange(start: RemoteAddress(registers.second), count: 16))
    read(memory, into: &scratch)
    defer { scratch.reset() }
    return SendArguments(socketcallBlock: scratch.bytes)
  }

  private mutating func readVector(
    _ arguments: SendArguments, _ layout: MessageLayout, _ memory: borrowing TraceeMemory,
    into image: inout MemoryImage
  ) {
    // Without the msg_len of the last entry: the kernel does not read it either.
    let count = (arguments.entryCount - 1) * layout.stride + layout.sentLengthOffset
    ranges.reset()
    ranges.want(RemoteRange(start: arguments.vector, count: count))
    read(memory, into: &image)
  }

  private mutating func readHeaders(
    _ vector: MemoryImage, _ arguments: SendArguments, _ layout: MessageLayout,
    _ memory: borrowing TraceeMemory, into image: inout MemoryImage
  ) {
    ranges.reset()
    var budget = FairBudget.control(entries: arguments.entryCount)
    for index in 0..<arguments.entryCount {
      guard let header = layout.header(in: vector.bytes, at: index * layout.stride) else { break }
      if let name = header.nameRange { ranges.want(name) }
      if let iovecs = header.iovecRange(layout) { ranges.want(iovecs) }
      if var control = header.controlRange {
        control.count = budget.take(control.count)
        ranges.want(control)
      }
    }
    read(memory, into: &image)
  }

  private mutating func readPayload(
    _ vector: MemoryImage, _ headers: MemoryImage, _ arguments: SendArguments,
    _ layout: MessageLayout, _ memory: borrowing TraceeMemory, into image: inout MemoryImage
  ) {
    ranges.reset()
    var budget = FairBudget.payload(entries: arguments.entryCount)
    for index in 0..<arguments.entryCount {
      guard let header = layout.header(in: vector.bytes, at: index * layout.stride) else { break }
      guard let range = header.iovecRange(layout) else { continue }
      let extent = headers.extent(of: range)
      guard extent.missing == .nothing else { continue }
      var wanted = budget.take(
        claim(Int(header.iovecCount), at: extent.bytes.lowerBound, of: headers, layout))
      for slot in 0..<Int(header.iovecCount) where wanted > 0 {
        let offset = extent.bytes.lowerBound + slot * layout.iovecStride
        guard let iovec = layout.iovec(in: headers.bytes, at: offset) else { break }
        let count = Int(min(iovec.length, UInt64(wanted)))
        ranges.want(RemoteRange(start: iovec.base, count: count))
        wanted -= count
      }
    }
    read(memory, into: &image)
  }

  /// How many bytes are to be kept of a message with the `count` iovecs at `offset` of `headers`:
  /// none where a negative length makes the kernel refuse it.
  private func claim(
    _ count: Int, at offset: Int, of headers: MemoryImage, _ layout: MessageLayout
  ) -> Int {
    var total: UInt64 = 0
    for slot in 0..<count {
      let offset = offset + slot * layout.iovecStride
      guard let iovec = layout.iovec(in: headers.bytes, at: offset) else { break }
      if layout.isNegative(iovec.length) { return 0 }
      total = min(total &+ min(iovec.length, IOVector.maximumTotal), IOVector.maximumTotal)
    }
    return Int(min(total, payloadLimit))
  }

  private mutating func read(_ memory: borrowing TraceeMemory, into image: inout MemoryImage) {
    ranges.coalesce()
    memory.read(ranges.spans, requested: ranges.requested, into: &image)
  }
}

extension SendArguments {
  /// The arguments as `socketcall`'s block holds them; nil where it was not readable as a whole.
  fileprivate init?(socketcallBlock bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    func word(_ index: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[index * 4 + $1]) << UInt32($1 * 8) }
    }
    self.init(
      fd: Int32(bitPattern: word(0)), vector: RemoteAddress(UInt64(word(1))),
      vectorLength: word(2), flags: SendFlags(rawValue: word(3)))
  }
}
