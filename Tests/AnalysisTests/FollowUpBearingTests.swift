import Records
import Testing

@testable import Analysis

/// What each field of a follow-up record shows of a program that is held to a rule about losses:
/// that it is broken, that it cannot be told, or that all is well.
@Suite struct FollowUpBearingTests {
  struct Row: CustomTestStringConvertible {
    var about: String
    var how: [FollowUp.How]
    /// Nil for both.
    var isFinal: Bool?
    var isOnlySendmmsg: Bool?
    var isElsewhere: Bool?
    var bearing: FollowUp.Bearing

    init(
      _ about: String, _ how: [FollowUp.How], final isFinal: Bool? = nil,
      onlySendmmsg isOnlySendmmsg: Bool? = nil, elsewhere isElsewhere: Bool? = nil,
      _ bearing: FollowUp.Bearing
    ) {
      (self.about, self.how, self.bearing) = (about, how, bearing)
      (self.isFinal, self.isOnlySendmmsg) = (isFinal, isOnlySendmmsg)
      self.isElsewhere = isElsewhere
    }

    var testDescription: String { about }
  }

  private static let losses: [FollowUp.How] = [.skipped, .abandoned, .cappedRest]

  static let rows: [Row] = [
    Row("what went out went out, whatever comes later", [.resumed], .harmless),
    Row("it says so itself", [.unknown], .open(.untold)),
    Row(
      "all that sends was looked at, and nobody is left", losses, final: true, onlySendmmsg: false,
      .lost),
    Row(
      "somebody is left who could send them, or a send could not be compared", losses,
      final: false, onlySendmmsg: false, .open(.soFar)),
    Row(
      "other calls were not looked at, whoever is left", losses, onlySendmmsg: true,
      .open(.unproven)),
    Row(
      "what was sent was sent, whatever comes later", [.resentAll], onlySendmmsg: false, .sentTwice),
    Row(
      "on the same socket, with other calls or without", [.resentAll], onlySendmmsg: true,
      elsewhere: false, .sentTwice),
    Row(
      "on another one what the first had left may have been sent there before", [.resentAll],
      onlySendmmsg: true, elsewhere: true, .open(.unproven)),
  ]

  @Test(arguments: rows)
  func bearing(_ row: Row) {
    for record in Self.records where row.takesIn(record) {
      #expect(record.followUp.bearing(isElsewhere: record.isElsewhere) == row.bearing)
    }
  }

  /// No record is without a row, and none has two.
  @Test func everyRecordHasARow() {
    #expect(Self.records.count == FollowUp.How.allCases.count * 8)
    for record in Self.records {
      #expect(Self.rows.count { $0.takesIn(record) } == 1, "\(record)")
    }
  }

  fileprivate typealias Record = (followUp: FollowUp, isElsewhere: Bool)

  private static let records: [Record] =
    FollowUp.How.allCases.flatMap { how in
      [true, false].flatMap { isFinal in
        [true, false].flatMap { isOnlySendmmsg in
          [true, false].map { isElsewhere in
            (
              FollowUp(
                of: 1, by: nil, how: how, messages: [1], why: "", isOnlySendmmsg: isOnlySendmmsg,
                isFinal: isFinal), isElsewhere
            )
          }
        }
      }
    }

  private static let applied = PolicyRule.Case(
    programs: [], severity: .error,
    limits: [PolicyLimit(.abandoned, .most, 0), PolicyLimit(.duplicates, .most, 0)], demands: [])

  private static func evaluate(_ followUps: [FollowUp]) throws -> PolicyRuleResult {
    let call = PolicyEvaluatorTests.call([7, 7, 7, 7], sent: 1)
    return try PolicyEvaluatorTests.evaluate(
      [applied], [.call(call, Verdict.of(call))] + followUps.map { .followUp($0) })
  }

  /// A record of messages 1 to 3 of call 1, which says that they were not sent so far.
  private static let soFar = FollowUp(
    of: 1, by: 2, how: .abandoned, messages: [1, 2, 3], why: "other data", isFinal: false)

  private static func later(
    _ how: FollowUp.How, _ messages: [Int], revises: FollowUp.How = .abandoned
  ) -> FollowUp {
    var record = FollowUp(of: 1, by: 3, how: how, messages: messages, why: "later")
    record.revises = revises
    return record
  }

  @Test func whatIsNotFinalIsOpen() throws {
    let result = try Self.evaluate([Self.soFar])
    #expect(!result.isBroken && result.isUndecided)
    #expect((result.undecided, result.soFar, result.unproven) == (3, 3, 0))
  }

  @Test func whatIsTakenBackIsNotOpenAnyMore() throws {
    let resumed = try Self.evaluate([Self.soFar, Self.later(.resumed, [1, 2, 3])])
    #expect(!resumed.isBroken && !resumed.isUndecided)
    let inPart = try Self.evaluate([Self.soFar, Self.later(.resumed, [2])])
    #expect(inPart.undecided == 2 && inPart.soFar == 2)
    let unknown = try Self.evaluate([Self.soFar, Self.later(.unknown, [1, 2, 3])])
    #expect((unknown.undecided, unknown.soFar) == (3, 0))
  }

  @Test func whatIsMadeFinalIsBroken() throws {
    let result = try Self.evaluate([Self.soFar, Self.later(.abandoned, [1, 2, 3])])
    #expect(
      PolicyEvaluatorTests.texts(result) == [
        "call 1, message 1: abandoned comes to 3, and at most 0 is allowed: later"
      ])
    #expect(result.undecided == 0)
  }

  /// Of messages that nothing was said of before nothing is taken back: that is another record's.
  @Test func aTraceThatLacksTheEarlierRecord() throws {
    let result = try Self.evaluate([
      Self.later(.resumed, [1, 2]), Self.later(.resumed, [3]), Self.soFar,
    ])
    #expect(result.undecided == 3)
  }

  /// What was not sent once, as far as was seen, was not sent twice.
  @Test func openLossesAreNoDuplicates() throws {
    let call = PolicyEvaluatorTests.call([7, 7, 7, 7], sent: 1)
    let applied = PolicyRule.Case(
      programs: [], severity: .error, limits: [PolicyLimit(.duplicates, .most, 0)], demands: [])
    let result = try PolicyEvaluatorTests.evaluate(
      [applied], [.call(call, Verdict.of(call)), .followUp(Self.soFar)])
    #expect(!result.isBroken && !result.isUndecided)
  }
}

extension FollowUpBearingTests.Row {
  fileprivate func takesIn(_ record: FollowUpBearingTests.Record) -> Bool {
    func fits(_ wanted: Bool?, _ value: Bool) -> Bool { wanted.map { $0 == value } ?? true }
    return how.contains(record.followUp.how) && fits(isFinal, record.followUp.isFinal)
      && fits(isOnlySendmmsg, record.followUp.isOnlySendmmsg)
      && fits(isElsewhere, record.isElsewhere)
  }
}
