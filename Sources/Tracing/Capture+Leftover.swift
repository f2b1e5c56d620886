package import Decoding
import Records

// What follows a call that fell short may be what it left: messages over the 1,024, and the rest
// of one that a stream took in part. Neither was read at the entry; at the exit it is what the
// program goes on with.
extension Capture {
  /// Bytes of a message that are ever compared.
  private static let comparedBytes: UInt64 = 256
  /// Bytes after which nothing more is read.
  private static let leftoverBudget = 4 << 20

  package mutating func readLeftover(
    _ snapshot: inout CallSnapshot, memory: borrowing TraceeMemory
  ) {
    guard let arguments = snapshot.arguments, snapshot.exit != nil else { return }
    if arguments.vectorLength > SendArguments.maximumEntries {
      readMessagesOverTheCap(arguments, &snapshot, memory)
    }
    guard var cut = snapshot.cut, payloadLimit > 0 else { return }
    cut.count = min(cut.count, Int(min(payloadLimit, Self.comparedBytes)))
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
    let limit = payloadLimit
    payloadLimit = min(limit, Self.comparedBytes)
    defer { payloadLimit = limit }
    var leftover = UnsentMemory()
    leftover.payloadLimit = payloadLimit
    while let next = arguments.part(leftover.parts.count, layout),
      leftover.byteCount < min(Self.leftoverBudget, room)
    {
      var part = UnsentMemory.Part(next)
      wanted.reset()
      wantVector(next, layout)
      readWanted(memory, into: &part.vector)
      wanted.reset()
      _ = wantHeaders(part.vector, next, layout)
      readWanted(memory, into: &part.headers)
      wanted.reset()
      if payloadLimit > 0 { wantPayload(part.vector, part.headers, next, layout) }
      readWanted(memory, into: &part.payload)
      let isWhole = part.vector.unreadablePages.isEmpty
      leftover.parts.append(part)
      guard isWhole else { break }
    }
    snapshot.leftover = leftover
  }
}
