package import Decoding
import Records

/// Copies what a call is about out of the tracee: bytes only, in as few reads as can be.
///
/// Three rounds at entry, since each tells where the next one's bytes lie: the `mmsghdr` array;
/// names, iovec arrays and control blocks; payload. Programs use their buffers again, so the ranges
/// of a thread's last call are read first, all rounds in one; what this call turns out to want
/// elsewhere is then read in a round of its own. Where all that says where bytes lie is as it was,
/// the messages are not even walked. One read at exit: the array again, for `msg_len`.
package struct Capture {
  /// How many bytes of each message are kept.
  package var payloadLimit: UInt64
  /// What the calls in flight may hold beyond what they do, roughly: many threads can wait in many
  /// large calls.
  package var room = Int.max {
    didSet { room &= ~(Self.roomStep - 1) }
  }
  /// In steps, so that the budgets of like calls are alike.
  private static let roomStep = 16 << 20
  // Reused from call to call, so that a call in the steady state allocates nothing.
  var wanted = RangeList()
  private var plans = [CapturePlan](repeating: CapturePlan(), count: planCount)
  // Read into these, which stay in the CPU's cache, rather than into a record that the scribe had.
  private var guessed = (vector: MemoryImage(), headers: MemoryImage())
  private var counted = MemoryImage()

  /// Threads whose last call is remembered; two that share a place take turns.
  private static let planCount = 16

  package init(payloadLimit: UInt64) {
    self.payloadLimit = payloadLimit
  }

  /// Fills in what is known at entry. Where the messages are to be compared they are read as a
  /// whole, along with what is kept of them: a read costs by its ranges rather than by its bytes.
  package mutating func enter(
    _ snapshot: inout CallSnapshot, arguments: CallInfo.Arguments, isCompared: Bool = false,
    memory: borrowing TraceeMemory
  ) {
    snapshot.payloadLimit = payloadLimit
    snapshot.arguments = sendArguments(
      arguments, syscall: snapshot.syscall, memory: memory, scratch: &snapshot.vector)
    guard let arguments = snapshot.arguments, arguments.entryCount > 0 else { return }
    let layout = MessageLayout.of(snapshot.abi)
    let place = Int(UInt32(bitPattern: snapshot.tid)) % Self.planCount
    // Taken out while it is used: nothing is copied.
    var plan = CapturePlan()
    swap(&plan, &plans[place])
    defer { swap(&plan, &plans[place]) }

    wanted.reset()
    wantVector(arguments, layout)
    var isGuessed =
      plan.begins(
        with: wanted, tid: snapshot.tid, abi: snapshot.abi, readsContents: isCompared)
      && memory.read(plan, into: &guessed.vector, &guessed.headers, &snapshot.payload)
    defer {
      guessed.vector.reset()
      guessed.headers.reset()
    }
    if isGuessed, plan.isConfirmed(by: guessed.vector, guessed.headers, room: room) {
      plan.share(with: &snapshot)
      snapshot.payloadHasContents = isCompared
      return
    }
    swap(&guessed.vector, &snapshot.vector)
    swap(&guessed.headers, &snapshot.headers)
    isGuessed = read(memory, &snapshot.vector, &plan.vector, ifNot: isGuessed)
    wanted.reset()
    snapshot.hasControl = wantHeaders(snapshot.vector, arguments, layout)
    isGuessed = read(memory, &snapshot.headers, &plan.headers, ifNot: isGuessed)
    wanted.reset()
    wantPayload(snapshot.vector, snapshot.headers, arguments, layout, isCompared: isCompared)
    _ = read(memory, &snapshot.payload, &plan.payload, ifNot: isGuessed)
    snapshot.payloadHasContents = isCompared
    plan.readsContents = isCompared
    if isCompared, !snapshot.payload.isComplete {
      // What is behind the kept bytes must not be what keeps these from being read.
      readApart(&snapshot, arguments, layout, memory)
    }
    plan.tid = snapshot.tid
    plan.abi = snapshot.abi
    plan.remember(
      snapshot.vector, snapshot.headers, room: room, hasControl: snapshot.hasControl)
  }

  /// Reads what is wanted into `image`, unless it was guessed and read already; remembers it as
  /// the next guess. True where it was guessed.
  private mutating func read(
    _ memory: borrowing TraceeMemory, _ image: inout MemoryImage, _ guess: inout RangeList,
    ifNot isGuessed: Bool
  ) -> Bool {
    wanted.coalesce()
    let holds = isGuessed && wanted == guess
    if !holds {
      image.reset()
      memory.read(wanted.spans, requested: wanted.requested, into: &image)
    }
    swap(&wanted, &guess)
    return holds
  }

  /// Fills in what the kernel wrote: `msg_len` of the entries that it counted.
  package mutating func leave(_ snapshot: inout CallSnapshot, memory: borrowing TraceeMemory) {
    guard let arguments = snapshot.arguments, let exit = snapshot.exit, exit.returnValue > 0
    else { return }
    let layout = MessageLayout.of(snapshot.abi)
    let count = Int(min(exit.returnValue, Int64(arguments.entryCount)))
    // From the first msg_len to the end of the last: the bytes between are cheaper than ranges.
    guard let start = arguments.vector.advanced(by: UInt64(layout.sentLengthOffset)) else { return }
    wanted.reset()
    wanted.want(RemoteRange(start: start, count: (count - 1) * layout.stride + 4))
    wanted.coalesce()
    counted.reset()
    memory.read(wanted.spans, requested: wanted.requested, into: &counted)
    snapshot.noteSentLengths(count, in: counted)
  }

  /// Reads all that the call passed once more.
  package mutating func readAgain(
    _ snapshot: inout CallSnapshot, memory: borrowing TraceeMemory
  ) {
    guard let arguments = snapshot.arguments, arguments.entryCount > 0 else { return }
    // The ranges are those of the entry.
    snapshot.again = read(
      arguments, MessageLayout.of(snapshot.abi), payloadLimit: payloadLimit, memory,
      as: (snapshot.vector, snapshot.headers))
  }

  /// Reads an array of messages in the three rounds, and guesses nothing. Where the bytes of each
  /// round lie is told by the one before it, or by those of `former`, an earlier reading.
  mutating func read(
    _ arguments: SendArguments, _ layout: MessageLayout, payloadLimit: UInt64,
    _ memory: borrowing TraceeMemory, besides contents: PayloadShare? = nil,
    as former: (vector: MemoryImage, headers: MemoryImage)? = nil
  ) -> MessageImages {
    var images = MessageImages()
    wanted.reset()
    wantVector(arguments, layout)
    readWanted(memory, into: &images.vector)
    let vector = former?.vector ?? images.vector
    wanted.reset()
    _ = wantHeaders(vector, arguments, layout)
    readWanted(memory, into: &images.headers)
    wanted.reset()
    wantPayload(
      vector, former?.headers ?? images.headers, arguments, layout,
      PayloadShare(
        limit: payloadLimit, .payload(entries: arguments.entryCount, room: room)), contents)
    readWanted(memory, into: &images.payload)
    return images
  }

  mutating func readWanted(_ memory: borrowing TraceeMemory, into image: inout MemoryImage) {
    wanted.coalesce()
    memory.read(wanted.spans, requested: wanted.requested, into: &image)
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
    wanted.reset()
    wanted.want(RemoteRange(start: RemoteAddress(registers.second), count: 16))
    readWanted(memory, into: &scratch)
    defer { scratch.reset() }
    return SendArguments(socketcallBlock: scratch.bytes)
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
