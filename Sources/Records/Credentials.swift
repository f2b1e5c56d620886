/// What the thread may do (proc_pid_status(5)).
package struct Credentials: Hashable, Sendable {
  /// Real, effective and saved, as numbers of our user namespace.
  package var userIDs: [UInt32]
  package var groupIDs: [UInt32]
  /// As the process sees itself.
  package var processID: Int32
  /// Effective capabilities, as bits.
  package var capabilities: UInt64
  /// The soft limit of open descriptors (RLIMIT_NOFILE).
  package var descriptorLimit: UInt64?
  /// Whether the capabilities count for the network namespace of the socket, and for the machine:
  /// those of a user namespace count for what it owns (user_namespaces(7)).
  package var countForNetwork: Bool?
  package var countForMachine: Bool?
  /// True where its user has made the user namespace that owns the socket's network namespace, from
  /// the one above: it has all capabilities there, whatever it holds.
  package var ownsNetwork = false
  /// The same of its PID namespace.
  package var countForProcesses: Bool?
  package var ownsProcesses = false
  /// Whether users have the numbers for the thread that they have for us.
  package var hasOurUsers: Bool?
  /// The numbers of users and groups that its user namespace has, where it speaks of some.
  package var userMap: NumberMap?
  package var groupMap: NumberMap?

  package init(
    userIDs: [UInt32], groupIDs: [UInt32], processID: Int32, capabilities: UInt64,
    descriptorLimit: UInt64?
  ) {
    self.userIDs = userIDs
    self.groupIDs = groupIDs
    self.processID = processID
    self.capabilities = capabilities
    self.descriptorLimit = descriptorLimit
  }
}
