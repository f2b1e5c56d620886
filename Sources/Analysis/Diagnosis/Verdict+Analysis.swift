package import Records

extension Verdict {
  /// Judges a call: the table of design.md §4, the first row that applies, each row a function.
  package static func of(_ call: SendCall) -> Verdict {
    var verdict: Verdict
    switch call.result {
    case .unfinished: verdict = Verdict(outcome: .unfinished, asked: call.asked)
    case .failed(let errno):
      verdict =
        refusedCall(call, errno) ?? observed(call, 0) ?? uncountedStart(call, errno)
        ?? failedAtStart(call, errno)
    case .returned(let count):
      verdict =
        emptyCall(call) ?? shortMessage(call, count) ?? cappedCall(call, count)
        ?? completeCall(call, count) ?? observed(call, count)
        ?? unconsumedMessage(call, count) ?? lostError(call, count)
      verdict.sent = count
    }
    verdict.bytesAsked = call.messages.reduce(0) { $0 &+ ($1.bytes ?? 0) }
    verdict.bytesSent = call.messages.reduce(0) { $0 &+ UInt64($1.sentLength ?? 0) }
    return verdict
  }

  /// −1 at message 0: the one error that the kernel does report.
  private static func failedAtStart(_ call: SendCall, _ errno: Errno) -> Verdict {
    var why = "the call returned it"
    if let failed = FailedMessage(call, 0),
      let reason = Diagnosis.reason(for: errno, shownBy: why, failed)
    {
      why = reason
    }
    return Verdict(
      outcome: .failed, cause: errno == .interrupted ? .interrupted : .error, at: 0, errno: errno,
      certainty: .observed, source: .returnValue, why: why, asked: call.asked)
  }

  private static func emptyCall(_ call: SendCall) -> Verdict? {
    call.arguments?.vectorLength == 0 ? Verdict(outcome: .empty, asked: 0) : nil
  }

  /// kernel.md §1 B4: a message that was not taken in full ends the loop without an error. Of a
  /// stream that was seen; what is not known to be one may have been changed before it was read.
  private static func shortMessage(_ call: SendCall, _ count: UInt32) -> Verdict? {
    let last = Int(count) - 1
    guard call.messages.indices.contains(last), let taken = call.messages[last].sentLength,
      let bytes = call.messages[last].bytes, UInt64(taken) < bytes, !call.takesFramesFromRing,
      call.socket?.takesWholeMessages != true
    else { return nil }
    // The kernel has gone on to the next one.
    if case .result? = call.kernelView { return nil }
    let isAsSeen =
      call.socket != nil && call.partIsUnchanged != false
      && call.messages[last].mutated.map { $0.allSatisfy { $0 == .payload } } ?? true
    let outcome: Outcome =
      isCapped(call, count) ? .capped : count == call.asked ? .short : .partial
    var verdict = Verdict(
      outcome: outcome, cause: .shortMessage, at: last,
      certainty: isAsSeen ? .observed : .likely, source: .count,
      why: "\(taken) of its \(bytes) bytes were taken, which ends the call without an error",
      asked: call.asked)
    guard !isAsSeen else { return verdict }
    verdict.why =
      "\(taken) of its \(bytes) bytes were taken, which ends the call without an error, unless"
      + " another thread made it shorter before the kernel read it"
    if outcome == .partial, let next = FailedMessage(call, Int(count)) {
      let errors = Diagnosis.of(next)
      let first = errors.errno.map {
        Verdict.Candidate(errno: $0, certainty: .possible, why: "message \(count): " + errors.why)
      }
      let fault =
        next.message.payload.fault == nil
        ? nil
        : Verdict.Candidate(
          errno: .badAddress, certainty: .possible,
          why: "message \(count): its payload could not be read")
      verdict.candidates = [fault, first].compactMap(\.self) + errors.candidates
    }
    return verdict
  }

  /// kernel.md §1 A2: no call takes more than 1,024 messages.
  private static func cappedCall(_ call: SendCall, _ count: UInt32) -> Verdict? {
    guard isCapped(call, count) else { return nil }
    return Verdict(
      outcome: .capped, cause: .cap, at: Int(count), certainty: .observed, source: .count,
      why: "one call takes at most \(SendArguments.maximumEntries) messages of the \(call.asked)",
      asked: call.asked)
  }

  private static func completeCall(_ call: SendCall, _ count: UInt32) -> Verdict? {
    count == call.asked ? Verdict(outcome: .complete, asked: call.asked) : nil
  }

  /// kernel.md §1: with a count returned, the error of the message behind it is thrown away.
  private static func lostError(_ call: SendCall, _ count: UInt32) -> Verdict {
    var verdict = Verdict(
      outcome: .partial, cause: .error, at: Int(count), certainty: .unknown, source: Source.none,
      why: "how many messages were asked for could not be read", asked: call.asked)
    guard call.arguments != nil else { return verdict }
    guard let failed = FailedMessage(call, Int(count)) else {
      verdict.why = "the kernel stopped here and threw its error away"
      return verdict
    }
    let diagnosis = Diagnosis.of(failed)
    if let uncounted = uncountedMessage(failed, unless: diagnosis) { return uncounted }
    verdict.cause = diagnosis.cause
    verdict.errno = diagnosis.errno
    verdict.certainty = diagnosis.certainty
    verdict.source = diagnosis.source
    verdict.why = diagnosis.why
    verdict.candidates = diagnosis.candidates
    return verdict
  }

  static func isCapped(_ call: SendCall, _ count: UInt32) -> Bool {
    call.asked > SendArguments.maximumEntries && count == SendArguments.maximumEntries
  }
}

extension SendCall {
  /// Takes back that tracing cut the call short, where something else is known to have ended it: a
  /// signal may have come to a call that did not wait.
  ///
  /// What was not seen from its entry on keeps the note, which says that too.
  package mutating func dropNotes(disprovedBy verdict: Verdict) {
    let isDisproved =
      switch verdict.cause {
      case .error: verdict.certainty == .certain || verdict.certainty == .observed
      case .cap, .unconsumedMessage, .uncountedSend: true
      case nil, .interrupted, .shortMessage, .callError: false
      }
    guard isDisproved, entryWasSeen else { return }
    notes.removeAll { $0.code == .interruptedBecauseTraced }
  }

  /// `vlen`; 0 where the arguments could not be read.
  var asked: UInt32 { arguments?.vectorLength ?? 0 }
}
