import Records
import Testing

@testable import Analysis

/// What a shape is made of, and what it leaves out.
struct TraceShapeTests {
  private static func shape(_ events: [TraceEvent]) -> TraceShape {
    var shape = TraceShape()
    for event in events { shape.add(event) }
    return shape
  }

  private static func call(
    pid: Int32 = 10, sequence: UInt64 = 1, port: UInt16 = 53, inode: UInt64 = 7, fd: Int32 = 3,
    comm: String = "app", result: CallResult = .returned(1)
  ) -> TraceEvent {
    var call = SendCall.sketch(vlen: 1, bytes: [4], taken: [4], result)
    call.sequence = sequence
    call.pid = pid
    call.tid = pid
    call.comm = comm
    call.time = sequence * 1000
    call.arguments?.fd = fd
    call.socket?.inode = inode
    call.messages[0].name = SocketAddress(
      family: .inet, form: .inet(address: 0x7f00_0001, port: port), raw: nil)
    return .call(call, Verdict.of(call))
  }

  private static func process(
    _ kind: ProcessEvent.Kind, _ pid: Int32, comm: String? = nil, parent: Int32? = nil,
    code: Int32? = nil
  ) -> TraceEvent {
    .process(
      ProcessEvent(
        time: 0, kind: kind, pid: pid, tid: pid, parent: parent, comm: comm, code: code))
  }

  private static func differences(
    _ base: [TraceEvent], _ new: [TraceEvent], tolerance: UInt64 = 0
  ) -> [String] {
    ShapeComparison(
      shape(base), shape(new), tolerance: ShapeTolerance(basisPoints: tolerance)
    ).differences.map { "\($0.trait.program) \($0.trait.kind) \($0.base) \($0.new)" }
  }

  @Test func chanceIsLeftOut() {
    let base = [Self.call(port: 40000)]
    let new = [Self.call(pid: 99, sequence: 50, port: 50000, inode: 9, fd: 12)]
    #expect(Self.differences(base, base) == [])
    #expect(Self.differences(base, new) == [])
    #expect(Self.differences(base, [Self.call(port: 53)]).count == 2)
  }

  /// A machine may choose from elsewhere, and says so; whichever of the two it is.
  @Test func machinesChooseFromTheirOwnRanges() {
    let start = { (ports: ClosedRange<UInt16>?) -> TraceEvent in
      .start(
        TraceStart(
          version: "", time: 0, command: [], pids: [], kernel: "", stops: .seccomp, sees: [],
          blindTo: [], localPorts: ports))
    }
    let run = { (ports: ClosedRange<UInt16>?, port: UInt16) in
      [start(ports), Self.call(port: port)]
    }
    #expect(Self.differences(run(20000...30000, 20001), run(20000...30000, 29999)) == [])
    #expect(Self.differences(run(20000...30000, 20001), run(nil, 40000)) == [])
    #expect(Self.differences(run(nil, 25000), run(20000...30000, 25000)) == [])
    #expect(Self.differences(run(20000...30000, 40000), run(20000...30000, 50000)) == [])
    // What no machine chooses has a name.
    #expect(Self.differences(run(20000...30000, 19999), run(20000...30000, 20000)).count == 2)
    #expect(Self.differences(run(20000...30000, 30001), run(20000...30000, 30002)).count == 2)
    #expect(Self.differences(run(nil, 20001), run(nil, 29999)).count == 2)
    // A range that is told late holds for what was before.
    let late = [Self.call(port: 20001), start(20000...30000)]
    #expect(Self.differences(late, run(nil, 40000)) == [])
  }

  @Test(
    arguments: [
      ([20000...30000], 20000, 30000, 30001), ([1...2, 30000...40000], 30000, 32767, 29999),
      ([10...20, 15...30, 5...9], 5, 30, 4), ([49152...65535], 32768, 65535, 32767),
    ] as [([ClosedRange<UInt16>], UInt16, UInt16, UInt16)])
  func rangesAreJoined(_ ranges: [ClosedRange<UInt16>], _ one: UInt16, _ two: UInt16, not: UInt16) {
    var (ports, other) = (ChosenPorts(), ChosenPorts())
    for range in ranges { ports.insert(range) }
    for range in ranges.reversed() { other.insert(range) }
    #expect(ports == other.union(ports))
    #expect(ports.contains(one) && ports.contains(two) && !ports.contains(not))
  }

  @Test func threadsOfAPoolAreOneProgram() {
    let run = { (thread: String) in
      [
        Self.process(.started, 10, comm: "dig"), Self.process(.forked, 11, parent: 10),
        Self.call(pid: 10, comm: thread), Self.call(pid: 11, comm: thread),
        Self.process(.exited, 11, code: 0), Self.process(.exited, 10, code: 0),
      ]
    }
    #expect(Self.differences(run("loop-1"), run("loop-2")) == [])
    #expect(!Self.differences(run("loop-1"), Array(run("loop-1").dropLast())).isEmpty)
  }

  @Test func whatTheKernelChoosesHasNoName() {
    let names: [(UnixName, UnixName)] = [
      (.abstract(Array("0002f".utf8)), .abstract([])),
      (.abstract(Array("/tmp/bus".utf8)), .abstract(Array("/tmp/bus".utf8))),
      (.path(Array("0002f".utf8)), .path(Array("0002f".utf8))), (.unnamed, .unnamed),
    ]
    for (name, expected) in names {
      let address = SocketAddress(family: .unix, form: .unix(name), raw: [1])
      #expect(address.withoutChance(ChosenPorts()).form == .unix(expected))
    }
  }

  @Test func outcomesAndFollowUpsCount() {
    let base = [Self.call()]
    let failed = [Self.call(result: .failed(.again))]
    #expect(Self.differences(base, failed).contains { $0.contains("cause") })
    let followUp = TraceEvent.followUp(
      FollowUp(of: 1, by: nil, how: .abandoned, messages: [0], why: ""))
    let found = Self.differences(failed, failed + [followUp])
    #expect(found.count == 1 && found[0].hasPrefix("app"))
  }

  /// In the time that a run took, some could be told of and others could not.
  @Test(
    arguments: [
      ([(.abandoned, 5)], [(.abandoned, 4), (.unknown, 1)], 0),
      ([(.abandoned, 5), (.unknown, 2)], [(.abandoned, 3), (.resumed, 4)], 2),
      ([(.abandoned, 5), (.unknown, 2)], [(.abandoned, 3), (.resumed, 2)], 1),
      ([(.abandoned, 5), (.unknown, 2)], [(.abandoned, 6), (.skipped, 1)], 0),
      ([(.unknown, 7)], [(.unknown, 3)], 0),
      ([(.resentAll, 1), (.unknown, 9)], [(.resentAll, 2), (.unknown, 9)], 1),
    ] as [([(FollowUp.How, Int)], [(FollowUp.How, Int)], Int)])
  func unknownFates(_ base: [(FollowUp.How, Int)], _ new: [(FollowUp.How, Int)], count: Int) {
    func run(_ followUps: [(FollowUp.How, Int)]) -> [TraceEvent] {
      [Self.call(result: .failed(.again))]
        + followUps.map { how, number in
          .followUp(FollowUp(of: 1, by: nil, how: how, messages: Array(0..<number), why: ""))
        }
    }
    #expect(Self.differences(run(base), run(new)).count == count)
    #expect(Self.differences(run(new), run(base)).count == count)
  }

  /// Of one run all calls that send were looked at, of the other sendmmsg alone: what another call
  /// may have sent is left out, and what cannot be explained by that differs.
  @Test(
    arguments: [
      ([(.resumed, 5)], [(.abandoned, 5)], 0, true),
      ([(.resumed, 3), (.abandoned, 2)], [(.abandoned, 5)], 0, true),
      ([(.abandoned, 5)], [(.abandoned, 5)], 0, false),
      // More was sent by sendmmsg alone than by all calls, and more left out than that left.
      ([(.abandoned, 5)], [(.resumed, 5)], 2, false),
      ([(.abandoned, 5)], [(.skipped, 4), (.resumed, 1)], 2, true),
      ([(.resentAll, 2), (.resumed, 3)], [(.abandoned, 3)], 0, true),
      ([(.resumed, 3)], [(.resentAll, 2), (.resumed, 3)], 1, false),
      ([(.unknown, 5)], [(.abandoned, 5)], 0, false),
    ] as [([(FollowUp.How, Int)], [(FollowUp.How, Int)], Int, Bool)])
  func onlyOneSawOtherSends(
    _ watched: [(FollowUp.How, Int)], _ blind: [(FollowUp.How, Int)], count: Int, isLeftOut: Bool
  ) {
    func run(_ followUps: [(FollowUp.How, Int)], sees: [String]) -> TraceShape {
      let start = TraceStart(
        version: "", time: 0, command: nil, pids: [], kernel: "", stops: .seccomp, sees: sees,
        blindTo: [])
      return Self.shape(
        [.start(start), Self.call(result: .failed(.again))]
          + followUps.map { how, number in
            .followUp(FollowUp(of: 1, by: nil, how: how, messages: Array(0..<number), why: ""))
          })
    }
    let seeing = run(watched, sees: ["sendmmsg", "sendto"])
    let other = run(blind, sees: ["sendmmsg"])
    for (base, new, side) in [
      (seeing, other, ShapeComparison.Run.new), (other, seeing, .base),
    ] {
      let found = ShapeComparison(base, new, tolerance: .none)
      #expect(found.differences.count == count && found.blindRun == (isLeftOut ? side : nil))
    }
    // Among themselves they are compared as ever.
    let alike = ShapeComparison(other, run(watched, sees: ["sendmmsg"]), tolerance: .none)
    #expect(alike.blindRun == nil)
  }

  @Test(
    arguments: [
      (100, 110, 1000 as UInt64, true), (100, 111, 1000, false), (100, 90, 1000, true),
      (100, 89, 1000, false), (0, 1, 1_000_000, false), (1, 0, 1_000_000, false), (5, 5, 0, true),
      (5, 6, 0, false), (UInt64.max, UInt64.max - 1, 1, true), (UInt64.max, 1, 9999, false),
    ] as [(UInt64, UInt64, UInt64, Bool)])
  func tolerance(base: UInt64, new: UInt64, basisPoints: UInt64, isCovered: Bool) {
    let difference = ShapeDifference(
      trait: ShapeTrait(program: "", kind: .calls), base: base, new: new)
    #expect(ShapeTolerance(basisPoints: basisPoints).covers(difference) == isCovered)
  }
}
