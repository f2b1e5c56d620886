package import Records

// What a tracer is told, and what it tells in the end.
extension Tracer {
  /// What is to be recorded, and for how long.
  package struct Settings: Sendable {
    /// Bytes of each message that are kept.
    package var payloadLimit: UInt64 = 32
    /// Read what a call passed again when it returns.
    package var verifies = false
    /// Record child processes too.
    package var followsChildren = true
    /// Let children go that outlive the command, where that can be.
    package var exitsWithCommand = false
    /// SIGUSR2 asks us to open output files again, and is not for the command.
    package var reopensOutputs = false
    /// Look at sends by other system calls while messages are unsent.
    package var watchesRetries = false
    /// Have the command run on the tracer's CPU.
    package var colocates = false
    /// Record no more calls than this; nil for no limit.
    package var maximumCalls: UInt64?
    /// Record no longer than this, in nanoseconds; nil for no limit.
    package var maximumDuration: UInt64?

    package init() {}
  }

  /// How a trace ended.
  package struct Outcome: Sendable {
    /// Why the command did not start.
    package var failure: LaunchError?
    /// How the command ended; nil where none was launched, or it was let go.
    package var exit: ExitStatus?
    /// The signal that made us leave; nil where none did.
    package var leftBy: Signal?
    /// True where there were processes to attach to and all refused.
    package var attachedNone = false
    /// True where there were children that were not recorded, as was asked for.
    package var passedOverChildren = false

    package init() {}
  }
}
