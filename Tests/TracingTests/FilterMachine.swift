import CTracee

/// A system call as a seccomp filter sees it (`struct seccomp_data`).
///
///     0 nr u32 | 4 arch u32 | 8 instruction pointer u64 | 16 six arguments u64
struct FilteredCall {
  var architecture: UInt32
  var number: UInt32
  var firstArgument: UInt64 = 0
  var secondArgument: UInt64 = 0

  /// The word at `offset`; nil where the kernel would refuse to load the filter.
  func word(at offset: UInt32) -> UInt32? {
    switch offset {
    case 0: number
    case 4: architecture
    case 16: UInt32(truncatingIfNeeded: firstArgument)
    case 20: UInt32(truncatingIfNeeded: firstArgument >> 32)
    case 24: UInt32(truncatingIfNeeded: secondArgument)
    case 28: UInt32(truncatingIfNeeded: secondArgument >> 32)
    case 8, 12,
      32..<64 where offset % 4 == 0:
      0
    default: nil
    }
  }
}

/// Runs a classic BPF program as the kernel does (Documentation/networking/filter.rst), as far as
/// libseccomp makes use of it.
struct FilterMachine {
  enum Failure: Error {
    /// An instruction that is not known here, or an offset outside of the data.
    case unknown(tracee_filter_instruction)
    /// The program was left without an answer.
    case ranOut
  }

  var program: [tracee_filter_instruction]

  /// The action.
  func run(_ call: FilteredCall) throws(Failure) -> UInt32 {
    var accumulator: UInt32 = 0
    var counter = 0
    while program.indices.contains(counter) {
      let instruction = program[counter]
      let operand = instruction.operand
      counter += 1
      func jump(_ taken: Bool) {
        counter += Int(taken ? instruction.jump_true : instruction.jump_false)
      }
      switch instruction.code {
      case 0x20:  // BPF_LD | BPF_W | BPF_ABS
        guard let word = call.word(at: operand) else { throw .unknown(instruction) }
        accumulator = word
      case 0x54: accumulator &= operand  // BPF_ALU | BPF_AND | BPF_K
      case 0x05: counter += Int(operand)  // BPF_JMP | BPF_JA
      case 0x15: jump(accumulator == operand)  // BPF_JMP | BPF_JEQ | BPF_K
      case 0x25: jump(accumulator > operand)  // BPF_JMP | BPF_JGT | BPF_K
      case 0x35: jump(accumulator >= operand)  // BPF_JMP | BPF_JGE | BPF_K
      case 0x45: jump(accumulator & operand != 0)  // BPF_JMP | BPF_JSET | BPF_K
      case 0x06: return operand  // BPF_RET | BPF_K
      default: throw .unknown(instruction)
      }
    }
    throw .ranOut
  }
}
