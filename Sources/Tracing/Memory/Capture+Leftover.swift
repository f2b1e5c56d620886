package import Decoding
import Records

// What follows a call that fell short may be what it left: messages over the 1,024, and the rest
// of one that a stream took in part. Neither was read at the entry; at the exit it is what the
// program goes on with.
extension Capture {
  /// Bytes after which nothing more is read, and those of them that make messages whole.
  private static let leftoverBudget = 8 << 20
  private static let contentsBudget = 4 << 20

  package mutating func readLeftover(
    _ snapshot: inout CallSnapshot, memory: borrowing TraceeMemory
  ) {
    guard let arguments = snapshot.arguments, snapshot.exit != nil else { return }
    if arguments.vectorLength > SendArguments.maximumEntries {
      readMessagesOverTheCap(arguments, &snapshot, memory)
    }
    guard var cut = snapshot.cut, payloadLimit > 0 else { return }
    cut.count = min(cut.count, Int(min(payloadLimit, FollowUp.comparedBytes)))
    var leftover = snapshot.leftover ?? UnsentMemory()
    wanted.reset()
    wanted.want(cut)
    readWanted(memory, into: &leftover.cut)
    snapshot.leftover = leftover
  }

  private mutating func readMessagesOverTheCap(
    _ arguments: SendArguments, _ snapshot: inout CallSnapshot, _ memory: borrowing TraceeMemory
  ) {
    let layout = MessageLayout.of(snapshot.abi)
    var leftover = UnsentMemory()
    leftover.payloadLimit = min(payloadLimit, FollowUp.comparedBytes)
    // A stream is followed by its order.
    var contentsLeft =
      snapshot.socket?.type == SocketType.stream.rawValue ? 0 : Self.contentsBudget
    while let next = arguments.part(leftover.parts.count, layout),
      leftover.byteCount < min(Self.leftoverBudget, room)
    {
      let contents = PayloadShare(
        limit: CallSnapshot.longestContents,
        .contents(entries: next.entryCount, room: min(room, 4 * contentsLeft)))
      // Where all of a message is no more than the first bytes, it is compared as a whole as well.
      let images = read(
        next, layout, payloadLimit: FollowUp.comparedBytes, memory, besides: contents)
      contentsLeft = max(contentsLeft - images.payload.bytes.count, 0)
      leftover.parts.append(UnsentMemory.Part(next, images))
      guard images.vector.isWhole else { break }
    }
    snapshot.leftover = leftover
  }

  /// Reads every message of a call as a whole, where it is no longer than a datagram can be, to be
  /// compared with others that begin alike.
  package mutating func readContents(
    _ snapshot: inout CallSnapshot, memory: borrowing TraceeMemory
  ) {
    guard !snapshot.payloadHasContents, snapshot.contents == nil,
      let arguments = snapshot.arguments, arguments.entryCount > 0
    else { return }
    wanted.reset()
    wantPayload(
      snapshot.vector, snapshot.headers, arguments, MessageLayout.of(snapshot.abi),
      contents(of: arguments))
    var contents = MemoryImage()
    readWanted(memory, into: &contents)
    snapshot.contents = contents
  }

  /// Reads what is kept of each message, and then all of it into an image of its own.
  mutating func readApart(
    _ snapshot: inout CallSnapshot, _ arguments: SendArguments, _ layout: MessageLayout,
    _ memory: borrowing TraceeMemory
  ) {
    snapshot.payloadHasContents = false
    snapshot.payload.reset()
    wanted.reset()
    wantPayload(snapshot.vector, snapshot.headers, arguments, layout, isCompared: false)
    readWanted(memory, into: &snapshot.payload)
    readContents(&snapshot, memory: memory)
  }
}
