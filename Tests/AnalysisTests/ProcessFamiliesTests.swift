import Testing
import TestSupport

@testable import Analysis

/// Who may know what a process left unsent, and who may have its socket.
@Suite struct ProcessFamiliesTests {
  private enum Step {
    case fork(Int32, by: Int32)
    case exec(Int32)
    case exit(Int32)
  }

  /// What the last one leaves behind: `1 last`, and `heirs` where others may have its socket.
  private static func left(_ steps: [Step], _ families: inout ProcessFamilies) -> [String] {
    var left: [ProcessFamilies.Leaving] = []
    for step in steps {
      switch step {
      case .fork(let pid, let parent): families.fork(pid, by: parent)
      case .exec(let pid): _ = families.exec(pid)
      case .exit(let pid): left = families.leave(pid)
      }
    }
    return left.map {
      "\($0.family)" + ($0.isLast ? " last" : "") + ($0.hasHeirs ? " heirs" : "")
    }
  }

  /// `system("true")`: the shell is another program, and starts one in turn.
  @Test func aShellThatHasEnded() {
    let shell: [Step] = [.fork(2, by: 1), .exec(2), .fork(3, by: 2), .exec(3), .exit(3), .exit(2)]
    for count in 0...2 {
      var families = ProcessFamilies()
      _ = families.family(of: 1)
      for _ in 0..<count { _ = Self.left(shell, &families) }
      #expect(Self.left([.exit(1)], &families) == ["1 last"])
      #expect(families.isEmpty)
    }
  }

  /// While any of them lives it may have the socket, however far it is from who had.
  @Test(
    arguments: [[2, 3, 4], [2, 4, 3], [3, 2, 4], [3, 4, 2], [4, 2, 3], [4, 3, 2]] as [[Int32]])
  func aChainOfPrograms(_ order: [Int32]) {
    let chain: [Step] = [
      .fork(2, by: 1), .exec(2), .fork(3, by: 2), .exec(3), .fork(4, by: 3), .exec(4),
    ]
    var families = ProcessFamilies()
    #expect(Self.left(chain + [.exit(1)], &families) == ["1 last heirs"])
    for (index, pid) in order.enumerated() {
      let left = Self.left([.exit(pid)], &families)
      #expect(left.contains(index < 2 ? "1 last heirs" : "1 last"))
    }
    #expect(families.isEmpty)
  }

  /// A program that goes on in a child of its own over and over.
  @Test func familiesThatNothingIsWaitedForOf() {
    var families = ProcessFamilies()
    _ = families.family(of: 1)
    for pid in Int32(1)...1000 {
      let left = Self.left([.fork(pid + 1, by: pid), .exec(pid + 1), .exit(pid)], &families)
      #expect(left.count == 1)
      families.forget(Int(pid))
    }
    _ = families.leave(1001)
    #expect(families.isEmpty)
  }

  /// Who lives, and what each may know: the program that runs, and those that it came out of.
  private struct Model {
    var programs: [Int32: (own: Int, before: Set<Int>)] = [1: (1, [])]
    var last = 1

    mutating func exec(_ pid: Int32) {
      guard let one = programs[pid], programs.values.count(where: { $0.own == one.own }) > 1
      else { return }
      last += 1
      programs[pid] = (last, one.before.union([one.own]))
    }

    func left(_ gone: (own: Int, before: Set<Int>)) -> (last: Bool, heirs: Bool) {
      (
        !programs.values.contains { $0.own == gone.own },
        programs.values.contains { $0.before.contains(gone.own) }
      )
    }
  }

  @Test func inAnyOrder() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<300 {
      var (families, model, next) = (ProcessFamilies(), Model(), Int32(1))
      _ = families.family(of: 1)
      for step in 0..<60 where !model.programs.isEmpty {
        let pid = model.programs.keys.sorted().randomElement(using: &random) ?? 1
        switch step < 40 ? Int.random(in: 0..<4, using: &random) : 3 {
        case 0, 1:
          next += 1
          model.programs[next] = model.programs[pid]
          families.fork(next, by: pid)
        case 2:
          model.exec(pid)
          _ = families.exec(pid)
        default:
          guard let gone = model.programs.removeValue(forKey: pid) else { continue }
          let left = families.leave(pid)
          let own = left.first { !$0.isHeir }
          let (isLast, hasHeirs) = model.left(gone)
          #expect(own.map { $0.isLast == isLast && $0.hasHeirs == hasHeirs } ?? true)
          #expect(left.count { $0.isHeir } <= gone.before.count)
        }
      }
      for pid in model.programs.keys.sorted().shuffled(using: &random) { _ = families.leave(pid) }
      #expect(families.isEmpty)
    }
  }

  /// Workers of one server, forked before, may know the same messages.
  @Test func thoseOfOneNameThatWereAttachedTo() {
    var families = ProcessFamilies()
    for (pid, comm) in [(1, "server"), (2, "server"), (3, "other"), (4, nil), (5, nil)]
      as [(Int32, String?)]
    {
      families.attach(pid, comm)
    }
    #expect(families.members(of: families.family(of: 1)).sorted() == [1, 2])
    for pid in 3...5 as ClosedRange<Int32> {
      #expect(families.members(of: families.family(of: pid)) == [pid])
    }
    families.leave(1)
    families.leave(2)
    families.attach(6, "server")
    #expect(families.members(of: families.family(of: 6)) == [6])
  }
}
