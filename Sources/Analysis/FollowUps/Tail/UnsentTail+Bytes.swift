import Records

// How much of what was left unsent never went out.
extension UnsentTail {
  /// The bytes of messages that were not sent, as far as it is known how long they are: of one that
  /// was cut, those that were not taken.
  func bytesUnsent(of messages: [Int]) -> UInt64 {
    messages.reduce(0) { $0 &+ bytesUnsent(of: $1) }
  }

  private func bytesUnsent(of message: Int) -> UInt64 {
    guard prints.lengths.indices.contains(message) else { return 0 }
    let length = prints.lengths[message]
    if let rest { return length - min(rest.bytesTaken(of: message), length) }
    guard let cut = cut[message], let size = prints.segmentSizes[message] else { return length }
    return cut.seen.reduce(length) { left, datagram in
      // The last one is what the others leave.
      left - min(min(size, length - min(UInt64(datagram) * size, length)), left)
    }
  }
}

extension SendCall {
  /// The message of which a stream that does not wait took what it had room for, which nobody
  /// counted, and the kernel did not note.
  func partlyUncounted(_ verdict: Verdict) -> Int? {
    guard verdict.cause == .uncountedSend, let socket, socket.type == .stream,
      let at = verdict.at, messages.indices.contains(at), messages[at].bytes != 1,
      socket.nonblocking || arguments?.flags.contains(.dontWait) == true
    else { return nil }
    if case .result = kernelView { return nil }
    return at
  }

  /// How many bytes a stream took of the message that was not counted, as the kernel noted; nil
  /// where it was all of it, or is not known.
  func bytesTakenUncounted(_ verdict: Verdict) -> UInt64? {
    guard verdict.cause == .uncountedSend, socket?.type == .stream, let at = verdict.at,
      messages.indices.contains(at), let length = messages[at].bytes,
      case .result(let result) = kernelView, let taken = UInt64(exactly: result), taken < length
    else { return nil }
    return taken
  }
}
