import Records
import Testing

@testable import Analysis

/// Losses that a later record takes back, held to limits.
@Suite struct TakenBackTests {
  private static func call(_ number: UInt64) -> TraceEvent {
    let call = PolicyEvaluatorTests.call([7, 8, 7, 8], sent: 1, number: number)
    return .call(call, Verdict.of(call))
  }

  private static func followUp(
    _ of: UInt64, _ how: FollowUp.How, _ messages: [Int], isFinal: Bool = false,
    revises: FollowUp.How? = nil
  ) -> TraceEvent {
    var followUp = FollowUp(
      of: of, by: nil, how: how, messages: messages, why: "so it was", isFinal: isFinal)
    followUp.revises = revises
    return .followUp(followUp)
  }

  /// What is found, and of how many messages it is left open.
  private static func fared(
    _ limit: PolicyLimit, to: [String] = [], _ events: [TraceEvent]
  ) throws -> [String] {
    let applied = PolicyRule.Case(programs: [], severity: .error, limits: [limit], demands: [])
    let result = try PolicyEvaluatorTests.evaluate([applied], to: to, events)
    #expect(result.findingCount == UInt64(result.findings.count))
    let open = result.undecided > 0 ? ["open: \(result.undecided)"] : []
    return PolicyEvaluatorTests.texts(result) + open
  }

  private static let none = PolicyLimit(.abandoned, .most, 0)

  @Test func allOfIt() throws {
    let events = [
      Self.call(5), Self.followUp(5, .abandoned, [1, 2, 3]),
      Self.followUp(5, .resumed, [1, 2, 3], isFinal: true, revises: .abandoned),
    ]
    #expect(try Self.fared(Self.none, events).isEmpty)
    #expect(try Self.fared(Self.none, to: ["*:7"], events).isEmpty)
  }

  /// What stays is open, and holds up nothing that is final.
  @Test func aPart() throws {
    let events = [
      Self.call(5), Self.call(6), Self.followUp(5, .abandoned, [1, 2, 3]),
      Self.followUp(6, .skipped, [2], isFinal: true),
      Self.followUp(5, .resumed, [1, 3], isFinal: true, revises: .abandoned),
    ]
    #expect(
      try Self.fared(Self.none, events) == [
        "call 6, message 2: abandoned comes to 1, and at most 0 is allowed: so it was"
      ])
    #expect(try Self.fared(PolicyLimit(.abandoned, .most, 1), events) == ["open: 1"])
    #expect(
      try Self.fared(PolicyLimit(.abandoned, .most, PolicyEvaluatorTests.share(25)), events)
        .isEmpty)
  }

  /// What may have been sent after all leaves a limit open.
  @Test func whatCannotBeTold() throws {
    let applied = PolicyRule.Case(
      programs: [], severity: .error, limits: [Self.none], demands: [])
    let result = try PolicyEvaluatorTests.evaluate(
      [applied],
      [
        Self.call(5), Self.followUp(5, .abandoned, [1, 2]),
        Self.followUp(5, .unknown, [1, 2], isFinal: true, revises: .abandoned),
      ])
    #expect(result.findingCount == 0 && result.undecided == 2)
  }

  /// That no sendmmsg sent it proves nothing where no other system call was looked at.
  @Test func whatAnotherCallMayHaveSent() throws {
    func fared(_ by: UInt64?, _ more: [TraceEvent] = []) throws -> PolicyRuleResult {
      let applied = PolicyRule.Case(
        programs: [], severity: .error, limits: [Self.none], demands: [])
      let lost = FollowUp(
        of: 5, by: by, how: .abandoned, messages: [1, 2], why: "so it was", isOnlySendmmsg: true)
      return try PolicyEvaluatorTests.evaluate([applied], [Self.call(5), .followUp(lost)] + more)
    }
    // Nor does a sendmmsg that has other data.
    for by in [nil, 6] as [UInt64?] {
      let open = try fared(by)
      #expect(open.findingCount == 0 && (open.undecided, open.unproven) == (2, 2))
    }
    var resumed = FollowUp(
      of: 5, by: 7, how: .resumed, messages: [1, 2], why: "so it was", isOnlySendmmsg: true)
    resumed.revises = .abandoned
    let back = try fared(nil, [.followUp(resumed)])
    #expect(back.findingCount == 0 && back.undecided == 0)
  }

  /// A batch that is made again on a new socket may be a new attempt: the first one's rest may have
  /// gone out by another system call.
  @Test func whatIsMadeAgainElsewhere() throws {
    func fared(_ inode: UInt64) throws -> PolicyRuleResult {
      let limit = PolicyLimit(.duplicates, .most, 0)
      let applied = PolicyRule.Case(programs: [], severity: .error, limits: [limit], demands: [])
      let calls = [(UInt64(5), UInt64(1)), (6, inode)].map { number, inode in
        var call = PolicyEvaluatorTests.call([7, 8], sent: 1, number: number)
        call.socket = SocketDescription(
          family: .inet, type: .datagram, protocolNumber: 17, inode: inode, nonblocking: true,
          local: nil, peer: nil)
        return TraceEvent.call(call, Verdict.of(call))
      }
      let again = FollowUp(
        of: 5, by: 6, how: .resentAll, messages: [0], why: "so it was", isOnlySendmmsg: true)
      return try PolicyEvaluatorTests.evaluate([applied], calls + [.followUp(again)])
    }
    #expect(try fared(1).findingCount == 1)
    let elsewhere = try fared(2)
    #expect(elsewhere.findingCount == 0 && elsewhere.undecided == 1)
  }

  /// The calls of another trace have the same numbers.
  @Test func anotherTrace() throws {
    let start = TraceEvent.start(
      TraceStart(
        version: "", time: 0, command: nil, pids: [], kernel: "", stops: .seccomp, sees: [],
        blindTo: []))
    let events = [
      start, Self.call(5), Self.followUp(5, .abandoned, [1, 2]), start, Self.call(5),
      Self.followUp(5, .abandoned, [1]),
      Self.followUp(5, .resumed, [1], isFinal: true, revises: .abandoned),
    ]
    #expect(try Self.fared(Self.none, events) == ["open: 2"])
  }

  /// Of however many.
  @Test func moreThanIsKept() throws {
    let numbers = UInt64(1)...2000
    let told = numbers.flatMap { [Self.call($0), Self.followUp($0, .abandoned, [1])] }
    let late = numbers.map {
      Self.followUp($0, .resumed, [1], isFinal: true, revises: .abandoned)
    }
    let share = PolicyLimit(.abandoned, .most, PolicyEvaluatorTests.share(0))
    #expect(try Self.fared(share, told) == ["open: 2000"])
    #expect(try Self.fared(share, told + late).isEmpty)
  }
}
