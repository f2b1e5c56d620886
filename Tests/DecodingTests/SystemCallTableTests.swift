import Decoding
import Records
import Testing

@Suite struct SystemCallTableTests {
  private static let x86_64: UInt32 = 0xc000_003e
  private static let i386: UInt32 = 0x4000_0003
  private static let aarch64: UInt32 = 0xc000_00b7
  private static let arm: UInt32 = 0x4000_0028
  private static let x32Bit: UInt64 = 0x4000_0000

  @Test(
    arguments: [
      (x86_64, 307, 0, .send(.x86_64, .sendmmsg), "x86_64"),
      (x86_64, 307, 20, .send(.x86_64, .sendmmsg), "whatever the descriptor"),
      (x86_64, x32Bit | 538, 0, .send(.x32, .sendmmsg), "x32 shares the architecture number"),
      (i386, 345, 0, .send(.i386, .sendmmsg), "i386"),
      (i386, 102, 20, .send(.i386, .socketcall), "socketcall's sub-call"),
      (i386, 102, 0x1_0000_0014, .send(.i386, .socketcall), "which the kernel reads as an int"),
      (aarch64, 269, 0, .send(.aarch64, .sendmmsg), "aarch64"),
      (arm, 374, 0, .send(.arm, .sendmmsg), "arm"),

      (x86_64, 15, 0, .signalReturn, "rt_sigreturn"),
      (x86_64, x32Bit | 513, 0, .signalReturn, "x32 has one of its own"),
      (i386, 119, 0, .signalReturn, "sigreturn"),
      (i386, 173, 0, .signalReturn, "rt_sigreturn"),
      (aarch64, 139, 0, .signalReturn, "the generic rt_sigreturn"),
      (arm, 119, 0, .signalReturn, "sigreturn"),
      (arm, 173, 0, .signalReturn, "rt_sigreturn"),

      (x86_64, 102, 20, .other, "getuid"),
      (x86_64, 538, 0, .other, "x32's number without its bit"),
      (x86_64, 513, 0, .other, "the same"),
      (x86_64, x32Bit | 307, 0, .other, "x86_64's number with x32's bit"),
      (x86_64, x32Bit | 15, 0, .other, "the same"),
      (x86_64, 345, 0, .other, "i386's number"),
      (i386, 307, 0, .other, "x86_64's number"),
      (i386, 15, 0, .other, "chmod"),
      (i386, x32Bit | 538, 0, .other, "x32's bit means nothing there"),
      (i386, 102, 16, .other, "socketcall: sendmsg"),
      (i386, 102, 19, .other, "socketcall: recvmmsg"),
      (i386, 102, 0, .other, "socketcall: none"),
      (i386, 102, UInt64.max, .other, "socketcall: nonsense"),
      (aarch64, 307, 0, .other, "x86_64's number"),
      (aarch64, 102, 20, .other, "no socketcall"),
      (arm, 102, 20, .other, "socketcall is not in the EABI"),
      (arm, 345, 0, .other, "i386's number"),
      (x86_64, UInt64.max, 0, .other, "-1: a call that another tracer skipped"),
      (0xc000_00f3, 269, 0, .other, "riscv64, which no table knows"),
      (0, 307, 0, .other, "no architecture"),
    ] as [(UInt32, UInt64, UInt64, SystemCallTable.Meaning, Comment)])
  func meanings(
    architecture: UInt32, number: UInt64, firstArgument: UInt64,
    meaning: SystemCallTable.Meaning, reason: Comment
  ) {
    let found = SystemCallTable.meaning(
      architecture: architecture, number: number, firstArgument: firstArgument)
    #expect(found == meaning, reason)
  }

  @Test(
    arguments: [
      (x86_64, .x86_64), (i386, .i386), (aarch64, .aarch64), (arm, .arm), (0xc000_00f3, nil),
      (0x4000_003e, nil), (0, nil), (UInt32.max, nil),
    ] as [(UInt32, ABI?)])
  func architectures(number: UInt32, abi: ABI?) {
    #expect(SystemCallTable.abi(architecture: number) == abi)
  }

  /// Of all numbers that an ABI gives out, one or two send: nothing else is taken for a send.
  @Test func nothingElseSends() {
    let bits: [UInt64] = [0, Self.x32Bit]
    var sends: [ABI: Int] = [:]
    var returns = 0
    for architecture in [Self.x86_64, Self.i386, Self.aarch64, Self.arm] {
      for number in bits.flatMap({ bit in (0...2000).map { bit | $0 } }) {
        switch SystemCallTable.meaning(
          architecture: architecture, number: number, firstArgument: 20)
        {
        case .send(let abi, _): sends[abi, default: 0] += 1
        case .signalReturn: returns += 1
        case .other: break
        }
      }
    }
    #expect(sends == [.x86_64: 1, .x32: 1, .i386: 2, .aarch64: 1, .arm: 1])
    #expect(returns == 7)
  }

  @Test(
    arguments: [
      (x86_64, 232, 3, 0xffff_ffff, .forever, "epoll_wait with -1"),
      (x86_64, 232, 3, 0, .milliseconds(0), "epoll_wait that does not wait"),
      (x86_64, 281, 3, 1000, .milliseconds(1000), "epoll_pwait with a timeout"),
      (i386, 256, 3, 0xffff_ffff, .forever, "epoll_wait of i386"),
      (x86_64, 441, 3, 0, .forever, "epoll_pwait2 without a timespec"),
      (i386, 441, 3, 0x7000, .timespec(at: 0x7000, wordSize: 8), "epoll_pwait2 of i386 is new"),
      (x86_64, 65, 3, 1, .forever, "semop"),
      (x86_64, 220, 3, 0x7000, .timespec(at: 0x7000, wordSize: 8), "semtimedop with one"),
      (i386, 117, 0, 1, .forever, "ipc's SEMOP"),
      (i386, 117, 0, 0x1_0001, .forever, "ipc's SEMOP, of another version"),
      (i386, 117, 0, 4, .timespec(at: 8, wordSize: 4), "ipc's SEMTIMEDOP with a timespec"),
      (i386, 117, 0, 12, nil, "ipc's MSGRCV"),
      (x86_64, 128, 2, 0, .forever, "sigwaitinfo"),
      (i386, 177, 2, 0x7000, .timespec(at: 0x7000, wordSize: 4), "sigtimedwait of i386"),
      (x86_64, 208, 4, 0x7000, .timespec(at: 0x7000, wordSize: 8), "io_getevents with one"),
      (x86_64, 426, 3, 9, nil, "io_uring_enter with IORING_ENTER_EXT_ARG"),
      (x86_64, 426, 3, 1, .forever, "io_uring_enter without"),
      (x86_64, 45, 3, 0, .socket(3, .receiving), "recvfrom: SO_RCVTIMEO"),
      (x86_64, 45, 3, 0x100, .socket(3, .receivingAll), "recvfrom with MSG_WAITALL"),
      (x86_64, 46, 0, 0xffff_ffff, .socket(-1, .sending), "sendmsg: SO_SNDTIMEO"),
      (i386, 102, 0, 10, .socketcall(at: 1, .receiving), "socketcall's SYS_RECV"),
      (i386, 102, 0, 3, nil, "socketcall's SYS_CONNECT"),
      (x86_64, 202, 3, 0, nil, "futex, which the kernel restarts"),
      (0xc000_00b7, 22, 3, 0xffff_ffff, nil, "an architecture whose calls are not made again"),
    ] as [(UInt32, UInt64, Int, UInt64, WaitLimit?, Comment)])
  func limitsOfWaits(
    architecture: UInt32, number: UInt64, index: Int, value: UInt64, expected: WaitLimit?,
    why: Comment
  ) {
    var arguments: [UInt64] = [3, 1, 1, 1, 1, 8]
    arguments[index] = value
    let limit = SystemCallTable.waitLimit(
      architecture: architecture, number: number, argument: { arguments[$0] })
    #expect(limit == expected, why)
  }

  @Test(
    arguments: [
      (232, .milliseconds(7), 0, "epoll_wait: no event"),
      (441, .timespec(at: 1, wordSize: 8), 0, "epoll_pwait2: no event"),
      (208, .timespec(at: 1, wordSize: 8), 0, "io_getevents: none"),
      (220, .timespec(at: 1, wordSize: 8), -11, "semtimedop: EAGAIN"),
      (117, .timespec(at: 1, wordSize: 4), -11, "the same by ipc"),
      (128, .timespec(at: 1, wordSize: 8), -11, "sigtimedwait: EAGAIN"),
      (45, .socket(3, .receiving), -11, "recv: EAGAIN"),
    ] as [(UInt64, WaitLimit, Int64, Comment)])
  func resultsOfTimeouts(number: UInt64, limit: WaitLimit, result: Int64, why: Comment) {
    #expect(SystemCallTable.resultOfTimeout(limit, number: number) == result, why)
  }

  @Test(
    arguments: [
      (x86_64, 203, .set, "x86_64"), (x86_64, 204, .get, "x86_64"),
      (x86_64, x32Bit | 203, .set, "x32"), (x86_64, x32Bit | 204, .get, "x32"),
      (i386, 241, .set, "i386"), (i386, 242, .get, "i386"), (i386, 203, nil, "setreuid32"),
      (i386, 204, nil, "setregid32"), (x86_64, 241, nil, "mq_unlink"),
      (x86_64, 242, nil, "mq_timedsend"), (aarch64, 122, .set, "aarch64"),
      (aarch64, 123, .get, "aarch64"), (arm, 241, .set, "arm"), (arm, 242, .get, "arm"),
      (0, 203, nil, "no architecture"),
    ] as [(UInt32, UInt64, SystemCallTable.AffinityCall?, Comment)])
  func callsAboutAffinity(
    architecture: UInt32, number: UInt64, call: SystemCallTable.AffinityCall?, reason: Comment
  ) {
    #expect(
      SystemCallTable.affinityCall(architecture: architecture, number: number) == call, reason)
  }

  @Test(
    arguments: [
      (x86_64, 65, true, "semop"), (x86_64, 69, true, "msgsnd"), (x86_64, 70, true, "msgrcv"),
      (x86_64, 220, true, "semtimedop"), (x86_64, x32Bit | 70, true, "x32's are the same"),
      (x86_64, 68, false, "msgget"), (x86_64, 71, false, "msgctl"), (x86_64, 400, false, "none"),
      (i386, 400, true, "msgsnd"), (i386, 401, true, "msgrcv"),
      (i386, 420, true, "semtimedop_time64"), (i386, 117, false, "ipc"),
      (i386, 70, false, "setreuid"),
      (0, 70, false, "no architecture"),
    ] as [(UInt32, UInt64, Bool, Comment)])
  func callsOnWhatCanBeRemoved(
    architecture: UInt32, number: UInt64, isOne: Bool, reason: Comment
  ) {
    #expect(
      SystemCallTable.waitsOnRemovable(architecture: architecture, number: number) == isOne, reason)
  }

  @Test(
    arguments: [
      (0xc000_003e, 425, true, true, "io_uring_setup"),
      (0xc000_003e, 426, false, true, "io_uring_enter"),
      (0xc000_003e, 427, false, true, "io_uring_register"),
      (0x4000_0003, 427, false, true, "io_uring_register of i386"),
      (0xc000_003e, 0x4000_0000 | 426, false, true, "io_uring_enter of x32"),
      (0xc000_003e, 424, false, false, "pidfd_send_signal"),
      (0xc000_003e, 428, false, false, "open_tree"),
      (0xc000_003e, 0, false, false, "read"),
    ] as [(UInt32, UInt64, Bool, Bool, Comment)])
  func rings(architecture: UInt32, number: UInt64, makes: Bool, uses: Bool, reason: Comment) {
    #expect(
      SystemCallTable.makesRing(architecture: architecture, number: number) == makes, reason)
    #expect(SystemCallTable.usesRing(architecture: architecture, number: number) == uses, reason)
  }
}
