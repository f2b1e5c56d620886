import CTracee
import Decoding
import Records

/// A call that a thread returns from at a stop that is none of the call's own: the answer to an
/// interrupt of ours.
struct ReturningCall {
  var site: CallSite
  /// As the kernel has it: a count, or a negated errno.
  var result: Int64

  /// Nil where the thread is in no call.
  init?(_ call: tracee_returning_call, _ info: CallInfo) {
    guard call.number >= 0 else { return nil }
    let abi = SystemCallTable.abi(architecture: info.architecture)
    let isCompat = abi == .i386 || abi == .arm
    let wide = call.arguments
    let narrow = call.compat_arguments
    let arguments =
      isCompat
      ? CallInfo.Arguments(
        first: UInt64(narrow.0), second: UInt64(narrow.1), third: UInt64(narrow.2),
        fourth: UInt64(narrow.3), fifth: UInt64(narrow.4), sixth: UInt64(narrow.5))
      : CallInfo.Arguments(
        first: wide.0, second: wide.1, third: wide.2, fourth: wide.3, fifth: wide.4,
        sixth: wide.5)
    site = CallSite(
      architecture: info.architecture, number: UInt64(call.number),
      instructionPointer: info.instructionPointer, stackPointer: info.stackPointer,
      arguments: arguments)
    result = isCompat ? Int64(Int32(truncatingIfNeeded: call.result)) : call.result
  }
}
