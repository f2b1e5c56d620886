import Records

/// The security modules, which are asked before the protocol (kernel.md §2.1, row 14).
enum SecurityRules {
  static let checks: [Check] = [refusedBySecurityModule]

  /// A module's answer depends on the socket and the address: what it allowed once in the call it
  /// allows again, and the kernel does not even ask for the address of the message before.
  @Sendable private static func refusedBySecurityModule(_ failed: FailedMessage) -> Finding? {
    let wasAllowed = failed.predecessors.contains {
      $0.name == failed.message.name && ($0.name != nil) == failed.hasName
    }
    guard !wasAllowed else { return nil }
    switch failed.evidence?.securityModules {
    case nil, .unknown?:
      return .suspect(
        .accessDenied, .possible, "a security module, if there is one, may have refused it")
    case .none?: return nil
    case .active(let names)?:
      return .suspect(.accessDenied, .possible, "\(names) may have refused it")
    }
  }
}
