import Records

extension Verdict {
  /// Calls that were refused before any message was looked at (kernel.md §1 A1–A4): nil where
  /// that is not certain.
  static func refusedCall(_ call: SendCall, _ errno: Errno) -> Verdict? {
    guard let why = reasonForRefusal(call, errno) else { return nil }
    return Verdict(
      outcome: .failed, cause: .callError, errno: errno, certainty: .observed,
      source: .returnValue, why: why, asked: call.asked)
  }

  private static func reasonForRefusal(_ call: SendCall, _ errno: Errno) -> String? {
    if call.wasFiltered { return "a seccomp filter of the program's own refused the call" }
    guard let arguments = call.arguments else {
      return errno == .badAddress ? "socketcall's argument block cannot be read" : nil
    }
    switch errno {
    case .invalidArgument where call.abi.refusesCompatFlag && arguments.hasCompatFlag:
      return "MSG_CMSG_COMPAT is refused from a 64-bit call"
    // Sockets have descriptors: without one the error cannot be a message's own.
    case .badDescriptor where call.socket == nil && !call.hasUnreachableDescriptors:
      return "descriptor \(arguments.fd) is not open, or open as a path only (O_PATH)"
    case .notSocket:
      return "descriptor \(arguments.fd) is not a socket"
    case .noSystemCall:
      return "the kernel, or a seccomp filter of the program, does not know the call"
    case _ where arguments.vectorLength == 0:
      return "no message was asked for, so that none was looked at"
    default: return nil
    }
  }
}

extension ABI {
  /// A1: only native entries look at the bit; compat ones set it themselves.
  fileprivate var refusesCompatFlag: Bool { !isCompat }
}

extension SendArguments {
  fileprivate var hasCompatFlag: Bool { flags.contains(.compatControl) }
}

extension SendCall {
  /// True where the descriptor could not be asked, so that "no socket" is not known.
  fileprivate var hasUnreachableDescriptors: Bool {
    notes.contains { [.ownDescriptorTable, .socketUnknown, .unreadableProcess].contains($0.code) }
  }
}
