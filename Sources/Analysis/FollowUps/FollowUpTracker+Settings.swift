package import Records

extension FollowUpTracker {
  /// What a tracker is told, and whom it may ask.
  package struct Settings {
    /// Bytes that a trace keeps of a message.
    package var payloadLimit: UInt64 = 32
    package var followsChildren = true
    /// Calls that a trace records; what comes later is not seen.
    package var maximumCalls: UInt64?
    /// Sends by other system calls are given to it too.
    package var seesOtherSends = false
    /// Whether one of these processes still has a socket, by its inode; nil where that is not
    /// known.
    package var isOpen: (@Sendable (UInt64, [Int32]) -> Bool?)?
    /// Who has each of some sockets, or has had it since, and is not traced, as the function tells;
    /// nil where nobody has. Where a last word depends on it, it is looked anew.
    package var outsiders:
      (@Sendable ([OutsiderQuestion], (Int32) -> Bool, _ isLast: Bool) -> [Outsider?])?
    /// Whether others came from the same program as a process that was attached to, and are not
    /// traced, as the function tells; and one of them that has lived since a time.
    package var hasRelatives: (@Sendable (Int32, (Int32) -> Bool) -> Bool)?
    package var relative: (@Sendable (Int32, _ since: UInt64, (Int32) -> Bool) -> Outsider?)?

    package init() {}
  }
}
