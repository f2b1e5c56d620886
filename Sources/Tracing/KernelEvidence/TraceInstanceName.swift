/// What our trace instances are called: after the process that made them, so that a later run can
/// tell what a killed one left behind.
package struct TraceInstanceName: Hashable, Sendable {
  package var pid: Int32
  /// When the process started (proc_pid_stat(5)), which no other of the same number did.
  package var startTime: UInt64

  private static let prefix = "mmsgtrace"

  package var text: String { "\(Self.prefix)-\(pid)-\(startTime)" }

  package init(pid: Int32, startTime: UInt64) {
    self.pid = pid
    self.startTime = startTime
  }

  /// Nil for a name that is none of ours.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == Self.prefix, let pid = Int32(parts[1]), pid > 0,
      let startTime = UInt64(parts[2])
    else { return nil }
    self.init(pid: pid, startTime: startTime)
    // No other spelling, such as with a sign.
    guard self.text == text else { return nil }
  }

  /// The name for a process; nil where it is gone.
  init?(ofProcess pid: Int32) {
    guard let startTime = ProcFile.startTime(ofProcess: pid) else { return nil }
    self.init(pid: pid, startTime: startTime)
  }

  /// True while the process lives that made it.
  var isAlive: Bool { Self(ofProcess: pid) == self }
}
