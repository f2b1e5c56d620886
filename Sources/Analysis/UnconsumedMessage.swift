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
    if call.probes {
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
    } else {
      return nil
    }
    return Verdict(
      outcome: .partial, cause: .unconsumedMessage, at: last, certainty: certainty,
      source: certainty == .certain ? .rule : .evidence, why: why, asked: call.asked)
  }
}

extension SendCall {
  /// True where MSG_PROBE keeps the protocol from taking data (UDP, raw and ping sockets of IP).
  fileprivate var probes: Bool {
    guard let socket, arguments?.flags.contains(.probe) == true else { return false }
    return (socket.family == .inet || socket.family == .inet6)
      && (socket.type == .datagram || socket.type == .raw)
  }

  /// True for sockets that take a frame whole or not at all, and may have a ring to take it from
  /// instead (PACKET_TX_RING, AF_XDP): a count of other bytes than the message has is the ring's.
  var takesFramesFromRing: Bool { socket?.family == .packet || socket?.family == .xdp }
}
