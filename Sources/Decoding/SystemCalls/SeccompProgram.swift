/// A seccomp filter, run over a call as the kernel runs it (seccomp(2), Documentation/networking/
/// filter.rst: classic BPF with 32-bit loads of `struct seccomp_data`).
package struct SeccompProgram: Sendable {
  /// One instruction (`struct sock_filter`).
  package struct Instruction: Hashable, Sendable {
    package var code: UInt16
    package var jumpTrue: UInt8
    package var jumpFalse: UInt8
    package var operand: UInt32

    package init(code: UInt16, jumpTrue: UInt8, jumpFalse: UInt8, operand: UInt32) {
      self.code = code
      self.jumpTrue = jumpTrue
      self.jumpFalse = jumpFalse
      self.operand = operand
    }
  }

  /// What a filter is shown of a call.
  ///
  ///     struct seccomp_data   nr 0:4, arch 4:4, instruction_pointer 8:8, args 16:6×8
  package struct Call: Sendable {
    private var words: [UInt32]

    package init(
      number: UInt64, architecture: UInt32, instructionPointer: UInt64, arguments: [UInt64]
    ) {
      words = [UInt32(truncatingIfNeeded: number), architecture]
      for value in [instructionPointer] + arguments {
        words.append(UInt32(truncatingIfNeeded: value))
        words.append(UInt32(truncatingIfNeeded: value >> 32))
      }
    }

    fileprivate static let size: UInt32 = 64

    fileprivate func word(at offset: UInt32) -> UInt32? {
      let index = Int(offset / 4)
      return offset % 4 == 0 && index < words.count ? words[index] : nil
    }
  }

  private let instructions: [Instruction]

  package init(_ instructions: [Instruction]) { self.instructions = instructions }

  /// What the filter returns for the call: SECCOMP_RET_* with its data; nil where it is no program
  /// that the kernel would have taken.
  package func run(_ call: Call) -> UInt32? {
    var accumulator: UInt32 = 0
    var index: UInt32 = 0
    var scratch = [UInt32](repeating: 0, count: 16)
    var next = 0
    // Jumps lead forwards only, so that every program ends.
    while instructions.indices.contains(next) {
      let instruction = instructions[next]
      let operand = instruction.operand
      next += 1
      switch instruction.code {
      case 0x20:  // ld [k]
        guard let word = call.word(at: operand) else { return nil }
        accumulator = word
      case 0x80: accumulator = Call.size  // ld len
      case 0x81: index = Call.size  // ldx len
      case 0x00: accumulator = operand  // ld #k
      case 0x01: index = operand  // ldx #k
      case 0x60: accumulator = scratch[Int(operand % 16)]  // ld M[k]
      case 0x61: index = scratch[Int(operand % 16)]  // ldx M[k]
      case 0x02: scratch[Int(operand % 16)] = accumulator  // st M[k]
      case 0x03: scratch[Int(operand % 16)] = index  // stx M[k]
      case 0x07: index = accumulator  // tax
      case 0x87: accumulator = index  // txa
      case 0x06: return operand  // ret #k
      case 0x16: return accumulator  // ret a
      case 0x05: next += Int(operand)  // ja
      case 0x15, 0x25, 0x35, 0x45, 0x1d, 0x2d, 0x3d, 0x4d:
        let other = instruction.code & 0x08 == 0 ? operand : index
        let jumps = Self.compare(instruction.code & 0xf0, accumulator, other)
        next += Int(jumps ? instruction.jumpTrue : instruction.jumpFalse)
      case 0x84: accumulator = 0 &- accumulator  // neg
      default:
        guard instruction.code & 0x07 == 0x04 else { return nil }
        let other = instruction.code & 0x08 == 0 ? operand : index
        guard let value = Self.compute(instruction.code & 0xf0, accumulator, other) else {
          return nil
        }
        accumulator = value
      }
    }
    return nil
  }

  private static func compare(_ operation: UInt16, _ left: UInt32, _ right: UInt32) -> Bool {
    switch operation {
    case 0x10: left == right
    case 0x20: left > right
    case 0x30: left >= right
    default: left & right != 0
    }
  }

  private static func compute(_ operation: UInt16, _ left: UInt32, _ right: UInt32) -> UInt32? {
    switch operation {
    case 0x00: left &+ right
    case 0x10: left &- right
    case 0x20: left &* right
    // The kernel ends a program that divides by zero with 0, which is SECCOMP_RET_KILL_THREAD.
    case 0x30: right == 0 ? nil : left / right
    case 0x40: left | right
    case 0x50: left & right
    // By the lowest five bits (`___bpf_prog_run`).
    case 0x60: left &<< right
    case 0x70: left &>> right
    case 0xa0: left ^ right
    default: nil
    }
  }

  /// What several filters together do: the action that the kernel ranks first, of the newest
  /// filter that returns it (kernel/seccomp.c, `seccomp_run_filters`). `programs` newest first.
  package static func decide(_ programs: [SeccompProgram], _ call: Call) -> UInt32? {
    var decision: UInt32?
    for program in programs {
      guard let result = program.run(call) else { return nil }
      let rank = Int32(bitPattern: result & 0xffff_0000)
      if let current = decision, rank >= Int32(bitPattern: current & 0xffff_0000) { continue }
      decision = result
    }
    return decision
  }

  /// The errno that a decision makes a call fail with; nil where it does not.
  package static func errno(of decision: UInt32) -> UInt32? {
    decision & 0xffff_0000 == 0x0005_0000 ? min(decision & 0xffff, 4095) : nil
  }
}
