import CTracee

/// What PTRACE_GET_SYSCALL_INFO says of a stop (ptrace(2); Linux 5.3).
package struct CallInfo: Hashable, Sendable {
  package enum Phase: Hashable, Sendable {
    /// `filterData` is what a filter returned along with its request to be looked at.
    case entry(number: UInt64, arguments: Arguments, filterData: UInt32?)
    /// A negative `returnValue` of an error is the errno.
    case exit(returnValue: Int64)
    /// The thread is not stopped in a system call.
    case none
  }

  /// The argument registers.
  package struct Arguments: Hashable, Sendable {
    package var first: UInt64 = 0
    package var second: UInt64 = 0
    package var third: UInt64 = 0
    package var fourth: UInt64 = 0
    package var fifth: UInt64 = 0
    package var sixth: UInt64 = 0

    /// One of the six, by its place; 0 for any other.
    subscript(_ index: Int) -> UInt64 {
      switch index {
      case 0: first
      case 1: second
      case 2: third
      case 3: fourth
      case 4: fifth
      case 5: sixth
      default: 0
      }
    }
  }

  /// AUDIT_ARCH_*: what the call itself is, whatever the program.
  package var architecture: UInt32
  package var instructionPointer: UInt64
  package var stackPointer: UInt64
  package var phase: Phase

  init(_ info: tracee_syscall_info) {
    architecture = info.arch
    instructionPointer = info.instruction_pointer
    stackPointer = info.stack_pointer
    let arguments = Arguments(
      first: info.arguments.0, second: info.arguments.1, third: info.arguments.2,
      fourth: info.arguments.3, fifth: info.arguments.4, sixth: info.arguments.5)
    switch Int(info.op) {
    case TRACEE_OP_ENTRY:
      phase = .entry(number: info.number, arguments: arguments, filterData: nil)
    case TRACEE_OP_SECCOMP:
      phase = .entry(number: info.number, arguments: arguments, filterData: info.filter_data)
    case TRACEE_OP_EXIT:
      phase = .exit(returnValue: info.return_value)
    default: phase = .none
    }
  }
}
