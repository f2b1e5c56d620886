/// What the kernel noted of the message at which a call ended (tracepoint `sock_send_length`).
package enum KernelView: Hashable, Sendable {
  /// The protocol was never asked to send it: it failed in the checks before (kernel.md §2).
  case failedBeforeProtocol
  /// What the protocol's sendmsg returned for it: a length, which nobody counted, or a negated
  /// errno, which the kernel threw away. It may be a code by which the kernel restarts calls.
  case result(Int32)
}

extension SendCall {
  /// What the kernel noted of the first message that was not counted; nil where it was not asked,
  /// and where what it noted does not agree with the call in every point.
  ///
  /// Each counted message must be there with its own `msg_len`; more than one result beyond them,
  /// or fewer results, are not this call's alone.
  package var kernelView: KernelView? {
    guard let results = kernelResults else { return nil }
    let count: Int
    switch result {
    case .returned(let counted): count = Int(counted)
    case .failed(.badAddress): count = 0
    case .failed, .unfinished: return nil
    }
    guard count <= messages.count, results.count == count || results.count == count + 1 else {
      return nil
    }
    for (message, result) in zip(messages, results.prefix(count)) {
      guard let length = message.sentLength, UInt32(exactly: result) == length else { return nil }
    }
    if results.count > count { return .result(results[count]) }
    // Without any result nothing shows that the kernel listened to this thread at all.
    return count > 0 && consumesWhatItCounts ? .failedBeforeProtocol : nil
  }

  /// False where the loop may have ended at a message that was counted, without an error: its data
  /// was not taken, or not in full (kernel.md §1 V2, V3).
  private var consumesWhatItCounts: Bool {
    guard let arguments, let socket, !arguments.flags.contains(.probe) else { return false }
    if case .returned(let count) = result, case let last = Int(count) - 1,
      messages.indices.contains(last),
      messages[last].bytes != messages[last].sentLength.map(UInt64.init)
    {
      return false
    }
    return ![.packet, .xdp].contains(socket.family) && socket.protocolNumber != 132  // SCTP
  }
}
