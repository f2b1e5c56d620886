import Records
import Testing

@testable import Analysis

/// What helps against a shortfall: nobody is told to offer again what would be refused again.
@Suite struct ShortfallFixTests {
  struct Row: CustomTestStringConvertible {
    var errno: Errno?
    var cause = Verdict.Cause.error
    var certainty = Verdict.Certainty.observed
    var family = AddressFamily.inet
    var type = SocketType.datagram
    var outcome = Verdict.Outcome.failed
    /// What the fix begins with; nil for none.
    var fix: String?

    var testDescription: String { "\(errno?.name ?? "-") \(family.rawValue) \(fix ?? "none")" }
  }

  static let rows: [Row] = [
    Row(errno: .again, fix: "wait until the socket takes more"),
    Row(errno: .messageTooLong, fix: "cut that message"),
    Row(errno: .accessDenied, fix: "set SO_BROADCAST"),
    Row(errno: .accessDenied, family: .unix, fix: "see that the program may write"),
    Row(errno: .invalidArgument, fix: "mend that message"),
    Row(errno: .destinationRequired, fix: "name a destination"),
    Row(errno: .familyNotSupported, fix: "give an address"),
    Row(errno: .brokenPipe, type: .stream, fix: "make a new connection"),
    Row(errno: .noEntry, family: .unix, fix: "see that the receiver has bound"),
    Row(errno: .badAddress, fix: "let all of the message"),
    Row(errno: .networkUnreachable, family: .inet6, fix: "see that there is a way"),
    Row(errno: .connectionRefused, fix: "offer that message again: the error belongs"),
    Row(errno: .connectionRefused, family: .unix, fix: "see that the receiver runs"),
    Row(errno: .connectionRefused, type: .stream, fix: nil),
    Row(errno: .noDevice, fix: nil),
    Row(errno: .badDescriptor, family: .unix, fix: "pass open descriptors"),
    Row(errno: .badDescriptor, cause: .callError, fix: "the descriptor is no open socket"),
    Row(errno: .noSystemCall, cause: .callError, fix: "send by sendmsg"),
    // What is only possible is no ground for advice: the next call says what it is.
    Row(
      errno: .accessDenied, certainty: .possible, outcome: .partial,
      fix: "offer the messages from the returned count on"),
    Row(
      errno: nil, certainty: .unknown, outcome: .partial,
      fix: "offer the messages from the returned count on"),
    Row(errno: .interrupted, cause: .interrupted, fix: "call again"),
    Row(errno: nil, cause: .unconsumedMessage, outcome: .partial, fix: nil),
    Row(errno: nil, cause: .cap, outcome: .capped, fix: "offer at most 1024"),
  ]

  @Test(arguments: rows) func fixes(_ row: Row) {
    let verdict = Verdict(
      outcome: row.outcome, cause: row.cause, errno: row.errno, certainty: row.certainty, asked: 2)
    let socket = SocketDescription(
      family: row.family, type: row.type, protocolNumber: 0, inode: 1, nonblocking: false,
      local: nil, peer: nil)
    let fix = ShortfallFix.of(verdict, on: row.cause == .callError ? nil : socket)
    #expect(row.fix.map { fix?.hasPrefix($0) == true } ?? (fix == nil), "\(fix ?? "none")")
  }

  /// A program that left the message out is not told to leave it out.
  @Test func whatWasLeftOut() {
    for errno in [Errno.messageTooLong, .networkUnreachable] {
      let verdict = Verdict(
        outcome: .partial, cause: .error, errno: errno, certainty: .observed, asked: 2)
      let socket = SocketDescription(
        family: .inet, type: .datagram, protocolNumber: 0, inode: 1, nonblocking: false, local: nil,
        peer: nil)
      let fix = ShortfallFix.of(verdict, on: socket)
      #expect(fix?.contains("leave it out") == true)
      #expect(!ShortfallFix.ofLeftOut(fix).contains("leave it out"))
    }
  }
}
