import Records

/// The security modules, which are asked before the protocol (kernel.md §2.1, row 14).
enum SecurityRules {
  static let checks: [Check] = [refusedBySecurityModule]

  /// EACCES, or what else the module says (`security_socket_sendmsg`; kernel.md §2.1 row 14): a
  /// security module is active, and has allowed no message of the call to this address.
  @Sendable private static func refusedBySecurityModule(_ failed: FailedMessage) -> Finding? {
    // Its answer depends on the socket and the address, and for the address of the message before
    // it is not even asked.
    let wasAllowed = failed.predecessors.contains {
      $0.name == failed.message.name && ($0.name != nil) == failed.hasName
    }
    guard !wasAllowed else { return nil }
    switch failed.evidence?.securityModules {
    case nil, .unknown?:
      return .suspect(
        .accessDenied, .unasked, "a security module, if there is one, may have refused it")
    case .none?: return nil
    case .active(let names)?:
      return .suspect(.accessDenied, .possible, "\(names) may have refused it")
    }
  }
}
