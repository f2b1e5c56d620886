import CTracee
import Records

/// What /proc/TID/status says of a thread and its process (proc_pid_status(5)): one `Key:`, a tab
/// and the value a line.
struct ThreadStatus {
  private let text: [UInt8]

  init(text: String) { self.text = Array(text.utf8) }

  /// Nil where it cannot be read: the thread is gone.
  init?(_ tid: Int32) { self.init(file: "/proc/\(tid)/status") }

  /// Our own, in whatever PID namespace /proc is.
  static var ours: ThreadStatus? { ThreadStatus(file: "/proc/self/status") }

  private init?(file path: String) {
    guard let text = ProcFile.read(path) else { return nil }
    self.text = text
  }

  /// The words of the line that begins with `key`.
  private func words(_ key: String) -> [ArraySlice<UInt8>] {
    var rest = text[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
      let line = rest[..<end]
      if line.starts(with: key.utf8) {
        return line.dropFirst(key.utf8.count).split {
          $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ")
        }
      }
      rest = rest[end...].dropFirst()
    }
    return []
  }

  private func number(_ key: String) -> Int32? {
    words(key).first.flatMap { Int32(String(decoding: $0, as: UTF8.self)) }
  }

  private func numbers(_ key: String) -> [UInt32] {
    words(key).compactMap { UInt32(String(decoding: $0, as: UTF8.self)) }
  }

  /// Signals or capabilities, by bit.
  private func mask(_ key: String) -> UInt64 {
    words(key).first.flatMap { UInt64(String(decoding: $0, as: UTF8.self), radix: 16) } ?? 0
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
    guard let state = words("State:").first?.first else { return true }
    return state == UInt8(ascii: "Z") || state == UInt8(ascii: "X")
  }

  /// True where it runs under a seccomp filter.
  var isFiltered: Bool { number("Seccomp:") == 2 }

  /// False where it is in a PID namespace below ours.
  var isInOurNamespace: Bool { words("NStgid:").count == 1 }

  /// Its number in the innermost PID namespace it is in; nil where that is ours.
  var innerID: Int32? {
    let numbers = numbers("NSpid:")
    return numbers.count > 1 ? numbers.last.flatMap { Int32(exactly: $0) } : nil
  }
}

// What it may do.
extension ThreadStatus {
  /// Real, effective and saved.
  var userIDs: [UInt32] { Array(numbers("Uid:").prefix(3)) }

  var groupIDs: [UInt32] { Array(numbers("Gid:").prefix(3)) }

  /// Whom the kernel takes it for where files are concerned (setfsuid(2)).
  var fileSystemUserID: UInt32? { numbers("Uid:").dropFirst(3).first }
  var fileSystemGroupID: UInt32? { numbers("Gid:").dropFirst(3).first }

  /// The supplementary ones.
  var groups: [UInt32] { numbers("Groups:") }

  var permittedCapabilities: UInt64 { mask("CapPrm:") }
  var capabilities: UInt64 { mask("CapEff:") }

  /// The limit of open descriptors is kept elsewhere (proc_pid_limits(5)).
  func credentials(descriptorLimit: UInt64? = nil) -> Credentials {
    Credentials(
      userIDs: userIDs, groupIDs: groupIDs,
      processID: numbers("NStgid:").last.flatMap { Int32(exactly: $0) } ?? 0,
      capabilities: capabilities,
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

  /// Those that wait for its process.
  var sharedSignals: UInt64 { mask("ShdPnd:") }

  var blockedSignals: UInt64 { mask("SigBlk:") }

  var unblockedSignals: UInt64 { pendingSignals & ~mask("SigBlk:") }

  var ignoredSignals: UInt64 { mask("SigIgn:") }
  var caughtSignals: UInt64 { mask("SigCgt:") }
}
