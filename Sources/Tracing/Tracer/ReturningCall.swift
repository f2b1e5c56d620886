import CTracee
import Decoding
import Records

/// A call that a thread returns from at a stop that is none of the call's own: a signal, or the
/// answer to an interrupt of ours.
struct ReturningCall {
  var site: CallSite
  /// As the kernel has it: a count, or a negated errno.
  var result: Int64

  init(site: CallSite, result: Int64) {
    self.site = site
    self.result = result
  }

  /// Nil where the thread is in no call.
  init?(_ call: tracee_returning_call, _ info: CallInfo) {
    guard call.number >= 0 else { return nil }
    let arguments = CallInfo.Arguments(call, architecture: info.architecture)
    site = CallSite(
      architecture: info.architecture, number: UInt64(call.number),
      instructionPointer: info.instructionPointer, stackPointer: info.stackPointer,
      arguments: arguments)
    let isCompat = SystemCallTable.isCompat(architecture: info.architecture)
    result = isCompat ? Int64(Int32(truncatingIfNeeded: call.result)) : call.result
  }
}

extension CallInfo.Arguments {
  /// The registers that calls of an architecture take their arguments from.
  init(_ call: tracee_returning_call, architecture: UInt32) {
    let wide = call.arguments
    let narrow = call.compat_arguments
    if SystemCallTable.isCompat(architecture: architecture) {
      self.init(
        first: UInt64(narrow.0), second: UInt64(narrow.1), third: UInt64(narrow.2),
        fourth: UInt64(narrow.3), fifth: UInt64(narrow.4), sixth: UInt64(narrow.5))
    } else {
      self.init(
        first: wide.0, second: wide.1, third: wide.2, fourth: wide.3, fifth: wide.4,
        sixth: wide.5)
    }
  }
}

extension SystemCallTable {
  /// True for the 32-bit architectures, whose registers hold 32 bits.
  fileprivate static func isCompat(architecture: UInt32) -> Bool {
    switch abi(architecture: architecture) {
    case .i386, .arm: true
    default: false
    }
  }
}
