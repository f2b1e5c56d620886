import Records

/// What one of the kernel's checks says of a message: nothing where the message passes it.
enum Finding {
  /// The message fails here if it gets here: the kernel's code allows nothing else.
  case fails(Errno, String)
  /// It may have failed here.
  case suspects([Suspect])
  /// What decides could not be asked, or was not in the hands of the sender alone: nothing behind
  /// it is certain.
  case undecided
  /// What one check finds of several things, in the order in which the kernel looks at them.
  case inOrder([Finding])

  /// Itself, or what it is made up of, as far as a message can come.
  var parts: [Finding] {
    guard case .inOrder(let findings) = self else { return [self] }
    return findings.flatMap(\.parts)
  }

  /// What two checks find, the one behind the other; nil where the message passes both.
  static func all(_ first: Finding?, _ second: Finding?) -> Finding? {
    guard let first, let second else { return first ?? second }
    return .inOrder([first, second])
  }

  /// The same of another errno.
  func with(_ errno: Errno) -> Finding {
    switch self {
    case .fails(_, let why): return .fails(errno, why)
    case .undecided: return .undecided
    case .inOrder(let findings): return .inOrder(findings.map { $0.with(errno) })
    case .suspects(let suspects):
      return .suspects(
        suspects.map { suspect in
          var suspect = suspect
          suspect.errno = errno
          return suspect
        })
    }
  }

  /// The same, with no more than `most` speaking for it.
  func atMost(_ most: Suspect.Strength) -> Finding {
    switch self {
    case .undecided: return .undecided
    case .inOrder(let findings): return .inOrder(findings.map { $0.atMost(most) })
    case .fails(let errno, let why): return .suspect(errno, most, why)
    case .suspects(let suspects):
      return .suspects(
        suspects.map { suspect in
          var suspect = suspect
          suspect.strength = min(suspect.strength, most)
          return suspect
        })
    }
  }

  /// One suspect.
  static func suspect(
    _ errno: Errno, _ strength: Suspect.Strength, _ why: String,
    cause: Verdict.Cause = .error
  ) -> Finding {
    .suspects([Suspect(errno: errno, strength: strength, why: why, cause: cause)])
  }
}

/// An error that evidence speaks for, and that is not proven.
struct Suspect {
  enum Strength: Comparable {
    /// What would tell could not be asked.
    case unasked
    /// What was seen speaks against it, but it need not have been so for all of the call.
    case momentary
    /// What was seen a moment later speaks against it, and does not rule it out.
    case faint
    /// Nothing speaks against it.
    case possible
    /// Nothing speaks for it either, but nothing else explains the failure.
    case remaining
    /// Something speaks for it, or for another of its kind.
    case favored
    /// Much speaks for it.
    case likely
  }

  var errno: Errno
  var strength: Strength
  var why: String
  /// `.error`, or `.interrupted` for a wait that a signal ended.
  var cause = Verdict.Cause.error
}

/// One of the kernel's checks, as a pure function: kernel.md's tables have a row for each.
typealias Check = @Sendable (FailedMessage) -> Finding?
