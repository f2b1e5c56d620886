package import Records

/// What lies in memory, when a call has ended, of what it left unsent and what its entry did not
/// look at: messages over the 1,024, and the rest of one that a stream took in part.
package struct UnsentMemory: Sendable {
  /// Up to 1,024 messages in a row, like a call of their own.
  package struct Part: Sendable {
    package var arguments: SendArguments
    package var vector = MemoryImage()
    package var headers = MemoryImage()
    package var payload = MemoryImage()

    package init(_ arguments: SendArguments) { self.arguments = arguments }
  }

  package var parts: [Part] = []
  /// The bytes from where the stream stopped on.
  package var cut = MemoryImage()
  /// Bytes that are kept of a message.
  package var payloadLimit: UInt64 = 0

  package init() {}

  package var byteCount: Int {
    parts.reduce(cut.bytes.count) {
      $0 + $1.vector.bytes.count + $1.headers.bytes.count + $1.payload.bytes.count
    }
  }

  package static let maximumParts = 15
}

extension SendArguments {
  /// The messages of the call that no part of it up to `part` has, as the arguments of a call;
  /// nil where there are none.
  package func part(_ part: Int, _ layout: MessageLayout) -> SendArguments? {
    guard part < UnsentMemory.maximumParts else { return nil }
    let done = UInt32(part + 1) * Self.maximumEntries
    guard vectorLength > done,
      let vector = vector.advanced(by: UInt64(done) * UInt64(layout.stride))
    else { return nil }
    let count = min(vectorLength - done, Self.maximumEntries)
    return SendArguments(fd: fd, vector: vector, vectorLength: count, flags: flags)
  }
}

extension Decoder {
  /// Decodes what a call left unsent, as far as it was read.
  package mutating func leftover(of snapshot: borrowing CallSnapshot) -> Leftover {
    var leftover = Leftover()
    guard let memory = snapshot.leftover else { return leftover }
    leftover.cut = memory.cut.bytes
    for part in memory.parts {
      var call = CallSnapshot()
      call.abi = snapshot.abi
      call.syscall = snapshot.syscall
      call.socket = snapshot.socket
      call.details = snapshot.details
      call.arguments = part.arguments
      call.payloadLimit = memory.payloadLimit
      call.vector = part.vector
      call.headers = part.headers
      call.payload = part.payload
      leftover.messages += decode(call).messages
    }
    return leftover
  }
}
