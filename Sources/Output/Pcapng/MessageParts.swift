import Records

/// Which bytes of a message went out, and which did not.
struct MessageParts {
  /// Nil where none did; empty for a message without bytes that did.
  var sent: Range<UInt64>?
  var unsent: Range<UInt64>?

  init(
    _ message: borrowing Message, _ call: borrowing SendCall, _ verdict: borrowing Verdict
  ) {
    // A saved trace may say anything.
    let length = min(message.bytes ?? 0, IOVector.maximumTotal)
    switch verdict.state(ofMessage: message.index) {
    case .sent where Self.isOnlyCounted(message, call, verdict): unsent = 0..<length
    // What a datagram was cut to nobody would see in `bytes`.
    case .sent: sent = 0..<min(message.sentLength.map(UInt64.init) ?? length, IOVector.maximumTotal)
    case .uncounted: sent = 0..<length
    case .short:
      let taken = min(UInt64(message.sentLength ?? 0), length)
      if taken > 0 { sent = 0..<taken }
      if taken < length { unsent = taken..<length }
    // Of what has no length there is nothing to show.
    case .failed, .notAttempted, .unknown: if message.bytes != nil { unsent = 0..<length }
    }
  }

  /// MSG_PROBE, and rings: a count without a send.
  private static func isOnlyCounted(
    _ message: borrowing Message, _ call: borrowing SendCall, _ verdict: borrowing Verdict
  ) -> Bool {
    call.arguments?.flags.contains(.probe) == true
      || verdict.cause == .unconsumedMessage && verdict.at == message.index
  }
}
