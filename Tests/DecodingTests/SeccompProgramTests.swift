import Decoding
import Testing

/// Filters of programs, run as the kernel runs them.
@Suite struct SeccompProgramTests {
  /// `___bpf_prog_run` shifts by the lowest five bits of the operand.
  @Test(arguments: [(0x64, 1, 2), (0x64, 33, 2), (0x64, 32, 1), (0x74, 0, 1), (0x74, 33, 0)])
  func shifts(_ code: Int, _ operand: Int, _ expected: Int) {
    let program = SeccompProgram([
      Self.instruction(0x00, 1), Self.instruction(code, operand), Self.instruction(0x16, 0),
    ])
    let call = SeccompProgram.Call(
      number: 307, architecture: 0, instructionPointer: 0, arguments: [0, 0, 0, 0, 0, 0])
    #expect(program.run(call) == UInt32(expected))
  }

  private static func instruction(_ code: Int, _ operand: Int) -> SeccompProgram.Instruction {
    SeccompProgram.Instruction(
      code: UInt16(code), jumpTrue: 0, jumpFalse: 0, operand: UInt32(operand))
  }
}
