import Records

extension Verdict {
  /// Messages that are counted although their data was not taken, which ends the call without an
  /// error (kernel.md §1 B4, V3).
  static func unconsumedMessage(_ call: SendCall, _ count: UInt32) -> Verdict? {
    let last = Int(count) - 1
    guard call.messages.indices.contains(last), let bytes = call.messages[last].bytes, bytes > 0
    else { return nil }
    let why: String
    var certainty = Verdict.Certainty.certain
    if let taken = call.bytesTakenByProbe(ofMessage: last) {
      guard bytes > taken else { return nil }
      why = "MSG_PROBE: its data was not taken, which ends the call without an error"
      if call.evidence?.socketIsShared == true { certainty = .likely }
    } else if call.takesFramesFromRing, call.messages[last].sentLength.map(UInt64.init) != bytes {
      why =
        "the socket sends from its ring and takes no data of a message, which ends the call"
        + " without an error"
      // A frame that was changed before it was read has other bytes too, but none has no bytes.
      if call.messages[last].sentLength != 0 || call.socket?.type == .datagram {
        certainty = .likely
      }
    } else if call.swallowsShortageOfMemory, BufferRules.strength(ofPiece: bytes) == .likely {
      why =
        "IPV6_HDRINCL: for its \(bytes) bytes there is no memory in one piece; it is counted all the"
        + " same, and as its data was not taken, the call ends without an error"
      certainty = .likely
    } else {
      return nil
    }
    return Verdict(
      outcome: .partial, cause: .unconsumedMessage, at: last, certainty: certainty,
      source: certainty == .certain ? .rule : .evidence, why: why, asked: call.asked)
  }
}

extension SendCall {
  /// How many bytes of a message are taken where MSG_PROBE keeps the protocol from taking the rest
  /// (UDP, raw and ping sockets of IP); nil where it does not.
  func bytesTakenByProbe(ofMessage index: Int) -> UInt64? {
    guard let socket, arguments?.flags.contains(.probe) == true,
      socket.family == .inet || socket.family == .inet6,
      socket.type == .datagram || socket.type == .raw,
      let message = FailedMessage(self, index), !message.isSentByOwnFlags
    else { return nil }
    return message.headBytes
  }

  /// True where a packet with a header of its own counts as sent that no memory was there for
  /// (`rawv6_send_hdrinc`; not in kernel.md).
  fileprivate var swallowsShortageOfMemory: Bool {
    guard socket?.family == .inet6, socket?.type == .raw else { return false }
    return evidence?.socket?.includesHeader == true && evidence?.socket?.receivesErrors6 != true
  }

  /// True for sockets that take a frame whole or not at all, and may have a ring to take it from
  /// instead (PACKET_TX_RING, AF_XDP): a count of other bytes than the message has is the ring's.
  var takesFramesFromRing: Bool { socket?.family == .packet || socket?.family == .xdp }
}
