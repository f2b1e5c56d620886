/// Where a system call was made: with its arguments, what tells a restart from another call.
struct CallSite: Hashable {
  /// AUDIT_ARCH_* and the number in that architecture.
  var architecture: UInt32 = 0
  var number: UInt64 = 0
  var instructionPointer: UInt64 = 0
  var stackPointer: UInt64 = 0
  var arguments = CallInfo.Arguments()
}

extension CallSite {
  /// Of a call that is entered.
  init(_ info: CallInfo, _ number: UInt64, _ arguments: CallInfo.Arguments) {
    self.init(
      architecture: info.architecture, number: number,
      instructionPointer: info.instructionPointer, stackPointer: info.stackPointer,
      arguments: arguments)
  }
}
