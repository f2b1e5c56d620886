import CTracee
import Testing

@testable import Tracing

/// The filter's answers, from the program that the kernel would run.
@Suite struct SeccompFilterTests {
  private static let x86_64: UInt32 = 0xc000_003e
  private static let i386: UInt32 = 0x4000_0003
  private static let x32Bit: UInt32 = 0x4000_0000
  private static let allow: UInt32 = 0x7fff_0000
  private static let trace: UInt32 = 0x7ff0_6d6d

  private let machine: FilterMachine

  init() throws {
    machine = FilterMachine(program: try SeccompFilter().instructions)
  }

  #if arch(x86_64)
    @Test(
      arguments: [
        (x86_64, 307, 0, "x86_64"),
        (x86_64, 307, UInt64.max, "whatever the descriptor"),
        (i386, 345, 0, "i386"),
        (i386, 345, 20, "whatever the descriptor"),
        (i386, 102, 20, "socketcall's sub-call"),
        (x86_64, x32Bit | 538, 0, "x32"),
        (x86_64, 323, 0, "userfaultfd"), (x86_64, x32Bit | 323, 0, "x32's"),
        (i386, 374, 0, "i386's userfaultfd"),
      ] as [(UInt32, UInt32, UInt64, Comment)])
    func traced(
      architecture: UInt32, number: UInt32, firstArgument: UInt64, reason: Comment
    ) throws {
      let call = FilteredCall(
        architecture: architecture, number: number, firstArgument: firstArgument)
      #expect(try machine.run(call) == Self.trace, reason)
    }

    @Test(
      arguments: [
        (x86_64, 307, 0, "sendmmsg as ever"), (x86_64, 46, 0, "sendmsg"),
        (x86_64, 44, 0, "sendto"), (x86_64, 1, 0, "write"), (x86_64, 20, 0, "writev"),
        (x86_64, x32Bit | 518, 0, "x32's sendmsg"), (x86_64, x32Bit | 1, 0, "x32's write"),
        (i386, 4, 0, "i386's write"), (i386, 146, 0, "i386's writev"), (i386, 369, 0, "sendto"),
        (i386, 370, 0, "sendmsg"), (i386, 102, 9, "socketcall's send"),
        (i386, 102, 11, "socketcall's sendto"), (i386, 102, 16, "socketcall's sendmsg"),
        (i386, 102, 20, "socketcall's sendmmsg"),
      ] as [(UInt32, UInt32, UInt64, Comment)])
    func watched(
      architecture: UInt32, number: UInt32, firstArgument: UInt64, reason: Comment
    ) throws {
      let call = FilteredCall(
        architecture: architecture, number: number, firstArgument: firstArgument)
      try expectTraced(
        call, by: SeccompFilter(watchesRetries: true), reason, but: (3, "read or close"))
    }

    @Test(
      arguments: [
        (x86_64, 307, 0, "sendmmsg as ever"), (x86_64, 203, 0, "sched_setaffinity"),
        (x86_64, 204, 0, "sched_getaffinity"), (x86_64, x32Bit | 203, 0, "x32's"),
        (x86_64, x32Bit | 204, 0, "x32's"), (i386, 241, 0, "i386's sched_setaffinity"),
        (i386, 242, 0, "i386's sched_getaffinity"),
      ] as [(UInt32, UInt32, UInt64, Comment)])
    func watchedForAffinity(
      architecture: UInt32, number: UInt32, firstArgument: UInt64, reason: Comment
    ) throws {
      let call = FilteredCall(
        architecture: architecture, number: number, firstArgument: firstArgument)
      try expectTraced(
        call, by: SeccompFilter(watchesAffinity: true), reason, but: (1, "write or exit"))
    }

    /// USERFAULTFD_IOC_NEW alone of what an ioctl asks for, by its lower half.
    @Test(
      arguments: [(x86_64, 16), (x86_64, x32Bit | 514), (i386, 54)] as [(UInt32, UInt32)],
      [(0xaa00, true), (0xffff_ffff_0000_aa00, true), (0xaa01, false), (0x5401, false), (0, false)]
        as [(UInt64, Bool)])
    func userfaultsOfTheDevice(
      ioctl: (architecture: UInt32, number: UInt32), request: (value: UInt64, isTraced: Bool)
    ) throws {
      let call = FilteredCall(
        architecture: ioctl.architecture, number: ioctl.number, firstArgument: 3,
        secondArgument: request.value)
      #expect(try machine.run(call) == (request.isTraced ? Self.trace : Self.allow))
    }

    private func expectTraced(
      _ call: FilteredCall, by filter: SeccompFilter, _ reason: Comment,
      but other: (number: UInt32, name: Comment)
    ) throws {
      let machine = FilterMachine(program: filter.instructions)
      #expect(try machine.run(call) == Self.trace, reason)
      let passing = FilteredCall(
        architecture: call.architecture, number: other.number, firstArgument: 0)
      #expect(try machine.run(passing) == Self.allow, other.name)
    }

    @Test(
      arguments: [
        (x86_64, 102, 20, "getuid"),
        (x86_64, 345, 0, "i386's number"),
        (x86_64, 538, 0, "x32's number without its bit"),
        (x86_64, x32Bit | 307, 0, "x86_64's number with x32's bit"),
        (x86_64, x32Bit | 102, 20, "x32 has no socketcall"),
        (x86_64, UInt32.max, 0, "-1: a call that is skipped"),
        (x86_64, x32Bit, 0, "x32's first call"),
        (x86_64, 0x8000_0000 | 307, 0, "another high bit"),
        (i386, 307, 0, "x86_64's number"),
        (i386, x32Bit | 538, 0, "x32's number"),
        (i386, 102, 0, "no sub-call"),
        (i386, 102, 16, "sendmsg"),
        (i386, 102, 19, "recvmmsg"),
        (i386, 102, 21, "no sub-call any more"),
        (i386, 102, 0xffff_ffff, "nonsense"),
        (i386, UInt32.max, 20, "-1: a call that is skipped"),
        (0xc000_00b7, 307, 0, "aarch64, which this machine does not run"),
        (0x4000_003e, x32Bit | 538, 0, "libseccomp's own number for x32, which no kernel gives"),
        (0, 307, 0, "no architecture"),
        (UInt32.max, UInt32.max, UInt64.max, "all bits"),
      ] as [(UInt32, UInt32, UInt64, Comment)])
    func allowed(
      architecture: UInt32, number: UInt32, firstArgument: UInt64, reason: Comment
    ) throws {
      let call = FilteredCall(
        architecture: architecture, number: number, firstArgument: firstArgument)
      #expect(try machine.run(call) == Self.allow, reason)
    }

    /// Every number of every ABI, with first arguments of all sub-calls.
    @Test func nothingElseIsTraced() throws {
      var traced: Set<[UInt64]> = []
      var other: Set<UInt32> = []
      for architecture in [Self.x86_64, Self.i386, 0xc000_00b7, 0x4000_0028, 0] {
        for bit in [0, Self.x32Bit] {
          for number in 0...1000 {
            for argument in 0...UInt64(number == 102 ? 40 : 0) {
              let call = FilteredCall(
                architecture: architecture, number: bit | UInt32(number), firstArgument: argument)
              switch try machine.run(call) {
              case Self.trace: traced.insert([UInt64(architecture), UInt64(call.number), argument])
              case Self.allow: break
              case let action: other.insert(action)
              }
            }
          }
        }
      }
      #expect(
        traced == [
          [UInt64(Self.x86_64), 307, 0], [UInt64(Self.x86_64), UInt64(Self.x32Bit | 538), 0],
          [UInt64(Self.i386), 345, 0], [UInt64(Self.i386), 102, 20],
          [UInt64(Self.x86_64), 323, 0], [UInt64(Self.x86_64), UInt64(Self.x32Bit | 323), 0],
          [UInt64(Self.x86_64), 425, 0], [UInt64(Self.x86_64), UInt64(Self.x32Bit | 425), 0],
          [UInt64(Self.i386), 425, 0],
          [UInt64(Self.i386), 374, 0],
        ])
      #expect(other.isEmpty, "a program must not die of the filter")
    }
  #endif

  /// What the kernel asks of a filter before it loads it (BPF_MAXINSNS, jumps forward and inside).
  @Test func theKernelWouldLoadIt() {
    let program = machine.program
    #expect((2...4096).contains(program.count))
    #expect(program.last?.code == 0x06)
    for (index, instruction) in program.enumerated() where instruction.code & 0x07 == 0x05 {
      let furthest =
        instruction.code == 0x05
        ? Int(instruction.operand) : Int(max(instruction.jump_true, instruction.jump_false))
      #expect(index + 1 + furthest < program.count, "instruction \(index) jumps out")
    }
  }

  @Test func itIsTheSameEachTime() throws {
    let again = try SeccompFilter().instructions
    #expect(again.map(\.operand) == machine.program.map(\.operand))
    #expect(again.map(\.code) == machine.program.map(\.code))
  }
}
