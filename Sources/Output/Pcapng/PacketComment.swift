import Records

/// What the comment of a packet says.
///
///     app[4711] thread 4713, call 7, message 1 of 5: 6 bytes sent; call partial, 3 of 5 sent:
///     error EMSGSIZE at message 3 (certain): payload of 70000 bytes is over 65507
enum PacketComment {
  static func text(
    _ message: borrowing Message, _ part: Range<UInt64>, _ piece: (index: UInt64, count: UInt64)?,
    isSent: Bool, _ call: borrowing SendCall, _ verdict: borrowing Verdict
  ) -> ByteBuffer {
    var out = ByteBuffer(capacity: 160)
    out.append(sender: call)
    out.append(", message ")
    out.append(decimal: message.index)
    out.append(" of ")
    out.append(decimal: verdict.asked)
    if let piece {
      out.append(", piece ")
      out.append(decimal: piece.index + 1)
      out.append(" of ")
      out.append(decimal: piece.count)
    }
    out.append(": ")
    out.append(fate: verdict.state(ofMessage: message.index), part, isSent: isSent)
    out.append("; ")
    out.append(verdict)
    for note in call.notes where note.message == message.index {
      out.append("; note: ")
      out.append(printable: note.text)
    }
    return out
  }
}

extension ByteBuffer {
  fileprivate mutating func append(sender call: borrowing SendCall) {
    append(printable: call.comm)
    append("[")
    append(decimal: call.pid)
    append("]")
    if call.tid != call.pid {
      append(" thread ")
      append(decimal: call.tid)
    }
    append(", call ")
    append(decimal: call.sequence)
  }

  fileprivate mutating func append(
    fate state: MessageState, _ part: Range<UInt64>, isSent: Bool
  ) {
    append(decimal: part.upperBound - part.lowerBound)
    append(" bytes ")
    switch state {
    case .sent: append(isSent ? "sent" : "NOT SENT, only counted")
    case .uncounted: append("sent, not counted")
    case .short: append(isSent ? "sent, the rest was not" : "NOT SENT, the rest of a short message")
    case .failed: append("NOT SENT, failed")
    case .notAttempted: append("NOT SENT, not attempted")
    case .unknown: append("PERHAPS NOT SENT, no return was seen")
    }
  }

  fileprivate mutating func append(_ verdict: borrowing Verdict) {
    append("call ")
    append(verbatim: verdict.outcome.rawValue)
    append(", ")
    append(decimal: verdict.sent)
    append(" of ")
    append(decimal: verdict.asked)
    append(" sent")
    guard let cause = verdict.cause else { return }
    append(": ")
    append(verbatim: cause.rawValue)
    if let errno = verdict.errno {
      append(" ")
      append(verbatim: errno.name)
    }
    if let at = verdict.at {
      append(" at message ")
      append(decimal: at)
    }
    if let certainty = verdict.certainty {
      append(" (")
      append(verbatim: certainty.rawValue)
      append(")")
    }
    guard let why = verdict.why else { return }
    append(": ")
    append(printable: why)
  }
}
