import Glibc
import Records

/// What /proc/TID/status says of a thread's rights and signals (proc_pid_status(5)).
struct ThreadStatus {
  private(set) var unblockedSignals: UInt64 = 0
  private var pending: UInt64 = 0
  private var userIDs: [UInt32] = []
  private var groupIDs: [UInt32] = []
  /// False where it is in a PID namespace below ours.
  private(set) var isInOurNamespace = false
  private(set) var groups: [UInt32] = []
  private var innerPid: Int32 = 0
  private var capabilities: UInt64 = 0

  /// Nil where it cannot be read.
  init?(_ tid: Int32) {
    guard let text = ProcFile.text("/proc/\(tid)/status") else { return nil }
    var blocked: UInt64 = 0
    for line in text.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let words = line[line.index(after: colon)...].split { $0 == "\t" || $0 == " " }
      let mask = words.first.flatMap { UInt64($0, radix: 16) } ?? 0
      switch line[..<colon] {
      case "NStgid":
        isInOurNamespace = words.count == 1
        innerPid = words.last.flatMap { Int32($0) } ?? 0
      case "Uid": userIDs = words.prefix(3).compactMap { UInt32($0) }
      case "Gid": groupIDs = words.prefix(3).compactMap { UInt32($0) }
      case "Groups": groups = words.compactMap { UInt32($0) }
      case "CapEff": capabilities = mask
      case "SigPnd", "ShdPnd": pending |= mask
      case "SigBlk": blocked = mask
      default: break
      }
    }
    unblockedSignals = pending & ~blocked
  }

  /// True where the signal waits, blocked or not.
  func hasPending(_ signal: Signal) -> Bool {
    signal.rawValue > 0 && pending >> UInt64(signal.rawValue - 1) & 1 == 1
  }

  /// The limit of open descriptors is kept elsewhere (proc_pid_limits(5)).
  func credentials(descriptorLimit: UInt64? = nil) -> Credentials {
    return Credentials(
      userIDs: userIDs, groupIDs: groupIDs, processID: innerPid, capabilities: capabilities,
      descriptorLimit: descriptorLimit)
  }
}
