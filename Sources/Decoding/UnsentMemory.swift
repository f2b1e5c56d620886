package import Records

/// What lies in memory, when a call has ended, of what it left unsent and what its entry did not
/// look at: messages over the 1,024, and the rest of one that a stream took in part.
package struct UnsentMemory: Sendable {
  /// Up to 1,024 messages in a row, like a call of their own.
  package struct Part: Sendable {
    package var arguments: SendArguments
    package var images: MessageImages

    package init(_ arguments: SendArguments, _ images: MessageImages) {
      self.arguments = arguments
      self.images = images
    }
  }

  package var parts: [Part] = []
  /// The bytes from where the stream stopped on.
  package var cut = MemoryImage()
  /// Bytes that are kept of a message.
  package var payloadLimit: UInt64 = 0

  package init() {}

  package var byteCount: Int {
    parts.reduce(cut.bytes.count) { $0 + $1.images.byteCount }
  }

  /// The memory it takes besides its own place.
  var footprint: Int { byteCount + parts.capacity * MemoryLayout<Part>.stride }

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
  /// Decodes what was read of a call to follow it up: what it left unsent, as far as it was read.
  package mutating func leftover(of snapshot: borrowing CallSnapshot) -> Leftover {
    var leftover = Leftover()
    leftover.isBeside = snapshot.isBeside
    leftover.closedSocket = snapshot.closedSocket
    if snapshot.payloadHasContents {
      leftover.contents = contents(of: snapshot, in: snapshot.payload)
    } else if let image = snapshot.contents {
      leftover.contents = contents(of: snapshot, in: image)
    }
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
      call.vector = part.images.vector
      call.headers = part.images.headers
      call.payload = part.images.payload
      leftover.messages += decode(call).messages
      guard !leftover.contents.isEmpty else { continue }
      leftover.contents += contents(of: call, in: call.payload)
    }
    return leftover
  }
}
