import Records

/// A call: its line, its messages, its notes.
extension TextFormat {
  mutating func append(_ call: SendCall, _ verdict: Verdict, to out: inout ByteBuffer) {
    appendFittedLine(of: call, verdict, to: &out)
    if verdict.at == nil { appendCause(of: verdict, to: &out) }
    layOut(call, verdict)
    let columns = TextColumns(rows, width: options.width)
    for index in rows.indices {
      let row = rows[index]
      append(call.messages[row.indices.lowerBound], row, columns, verdict, to: &out)
    }
    // A cap stands at the first entry that is no longer looked at.
    if let at = verdict.at, at >= call.messages.count { appendCause(of: verdict, to: &out) }
    if options.quiet < 2 { for note in call.notes { append(note, to: &out) } }
  }

  /// The first line, wrapped at its spaces where it is wider than the terminal; it then goes
  /// without colour.
  private mutating func appendFittedLine(
    of call: SendCall, _ verdict: Verdict, to out: inout ByteBuffer
  ) {
    guard let width = options.width else {
      appendLine(of: call, verdict, to: &out)
      return out.append("\n")
    }
    // What stands on the line already is ours, and ASCII.
    let column = out.count - (out.bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0)
    var plain = ByteBuffer()
    swap(&plain, &sentence)
    defer { swap(&plain, &sentence) }
    plain.clear()
    appendLine(of: call, verdict, isColored: false, to: &plain)
    if column + plain.bytes.span.columns <= width {
      appendLine(of: call, verdict, to: &out)
    } else {
      out.append(wrapped: plain.bytes.span, from: column, indent: 6, width: width)
    }
    out.append("\n")
  }

  /// `sendmmsg(3<UDP:[127.0.0.1:40000]>, 5 messages, MSG_NOSIGNAL) = 3 <0.000065>  PARTIAL 3 of 5`
  private func appendLine(
    of call: SendCall, _ verdict: Verdict, isColored: Bool = true, to out: inout ByteBuffer
  ) {
    out.append("sendmmsg(")
    if let arguments = call.arguments {
      out.append(text: arguments.fd, call.socket)
      out.append(", ")
      out.append(count: UInt64(arguments.vectorLength), "message", "messages")
      out.append(", ")
      out.append(text: arguments.flags)
    } else {
      out.append("?")
    }
    out.append(") = ")
    switch call.result {
    case .returned(let count): out.append(decimal: count)
    case .failed(let errno):
      out.append("-1 ")
      out.append(verbatim: errno.name)
    case .unfinished: out.append("?")
    }
    if let duration = call.duration {
      out.append(" <")
      out.append(secondsOf: duration)
      out.append(">")
    }
    appendOutcome(of: call, verdict, isColored: isColored && options.color, to: &out)
  }

  /// `  PARTIAL 3 of 5, call 7`; nothing where there is nothing to shout about.
  private func appendOutcome(
    of call: SendCall, _ verdict: Verdict, isColored: Bool, to out: inout ByteBuffer
  ) {
    let fellShort = verdict.outcome != .complete && verdict.outcome != .empty
    guard fellShort || options.verbose else { return }
    out.append("  ")
    if fellShort {
      TextStyle.alarm.paint(&out, isColored: isColored) { $0.append(shouted: verdict) }
      out.append(", ")
    }
    // Follow-ups name calls by their numbers.
    out.append("call ")
    out.append(decimal: call.sequence)
    guard options.verbose else { return }
    out.append(", ")
    out.append(verbatim: call.abi.name)
    out.append(" ")
    out.append(verbatim: call.syscall.name)
    out.append(" of ")
    out.append(quoted: call.comm.utf8.span, isCut: false)
    if let isNonblocking = call.effectiveDontWait {
      out.append(isNonblocking ? ", nonblocking" : ", blocking")
    }
  }

  /// The cause on a line of its own.
  private mutating func appendCause(of verdict: Verdict, to out: inout ByteBuffer) {
    sentence.clear()
    sentence.append(causeOf: verdict)
    if !sentence.isEmpty {
      out.append("   ")
      appendSentence(from: 3, indent: 6, to: &out)
      out.append("\n")
    }
    appendCandidates(of: verdict, indent: 3, to: &out)
  }

  /// Each further errno that may have been the one, on a line of its own; those that have one
  /// reason in common, one after the other, on one.
  mutating func appendCandidates(of verdict: Verdict, indent: Int, to out: inout ByteBuffer) {
    var rest = verdict.candidates[...]
    while let first = rest.first {
      let alike = rest.prefix { $0.why == first.why && $0.certainty == first.certainty }
      rest = rest.dropFirst(alike.count)
      sentence.clear()
      sentence.append("or ")
      sentence.append(alike, besides: verdict)
      out.append(spaces: indent)
      appendSentence(from: indent, indent: indent + 3, to: &out)
      out.append("\n")
    }
  }

  private mutating func append(_ note: Note, to out: inout ByteBuffer) {
    sentence.clear()
    sentence.append("note")
    if let message = note.message {
      sentence.append(", message ")
      sentence.append(decimal: message)
    }
    sentence.append(": ")
    sentence.append(printable: note.text)
    out.append("   ")
    appendSentence(from: 3, indent: 6, to: &out)
    out.append("\n")
  }
}

extension ByteBuffer {
  /// `MSG_DONTWAIT|MSG_NOSIGNAL`, `0`.
  mutating func append(text flags: SendFlags) {
    guard !flags.isEmpty else { return append("0") }
    var isFirst = true
    flags.forEachName { name, unknown in
      if !isFirst { append("|") }
      isFirst = false
      if let name { append(verbatim: name) } else { append(pointer: UInt64(unknown)) }
    }
  }

  /// `PARTIAL 3 of 5`.
  fileprivate mutating func append(shouted verdict: Verdict) {
    switch verdict.outcome {
    case .complete, .empty: return
    case .partial: append("PARTIAL ")
    case .capped: append("CAPPED ")
    case .short:
      append("SHORT ")
      append(decimal: verdict.bytesSent)
      append(" of ")
      append(decimal: verdict.bytesAsked)
      return append(" B")
    case .failed: return append("FAILED")
    case .unfinished: return append("UNFINISHED")
    }
    append(decimal: verdict.sent)
    append(" of ")
    append(decimal: verdict.asked)
  }

  /// `EMSGSIZE (certain): payload of 70000 bytes is …`; nothing where there is no cause.
  mutating func append(causeOf verdict: Verdict) {
    guard let cause = verdict.cause else { return }
    if let errno = verdict.errno { append(verbatim: errno.name) } else { append(cause.words) }
    append(verdict.certainty, verdict.why)
  }

  /// `EHOSTUNREACH, EMSGSIZE (possible): ICMP may have refused …`; a reason that stands above is
  /// not said again.
  fileprivate mutating func append(
    _ candidates: ArraySlice<Verdict.Candidate>, besides verdict: Verdict
  ) {
    guard let first = candidates.first else { return }
    for candidate in candidates {
      if candidate != first { append(", ") }
      append(verbatim: candidate.errno.name)
    }
    append(first.certainty, first.why == verdict.why ? "the same reason" : first.why)
  }

  private mutating func append(_ certainty: Verdict.Certainty?, _ why: String?) {
    if let certainty {
      append(" (")
      append(verbatim: certainty.rawValue)
      append(")")
    }
    guard let why, !why.isEmpty else { return }
    append(": ")
    append(printable: why)
  }
}

extension Verdict.Cause {
  /// Stands in for the errno where there is none.
  fileprivate var words: StaticString {
    switch self {
    case .cap: "cap"
    case .shortMessage: "sent in part"
    case .unconsumedMessage: "not consumed"
    case .uncountedSend: "taken but not counted"
    case .error: "error"
    case .interrupted: "interrupted"
    case .callError: "call refused"
    }
  }
}
