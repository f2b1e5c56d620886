import Records

/// The copy of the payload, which only the protocol makes (kernel.md §2.1, "data pages").
enum PayloadRules {
  @Sendable static func unreadable(_ failed: FailedMessage) -> Finding? {
    guard case .fault(let address, let count)? = failed.evidence?.payload else { return nil }
    return .fails(
      .badAddress,
      count == 0
        ? "its payload cannot be read at \(address.hex)"
        : "its payload cannot be read at \(address.hex), behind \(count) bytes")
  }
}
