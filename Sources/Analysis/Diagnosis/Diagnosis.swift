import Records

/// Why a message failed, as far as it can be told: the kernel's checks, in the kernel's order.
struct Diagnosis {
  var cause = Verdict.Cause.error
  var errno: Errno?
  var certainty: Verdict.Certainty
  var source: Verdict.Source
  var why: String
  var candidates: [Verdict.Candidate] = []
  /// How much speaks for the error; `.remaining` where that is only that nothing else explains the
  /// failure.
  var strength = Suspect.Strength.likely

  /// Diagnoses a message whose error the kernel threw away.
  static func of(_ message: FailedMessage) -> Diagnosis {
    var diagnosis = judged(message)
    // MSG_PROBE may have ended the call behind the message before it, if its socket is of IP.
    if diagnosis.certainty == .certain, message.socket == nil, message.index > 0,
      message.flags.contains(.probe)
    {
      diagnosis.certainty = .likely
      diagnosis.source = .evidence
    }
    return diagnosis
  }

  private static func judged(_ message: FailedMessage) -> Diagnosis {
    var suspects: [Suspect] = []
    var allDecided = true
    var findings = findings(of: message).makeIterator()
    while let finding = findings.next() {
      switch finding {
      case .suspects(let found): suspects += found
      case .undecided: allDecided = false
      case .inOrder: continue
      case .fails(let errno, let why):
        return proven(
          errno, why, behind: suspects, before: IteratorSequence(findings),
          allDecided: allDecided, message)
      }
    }
    return suspected(suspects, allDecided: allDecided, message)
  }

  /// What speaks for a wait, or the refusal to wait, among the checks behind one that a message
  /// cannot pass as it was seen at the end: it may have passed that one, and been made to fail it
  /// while it waited, as by a thread that closes a descriptor which it passes.
  private static func waits(
    among findings: some Sequence<Finding>, _ message: FailedMessage
  ) -> [Suspect] {
    let mayHaveWaited = message.waits != false && message.tookLong
    return findings.flatMap { finding -> [Suspect] in
      guard case .suspects(let found) = finding else { return [] }
      return found.filter {
        ($0.errno == .again || $0.errno == .interrupted)
          && ($0.strength == .likely || mayHaveWaited && $0.strength >= .possible)
      }
    }
  }

  /// What the checks say, one after the other, no further than is asked for.
  private static func findings(of message: FailedMessage) -> some Sequence<Finding> {
    Rules.checks(for: message).lazy.compactMap { $0(message) }.flatMap(\.parts)
  }

  /// A check that the message cannot pass, with the suspects of the checks before it.
  private static func proven(
    _ errno: Errno, _ proof: String, behind suspects: [Suspect],
    before later: some Sequence<Finding>, allDecided: Bool, _ message: FailedMessage
  ) -> Diagnosis {
    var others = suspects.filter { $0.errno != errno }
    // It may be another check's for the same errno: that is proven, the reason is not.
    let earlier = suspects.first { $0.errno == errno }
    let why = earlier.map { "\($0.why); else " + proof } ?? proof
    // Evidence that is as good as a proof speaks for an earlier check.
    if others.contains(where: { $0.strength == .likely }) {
      return suspected(
        suspects + [Suspect(errno: errno, strength: .possible, why: proof)],
        allDecided: allDecided, message)
    }
    // What was read at the entry need not be what the kernel read.
    let isSure = others.isEmpty && allDecided && message.isSurelyUnchanged
    if !isSure {
      let waits = waits(among: later, message).filter { $0.errno != errno }
      if message.passedItsChecks, waits.contains(where: { $0.strength >= .favored }) {
        return suspected(
          others + waits + [Suspect(errno: errno, strength: .possible, why: proof)],
          allDecided: allDecided, message)
      }
      others += waits
    }
    // Of what stands in the error queue it cannot be told whether it waits still, nor of an option of
    // a socket that could not be asked whether it is set, nor what was not read.
    let mayHaveMetError =
      (message.errorQueue == .filled || message.isOfUnaskedSocket)
      && others.contains { $0.strength == .favored }
      || message.message.truncated
    var diagnosis = Diagnosis(
      errno: errno, certainty: isSure ? .certain : mayHaveMetError ? .possible : .likely,
      source: isSure ? .rule : .evidence, why: why)
    diagnosis.candidates = candidates(others)
    return diagnosis
  }

  /// The best suspect: the first of the strongest, since the kernel looks for it first.
  private static func suspected(
    _ suspects: [Suspect], allDecided: Bool, _ message: FailedMessage
  ) -> Diagnosis {
    let strongest = suspects.map(\.strength).max()
    guard let strongest, let best = suspects.first(where: { $0.strength == strongest }),
      // Where not all was looked at, all that is possible is no more than that.
      strongest > .possible || isNamed(best, among: suspects, message)
    else {
      let place =
        message.call.kernelView == .failedBeforeProtocol
        ? "the kernel refused it before the protocol was asked" : "the kernel stopped here"
      var diagnosis = unknown(
        place + " and threw its error away"
          + (message.evidence != nil && !message.isWhollyRead
            ? "; not all of it could be read"
            : message.isOfUnaskedSocket ? "; the socket could not be asked" : ""))
      diagnosis.candidates = candidates(suspects)
      return diagnosis
    }
    var others = suspects.filter {
      // Nobody needs what would explain anything, where there is an explanation.
      $0.errno != best.errno && ($0.strength != .momentary || strongest < .likely)
    }
    others.sort { $0.strength > $1.strength }
    var diagnosis = Diagnosis(
      cause: best.cause, errno: best.errno,
      certainty: best.strength.certainty(allDecided: allDecided), source: .evidence, why: best.why)
    diagnosis.strength = best.strength
    diagnosis.candidates = candidates(others)
    return diagnosis
  }

  /// Whether an error that nothing speaks for is named: of a socket that could not be asked itself
  /// where no other is as likely.
  private static func isNamed(
    _ best: Suspect, among suspects: [Suspect], _ message: FailedMessage
  ) -> Bool {
    guard message.isWhollyRead else { return false }
    guard message.isOfUnaskedSocket else { return true }
    return message.state != nil && best.strength == .possible
      && suspects.allSatisfy { $0.strength < .possible || $0.errno == best.errno }
  }

  static func unknown(_ why: String) -> Diagnosis {
    Diagnosis(errno: nil, certainty: .unknown, source: Verdict.Source.none, why: why)
  }

  private static func candidates(_ suspects: [Suspect]) -> [Verdict.Candidate] {
    var seen: Set<Errno> = []
    return suspects.filter { seen.insert($0.errno).inserted }.map {
      // What is left by elimination is not, where something else explains the failure.
      Verdict.Candidate(
        errno: $0.errno, certainty: $0.strength == .likely ? .likely : .possible, why: $0.why)
    }
  }
}

extension Suspect.Strength {
  /// What is left is likely where nothing was left out.
  fileprivate func certainty(allDecided: Bool) -> Verdict.Certainty {
    switch self {
    case .unasked, .momentary, .faint, .possible, .favored: .possible
    case .remaining: allDecided ? .likely : .possible
    case .likely: .likely
    }
  }
}

extension Diagnosis {
  /// Why a message failed with an error that is known: what the checks say of that error; nil
  /// where none of them knows it.
  static func reason(for errno: Errno, _ message: FailedMessage) -> String? {
    suspicion(of: errno, message)?.why
  }

  /// The same for an error that `witness` has shown, which shows no reason: it says what was seen,
  /// where nothing speaks for the reason.
  static func reason(for errno: Errno, shownBy witness: String, _ message: FailedMessage) -> String?
  {
    suspicion(of: errno, message).map { suspect in
      suspect.strength == .likely ? suspect.why : witness + ", and not why: " + suspect.why
    }
  }

  /// True where the message, as it stood all the time, cannot but fail with an error that is known.
  static func proves(_ errno: Errno, _ message: FailedMessage) -> Bool {
    message.isSurelyUnchanged
      && findings(of: message.withoutOutsideState).contains {
        if case .fails(errno, _) = $0 { true } else { false }
      }
  }

  /// What speaks most for an error that is known.
  static func suspicion(of errno: Errno, _ message: FailedMessage) -> Suspect? {
    var best: Suspect?
    for finding in findings(of: message) {
      switch finding {
      case .undecided, .inOrder: continue
      case .fails(let found, let why):
        if found == errno { return Suspect(errno: errno, strength: .likely, why: why) }
        // The kernel did get past it, so that it was not as we see it.
        continue
      case .suspects(let found):
        for suspect in found where suspect.errno == errno {
          if best.map({ suspect.strength > $0.strength }) ?? true { best = suspect }
        }
      }
    }
    return best
  }
}
