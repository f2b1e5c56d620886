import Records
import TestSupport
import Testing
import Tracing

@Suite struct WaitStatusTests {
  @Test(
    arguments: [
      (0x0000, .ended(.exited(0)), "exit 0"),
      (0x0100, .ended(.exited(1)), "exit 1"),
      (0x7f00, .ended(.exited(127)), "exit 127 is no stop"),
      (0xff00, .ended(.exited(255)), "the largest status"),
      (0x0001, .ended(.killed(Signal(rawValue: 1))), "SIGHUP"),
      (0x0009, .ended(.killed(Signal(rawValue: 9))), "SIGKILL"),
      (0x008b, .ended(.killed(Signal(rawValue: 11))), "SIGSEGV with a core"),
      (0x0086, .ended(.killed(Signal(rawValue: 6))), "SIGABRT with a core"),
      (0x0005, .ended(.killed(Signal(rawValue: 5))), "SIGTRAP that kills is no stop"),
      (0x0022, .ended(.killed(Signal(rawValue: 34))), "a real-time signal"),
      (0x0040, .ended(.killed(Signal(rawValue: 64))), "the last signal"),
      (0x00c0, .ended(.killed(Signal(rawValue: 64))), "the last signal, with a core"),
    ] as [(Int32, WaitStatus, Comment)])
  func ends(status: Int32, end: WaitStatus, reason: Comment) {
    #expect(WaitStatus(status) == end, reason)
  }

  @Test(
    arguments: [
      (0x0000_857f, .syscall, "SIGTRAP | 0x80: a system call is entered or left"),
      (0x0001_057f, .created, "fork"),
      (0x0002_057f, .created, "vfork"),
      (0x0003_057f, .created, "clone"),
      (0x0004_057f, .exec, "exec"),
      (0x0005_057f, .unknown(0x0005_057f), "PTRACE_EVENT_VFORK_DONE, which is not asked for"),
      (0x0006_057f, .unknown(0x0006_057f), "PTRACE_EVENT_EXIT, which is not asked for"),
      (0x0007_057f, .seccomp, "a filter"),
      (0x0080_057f, .interrupt, "PTRACE_INTERRUPT, or a new thread"),
      (0x0080_137f, .groupStop(Signal(rawValue: 19)), "stopped by SIGSTOP"),
      (0x0080_147f, .groupStop(Signal(rawValue: 20)), "stopped by SIGTSTP"),
      (0x0080_157f, .groupStop(Signal(rawValue: 21)), "stopped by SIGTTIN"),
      (0x0080_167f, .groupStop(Signal(rawValue: 22)), "stopped by SIGTTOU"),
      (0x0000_057f, .signal(Signal(rawValue: 5)), "SIGTRAP itself, from int3 or kill"),
      (0x0000_017f, .signal(Signal(rawValue: 1)), "the first signal"),
      (0x0000_097f, .signal(Signal(rawValue: 9)), "SIGKILL, which never stops, is harmless"),
      (0x0000_127f, .signal(Signal(rawValue: 18)), "SIGCONT"),
      (0x0000_137f, .signal(Signal(rawValue: 19)), "SIGSTOP before it stops anything"),
      (0x0000_167f, .signal(Signal(rawValue: 22)), "SIGTTOU likewise"),
      (0x0000_227f, .signal(Signal(rawValue: 34)), "SIGRTMIN"),
      (0x0000_407f, .signal(Signal(rawValue: 64)), "SIGRTMAX"),
    ] as [(Int32, StopEvent, Comment)])
  func stops(status: Int32, event: StopEvent, reason: Comment) {
    #expect(WaitStatus(status) == .stopped(event), reason)
  }

  @Test(
    arguments: [
      (0x0000_007f, "stopped by signal 0"),
      (0x0000_417f, "signal 65 does not exist"),
      (0x0000_807f, "the mark of a system call without SIGTRAP"),
      (0x0000_937f, "the mark with SIGSTOP"),
      (0x0000_ff7f, "signal 255"),
      (0x0000_ffff, "continued (WCONTINUED), which is never asked for"),
      (0x0080_127f, "a group stop by SIGCONT"),
      (0x0080_177f, "a group stop by SIGURG"),
      (0x0080_007f, "a group stop by nothing"),
      (0x0080_857f, "an interrupt with the mark"),
      (0x0008_057f, "an event of a later kernel"),
      (0x0081_057f, "another"),
      (0x0100_057f, "the group stop's number in another byte"),
      (0x7fff_057f, "the largest event"),
      (-1, "all bits"),
      (Int32.min | 0x057f, "a negative event"),
    ] as [(Int32, Comment)])
  func unknownStops(status: Int32, reason: Comment) {
    #expect(WaitStatus(status) == .stopped(.unknown(status)), reason)
  }

  /// Every one of the 2¹⁶ low halves, under every event and some that are none.
  @Test func noStatusTraps() {
    let events: [Int32] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 127, 128, 129, 0x7fff, -1, -0x8000]
    var ended = 0
    var unknown = 0
    for event in events {
      for low in 0...Int32(0xffff) {
        let status = event << 16 | low
        switch WaitStatus(status) {
        case .ended: ended += 1
        case .stopped(.unknown(let same)):
          unknown += 1
          if same != status { Issue.record("\(status) became \(same)") }
        case .stopped: break
        }
      }
    }
    #expect(ended == events.count * 256 * 2 * 127)
    #expect(unknown > 0)
  }

  @Test func randomStatuses() {
    let seed = SeededGenerator.printedSeed(for: "wait statuses")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<100_000 {
      let status = Int32(truncatingIfNeeded: random.next())
      let isStop = status & 0x7f == 0x7f
      let isRight =
        switch WaitStatus(status) {
        case .ended(.exited(let code)): !isStop && (0...255).contains(code)
        case .ended(.killed(let signal)): !isStop && (1...126).contains(signal.rawValue)
        case .stopped: isStop
        }
      if isRight { continue }
      Issue.record("seed \(seed), status \(status)")
      return
    }
  }
}
