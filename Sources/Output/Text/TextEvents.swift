import Records

/// What is said about threads, about what a program did next, and at the end.
extension ByteBuffer {
  /// `exec "knotd" (x86_64)`, `exited with 3`.
  mutating func append(text event: ProcessEvent) {
    switch event.kind {
    case .started, .attached, .detached, .exec, .refused: append(verbatim: event.kind.rawValue)
    case .forked:
      append("forked")
      if let parent = event.parent {
        append(" by ")
        append(decimal: parent)
      }
    case .exited:
      append("exited")
      if let code = event.code {
        append(" with ")
        append(decimal: code)
      }
    case .killed:
      append("killed")
      if let signal = event.signal {
        append(" by ")
        append(verbatim: signal.name)
      }
    }
    if [.started, .attached, .exec, .refused].contains(event.kind) { appendProgram(of: event) }
    if let threads = event.threads {
      append(", ")
      append(count: UInt64(clamping: threads), "thread", "threads")
    }
    if let pid = event.innerPid {
      append(", pid ")
      append(decimal: pid)
      append(" inside")
    }
    if let why = event.why {
      append(": ")
      append(printable: why)
    }
  }

  private mutating func appendProgram(of event: ProcessEvent) {
    if let comm = event.comm {
      append(" ")
      append(quoted: comm.utf8.span, isCut: false)
    }
    if let abi = event.abi {
      append(" (")
      append(verbatim: abi.name)
      append(")")
    }
  }

  /// `call 7 was followed up by call 9: message 3 was skipped, never sent`, and `followed by` one
  /// that has nothing of it.
  mutating func append(text followUp: FollowUp, isVerbose: Bool) {
    append("call ")
    append(decimal: followUp.of)
    let messages = MessageList(followUp.messages)
    if let by = followUp.by {
      append(followUp.isAboutOther ? " was followed by call " : " was followed up by call ")
      append(decimal: by)
      append(": ")
    } else if followUp.how == .resumed || followUp.how == .resentAll {
      append(" was followed up: ")
    } else if followUp.how == .unknown {
      append(": it cannot be told what became of ")
    } else {
      append(" was not followed up: ")
    }
    append(text: messages)
    append(text: followUp, isPlural: messages.isPlural)
    // A call that followed stands there to be read, but for what makes it less than it seems; where
    // there is none, only the reason tells.
    let why = followUp.by == nil || isVerbose ? followUp.whyBesides : followUp.reservations
    if !why.isEmpty {
      append("; ")
      append(printable: why)
    }
  }

  /// What became of the messages, behind their list.
  private mutating func append(text followUp: FollowUp, isPlural: Bool) {
    guard followUp.how != .unknown else { return }
    append(isPlural ? " were " : " was ")
    switch followUp.how {
    case .resumed: append("taken up again")
    case .skipped: append("skipped")
    case .resentAll: append("sent again")
    case .abandoned: append("abandoned")
    case .cappedRest: append("beyond the cap")
    case .unknown: break
    }
    guard followUp.isLoss else { return }
    if followUp.isOnlySendmmsg {
      append(followUp.isFinal ? ", not sent by sendmmsg" : ", not sent by sendmmsg so far")
    } else {
      append(followUp.isFinal ? ", never sent" : ", not sent so far")
    }
  }

  /// One line: calls, messages, bytes, and what was not as it should be.
  mutating func append(text end: TraceEnd) {
    append(count: end.calls, "call", "calls")
    append(", ")
    append(decimal: end.messagesSent)
    append(" of ")
    append(count: end.messagesAsked, "message", "messages")
    append(" sent, ")
    append(count: end.bytesSent, "byte", "bytes")
    for index in end.outcomes.indices {
      let (outcome, calls) = end.outcomes[index]
      guard outcome != .complete, calls > 0 else { continue }
      append(", ")
      append(decimal: calls)
      append(" ")
      append(verbatim: outcome.rawValue)
    }
    if end.leftOut > 0 {
      append(", ")
      append(count: end.leftOut, "record", "records")
      append(" left out")
    }
    if end.lost > 0 {
      append(", ")
      append(count: end.lost, "record", "records")
      append(" LOST")
    }
  }

  /// `1 message`, `5 messages`.
  mutating func append(count: UInt64, _ singular: StaticString, _ plural: StaticString) {
    append(decimal: count)
    append(" ")
    append(count == 1 ? singular : plural)
  }

  /// `message 3`, `messages 3 to 5, 9`.
  private mutating func append(text list: MessageList) {
    append(list.isPlural ? "messages " : "message ")
    for (index, run) in list.runs.enumerated() {
      if index > 0 { append(", ") }
      append(decimal: run.lowerBound)
      guard run.count > 1 else { continue }
      append(run.count == 2 ? ", " : " to ")
      append(decimal: run.upperBound)
    }
  }
}

/// Indices as runs, so that a thousand of them are not a thousand words.
private struct MessageList {
  var runs: [ClosedRange<Int>] = []

  init(_ indices: [Int]) {
    for index in indices {
      if let last = runs.last, last.upperBound < Int.max, last.upperBound + 1 == index {
        runs[runs.count - 1] = last.lowerBound...index
      } else {
        runs.append(index...index)
      }
    }
  }

  var isPlural: Bool { runs.count > 1 || (runs.first?.count ?? 0) > 1 }
}

extension FollowUp {
  /// True where the send that followed took up nothing of the call.
  fileprivate var isAboutOther: Bool { how == .abandoned || how == .cappedRest }

  /// What the reason adds to what it begins with.
  fileprivate var reservations: String {
    guard let end = why.firstIndex(of: ";") else { return "" }
    return String(why[end...].dropFirst(2))
  }

  /// The reason without what the text has said already.
  fileprivate var whyBesides: String {
    let said = "not by sendmmsg: "
    return isLoss && isOnlySendmmsg && why.hasPrefix(said)
      ? String(why.dropFirst(said.count)) : why
  }
}
