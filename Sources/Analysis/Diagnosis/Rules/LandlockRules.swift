import Records

/// What a program may have forbidden itself (landlock(7)): of a domain that a thread is in nothing
/// can be seen.
enum LandlockRules {
  /// EPERM (`hook_unix_may_send`; not in kernel.md): an abstract name that was bound outside of the
  /// thread's domain.
  @Sendable static func outOfScope(_ failed: FailedMessage) -> Finding? {
    guard failed.mayBeOutOfScope else { return nil }
    return .suspect(
      .notPermitted, .possible,
      "a Landlock domain of the thread may not let it send to abstract names from outside"
        + " (LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET)")
  }
}

extension FailedMessage {
  /// True where it goes to an abstract name that no message before it went to, and the kernel knows
  /// such scopes, since Linux 6.12. What the socket is connected to is always in scope.
  var mayBeOutOfScope: Bool {
    guard hasName, case .unix(.abstract)? = message.name?.form, evidence?.hasLandlock != false,
      kernelIs(since: KernelRelease(6, 12)) != false, message.name != socket?.peer
    else { return false }
    return !predecessors.contains { $0.name == message.name }
  }
}
