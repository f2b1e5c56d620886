import CTracee
import Decoding
import Glibc

/// Tells whether a program's own seccomp filter made a call fail.
enum ProgramFilters {
  /// What they did to the call at `site` that failed with `errno`, at whose exit the thread is.
  static func verdict(
    on site: CallSite, errno: Int64, of stop: borrowing Stop
  ) -> CallSnapshot.OwnFilters {
    // 2 is SECCOMP_MODE_FILTER (proc(5)).
    guard ThreadStatus(stop.tid)?.isFiltered == true else { return .passed }
    guard let programs = read(stop) else { return .unreadable }
    let arguments = site.arguments
    let call = SeccompProgram.Call(
      number: site.number, architecture: site.architecture,
      instructionPointer: site.instructionPointer,
      arguments: [
        arguments.first, arguments.second, arguments.third, arguments.fourth, arguments.fifth,
        arguments.sixth,
      ])
    guard let decision = SeccompProgram.decide(programs, call) else { return .unreadable }
    return SeccompProgram.errno(of: decision).map { Int64($0) == errno } == true
      ? .refused : .passed
  }

  /// All filters of the thread, newest first; nil where we may not read them (CAP_SYS_ADMIN).
  private static func read(_ stop: borrowing Stop) -> [SeccompProgram]? {
    var programs: [SeccompProgram] = []
    var buffer = [tracee_filter_instruction](
      repeating: tracee_filter_instruction(), count: maximumInstructions)
    while programs.count < maximumFilters {
      let count = stop.filter(at: programs.count, into: &buffer)
      if count == -ENOENT { return programs }
      guard count > 0, count <= buffer.count else { return nil }
      programs.append(
        SeccompProgram(
          buffer[..<Int(count)].map {
            SeccompProgram.Instruction(
              code: $0.code, jumpTrue: $0.jump_true, jumpFalse: $0.jump_false,
              operand: $0.operand)
          }))
    }
    return nil
  }

  /// BPF_MAXINSNS.
  private static let maximumInstructions = 4096
  private static let maximumFilters = 1024
}
