import Glibc
import Testing

@testable import Tracing

@Suite struct SocketHoldersTests {
  /// Later than any process of this machine has begun.
  private static let late: UInt64 = 1 << 62

  private func holding(_ sockets: Set<UInt64>, isEnding: Bool = false) -> SocketHolders.Holding {
    var holding = SocketHolders.Holding()
    holding.sockets = sockets
    holding.isEnding = isEnding
    return holding
  }

  /// Processes 10, the sender, and 20 at a look at 1,000.
  private func holders(_ other: Set<UInt64>) -> SocketHolders {
    var holders = SocketHolders()
    holders.traced = [10: 1, 20: 2]
    holders.take(
      SocketHolders.Findings(
        living: [10, 20], changed: [10: holding([7]), 20: holding(other)]), at: Self.late + 1_000,
      until: Self.late + 1_000)
    return holders
  }

  private func answer(_ holders: SocketHolders, _ call: ClosedRange<UInt64>) -> Bool? {
    holders.areSeveral(
      of: 7, besides: 10, number: 1, since: Self.late + call.lowerBound,
      until: Self.late + call.upperBound)
  }

  @Test func whoHasItShares() {
    #expect(answer(holders([]), 500...600) == false)
    #expect(answer(holders([7]), 500...600) == true)
  }

  @Test func whoHadItAtTheLookBeforeMayHaveHadIt() {
    var holders = holders([7])
    let dropped = SocketHolders.Findings(living: [10, 20], changed: [20: holding([])])
    holders.take(dropped, at: Self.late + 2_000, until: Self.late + 2_000)
    #expect(answer(holders, 1_500...1_600) == true)
    #expect(answer(holders, 2_100...2_200) == false)
    holders.take(
      SocketHolders.Findings(living: [20]), at: Self.late + 3_000, until: Self.late + 3_000)
    #expect(answer(holders, 2_100...2_200) == false, "the sender's own end is no one else's")
  }

  @Test func whoMayNotBeLookedIntoMayHaveWhatWasInherited() {
    func said(older: Bool, younger: Bool, inherits: Set<UInt64>?) -> Bool? {
      var holders = holders([])
      var found = SocketHolders.Findings(living: [10, 20])
      (found.hidden.hasOlder, found.hidden.hasYounger) = (older, younger)
      holders.inheritance = inherits.map { SocketHolders.Inheritance(sockets: $0, start: 1) }
      holders.take(found, at: Self.late + 2_000, until: Self.late + 2_000)
      return answer(holders, 2_100...2_200)
    }
    #expect(said(older: true, younger: false, inherits: []) == false)
    #expect(said(older: true, younger: false, inherits: [7]) == nil)
    #expect(said(older: true, younger: false, inherits: nil) == nil)
    #expect(said(older: false, younger: true, inherits: []) == nil)
    #expect(said(older: false, younger: false, inherits: [7]) == false)
    #expect(said(older: false, younger: false, inherits: nil) == false)
  }

  @Test func whatALookFindsMayHaveBeenSoFromItsEndOnAlone() {
    var holders = holders([7])
    holders.take(
      SocketHolders.Findings(living: [10, 20], changed: [20: holding([])]),
      at: Self.late + 2_000, until: Self.late + 2_050)
    #expect(answer(holders, 2_010...2_020) == true)
    #expect(answer(holders, 2_060...2_070) == false)
  }

  @Test func whoWasLookedAtByItselfMeanwhileHasWhatWasSeenThen() {
    var (holders, seen) = (holders([]), holding([7]))
    seen.time = Self.late + 2_010
    holders.add(20, seen, at: Self.late + 2_020)
    holders.add(30, seen, at: Self.late + 2_020)
    holders.take(
      SocketHolders.Findings(living: [10, 20], changed: [20: holding([])]),
      at: Self.late + 2_000, until: Self.late + 2_050)
    #expect(holders.holdings[20]?.sockets == [7] && holders.holdings[30]?.sockets == [7])
    #expect(answer(holders, 2_060...2_070) == true)
  }

  @Test func whatAllHaveIsKnownByALookAtAll() {
    var holders = SocketHolders()
    func take(_ found: SocketHolders.Findings, _ time: UInt64) -> [UInt64] {
      holders.take(found, at: Self.late + time, until: Self.late + time + 50)
      return [holders.looksAtAll, holders.allKnownAt &- Self.late]
    }
    #expect(take(.init(isWhole: false), 100)[0] == 1)
    #expect(holders.allKnownAt == 0)
    #expect(take(.init(living: [10], changed: [10: holding([7])]), 1_000) == [2, 1_000])
    #expect(take(.init(living: [10], isOfAll: false), 2_000) == [2, 1_000])
    // Who ran before it is known to have run after a tick.
    #expect(take(.init(living: [10]), 1 << 30) == [3, 1 << 30 - ProcessClock.tick])
  }

  @Test func whoHadEndedBeforeHasDoneNothing() {
    var holders = holders([7])
    holders.take(
      SocketHolders.Findings(living: [10]), at: Self.late + 2_000, until: Self.late + 2_000)
    func answer(without gone: [Int32]) -> Bool? {
      holders.areSeveral(
        of: 7, besides: 10, number: 1, since: Self.late + 1_500, until: Self.late + 1_600,
        without: gone)
    }
    #expect(answer(without: []) == true)
    #expect(answer(without: [20]) == false)
    // The sender has ended, too.
    holders.take(SocketHolders.Findings(), at: Self.late + 3_000, until: Self.late + 3_000)
    #expect(answer(without: []) == true)
    #expect(answer(without: [20]) == false)
  }

  @Test func aChildThatEndedUnseenMayHaveBeenGivenIt() {
    var gone = holders([])
    gone.take(SocketHolders.Findings(living: [10]), at: Self.late + 2_000, until: Self.late + 2_000)
    #expect(answer(gone, 1_500...1_600) == nil)
    #expect(answer(gone, 500...600) == false, "it was looked at behind the call")
    var going = holders([])
    let ending = SocketHolders.Findings(
      living: [10, 20], changed: [20: holding([], isEnding: true)])
    going.take(ending, at: Self.late + 2_000, until: Self.late + 2_000)
    #expect(answer(going, 1_500...1_600) == nil)
  }

  @Test func aLookThatWasCutShortSaysNothing() {
    var holders = SocketHolders()
    #expect(answer(holders, 500...600) == nil)
    holders.take(
      SocketHolders.Findings(living: [10], isWhole: false), at: Self.late + 1_000,
      until: Self.late + 1_000)
    #expect(answer(holders, 500...600) == nil)
  }

  @Test(.timeLimit(.minutes(1))) func descriptorsAreReadFromProc() throws {
    let descriptor = Descriptor(socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
    let inode = try #require(SocketInspector.inode(descriptor.number))
    let found = try #require(SocketHolders.holding(of: getpid(), ringCount: 0, limit: 10_000))
    #expect(found.sockets.contains(inode) && !found.isEnding && !found.hasRing)
    #expect(SocketHolders.holding(of: getpid(), ringCount: 0, limit: 1) == nil)
  }
}
