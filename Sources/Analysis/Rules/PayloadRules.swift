import Records

/// The copy of the payload, which only the protocol makes (kernel.md §2.1, "data pages").
enum PayloadRules {
  @Sendable static func unreadable(_ failed: FailedMessage) -> Finding? {
    guard case .fault(let address, let count)? = failed.evidence?.payload else { return nil }
    let why =
      count == 0
      ? "its payload cannot be read at \(address.hex)"
      : "its payload cannot be read at \(address.hex), behind \(count) bytes"
    return mayHaveWaited(failed) ? .suspect(.badAddress, .likely, why) : .fails(.badAddress, why)
  }

  /// True where a wait for room may have ended without success: the payload may have been copied
  /// before it, and been unmapped since.
  private static func mayHaveWaited(_ failed: FailedMessage) -> Bool {
    guard failed.waits != false else { return false }
    if failed.hasPendingSignal { return true }
    guard let limit = failed.state?.sendTimeout, limit > 0, let duration = failed.call.duration
    else { return false }
    return duration >= limit
  }
}
