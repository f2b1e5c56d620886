import CTracee
import Records

/// What /proc/TID/status says of a thread and its process (proc_pid_status(5)): one `Key:`, a tab
/// and the value a line.
struct ThreadStatus {
  private let lines: [Substring]

  init(text: String) { lines = text.split(separator: "\n") }

  /// Nil where it cannot be read: the thread is gone.
  init?(_ tid: Int32) { self.init(file: "/proc/\(tid)/status") }

  /// Our own, in whatever PID namespace /proc is.
  static var ours: ThreadStatus? { ThreadStatus(file: "/proc/self/status") }

  private init?(file path: String) {
    guard let text = ProcFile.text(path) else { return nil }
    self.init(text: text)
  }

  private func words(_ key: String) -> [Substring] {
    guard let line = lines.first(where: { $0.hasPrefix(key) }) else { return [] }
    return line.dropFirst(key.count).split { $0 == "\t" || $0 == " " }
  }

  private func number(_ key: String) -> Int32? { words(key).first.flatMap { Int32($0) } }

  /// Signals or capabilities, by bit.
  private func mask(_ key: String) -> UInt64 {
    words(key).first.flatMap { UInt64($0, radix: 16) } ?? 0
  }
}

// Who it is.
extension ThreadStatus {
  /// The process that it belongs to.
  var process: Int32? { number("Tgid:") }

  var parent: Int32? { number("PPid:") }

  /// The thread that traces it; 0 for none.
  var tracer: Int32? { number("TracerPid:") }

  var isTracedByUs: Bool { tracer == tracee_own_tid() }

  /// True for a zombie.
  var hasEnded: Bool {
    guard let state = words("State:").first else { return true }
    return state == "Z" || state == "X"
  }

  /// True where it runs under a seccomp filter.
  var isFiltered: Bool { number("Seccomp:") == 2 }

  /// False where it is in a PID namespace below ours.
  var isInOurNamespace: Bool { words("NStgid:").count == 1 }

  /// Its number in the innermost PID namespace it is in; nil where that is ours.
  var innerID: Int32? {
    let numbers = words("NSpid:")
    return numbers.count > 1 ? numbers.last.flatMap { Int32($0) } : nil
  }
}

// What it may do.
extension ThreadStatus {
  /// Real, effective and saved.
  var userIDs: [UInt32] { words("Uid:").prefix(3).compactMap { UInt32($0) } }

  var groupIDs: [UInt32] { words("Gid:").prefix(3).compactMap { UInt32($0) } }

  /// The supplementary ones.
  var groups: [UInt32] { words("Groups:").compactMap { UInt32($0) } }

  var permittedCapabilities: UInt64 { mask("CapPrm:") }
  var capabilities: UInt64 { mask("CapEff:") }

  /// The limit of open descriptors is kept elsewhere (proc_pid_limits(5)).
  func credentials(descriptorLimit: UInt64? = nil) -> Credentials {
    Credentials(
      userIDs: userIDs, groupIDs: groupIDs,
      processID: words("NStgid:").last.flatMap { Int32($0) } ?? 0, capabilities: capabilities,
      descriptorLimit: descriptorLimit)
  }
}

// Its signals, by bit: the lowest is signal 1.
extension ThreadStatus {
  /// Those that wait for it or for its process, blocked or not.
  var pendingSignals: UInt64 { mask("SigPnd:") | mask("ShdPnd:") }

  func hasPending(_ signal: Signal) -> Bool {
    signal.rawValue > 0 && pendingSignals >> UInt64(signal.rawValue - 1) & 1 == 1
  }

  var unblockedSignals: UInt64 { pendingSignals & ~mask("SigBlk:") }

  var ignoredSignals: UInt64 { mask("SigIgn:") }
  var caughtSignals: UInt64 { mask("SigCgt:") }
}
